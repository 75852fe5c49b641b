import { api, on } from '$lib/api';
import type { App } from './app.svelte';
import { OneProfile, type Origin } from './profile.svelte';
import type { Router } from './route.svelte';

/** How long the old screen stays for the store's answer, so that nothing flickers. */
const MOMENT = 60;

/**
 * Open in TeleHab: takes the links that come in and goes to their clients. The
 * last one wins; whatever an earlier one still brings is dropped.
 */
export class Links {
  /** The profile that a link or a pasted id opened, while it is on the screen. */
  arrival = $state.raw<OneProfile | null>(null);
  /** A link that waited is being taken: no other screen is shown before its profile. */
  pending = $state(false);

  #app: App;
  #router: Router;
  #taking = false;
  #another = false;
  /** Grows with every profile asked for. */
  #turn = 0;
  #closed = false;

  constructor(app: App, router: Router) {
    this.#app = app;
    this.#router = router;
  }

  follow(): () => void {
    return on('link', () => {
      if (this.#app.face === 'inside') void this.take(true);
    });
  }

  /** Takes the link that waits, if one does, and goes to its profile. */
  async take(certain = this.#app.state?.linkWaiting ?? false) {
    if (!this.#app.may('practitioner')) {
      // The Profiles screen says which permission is missing.
      if (certain) this.#router.go({ name: 'profiles' });
      return;
    }
    if (this.#taking) {
      this.#another = true;
      return;
    }
    this.#taking = true;
    this.pending = certain;
    try {
      do {
        this.#another = false;
        const turn = this.#turn;
        const { id } = await api.takeLink();
        if (id && turn === this.#turn && !this.#closed) await this.open(id, 'link');
        // One of the clinic's waits until the demo is left.
        if (this.#app.state?.demo && !this.#closed) await this.#app.load();
      } while (this.#another);
      if (!this.#closed && !this.#app.state?.demo) this.#app.linkTaken();
    } catch {
      // Whoever was signed in no longer is: Go keeps the link for the next one.
    } finally {
      this.#taking = false;
      this.pending = false;
    }
  }

  /** Goes to a client who may be new to this computer. */
  async open(id: string, origin: Origin) {
    const turn = ++this.#turn;
    const shown = this.#router.current.name === 'profile' && this.at(this.#router.current.id);
    if (shown && shown.answersTo(id)) {
      void shown.again(id, origin);
      return;
    }
    const profile = new OneProfile(id, origin, this.#app);
    const stored = profile.loadFirst();
    void profile.refresh();
    await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, MOMENT))]);
    if (turn !== this.#turn || this.#closed) return;
    this.arrival = profile;
    this.#router.go({ name: 'profile', id });
  }

  /** What a link opened, if that is the profile at this place. */
  at(id: string): OneProfile | null {
    return this.arrival?.answersTo(id) ? this.arrival : null;
  }

  /** The profile left the screen: coming back to it later is no arrival. */
  leave(profile: OneProfile) {
    if (this.arrival === profile) this.arrival = null;
  }

  /** Nobody is signed in any more, or to another clinic: whatever still comes goes nowhere. */
  close() {
    this.#closed = true;
    this.arrival = null;
  }
}
