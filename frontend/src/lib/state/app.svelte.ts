import {
  api,
  on,
  toErrorView,
  type AppState,
  type ErrorView,
  type Permission,
  type SyncStatus,
} from '$lib/api';
import { words } from '$lib/i18n/words.svelte';
import { router, type Route } from './route.svelte';

/** Which of the window's faces is shown. */
export type Face = 'starting' | 'broken' | 'store' | 'welcome' | 'sign-in' | 'locked' | 'inside';

/** Whose data is shown: rows of another clinic or person must not stay in memory. */
const ownerOf = (state: AppState | null) =>
  JSON.stringify([state?.person?.id, state?.demo, state?.clinic?.connectedAt]);

/** Go tells several things at once, and they may overtake each other. */
const isOlder = (sync: SyncStatus, known: SyncStatus) =>
  sync.number > 0 && sync.number < known.number;

/** What Go last said of the whole application. */
export class App {
  state = $state.raw<AppState | null>(null);
  /** Why the state could not be asked for. */
  problem = $state.raw<ErrorView | null>(null);

  #forgetters: (() => void)[] = [];
  /** Whose place the router keeps while the window is locked; '' while it is not. */
  #away = '';

  get face(): Face {
    const state = this.state;
    if (!state) return this.problem ? 'broken' : 'starting';
    if (state.store) return 'store';
    if (state.person) return 'inside';
    if (state.locked) return 'locked';
    if (state.peopleExist) return 'sign-in';
    return 'welcome';
  }

  get sync() {
    return this.state?.sync ?? null;
  }

  /** Whoever is signed in has one of the permissions. Go checks it again. */
  may(...any: Permission[]): boolean {
    const has = this.state?.person?.permissions ?? [];
    return any.some((permission) => has.includes(permission));
  }

  get maySync(): boolean {
    return this.may('practitioner.modify', 'pms_link.modify');
  }

  /** Takes over what a call or an event brought. */
  take(state: AppState) {
    words.use(state.clientWord);
    const owner = ownerOf(this.state);
    const person = this.state?.person?.id ?? this.#away;
    if (owner !== ownerOf(state)) for (const forget of this.#forgetters) forget();
    const known = this.state?.sync;
    this.state = known && isOlder(state.sync, known) ? { ...state, sync: known } : state;
    this.problem = null;
    // Whoever locked the window comes back to where they were; nobody else does.
    this.#away = state.locked && !state.person ? person : '';
    if (person && person !== (state.person?.id ?? this.#away)) router.reset();
  }

  /** Shows nobody's details until the password is given again. */
  async lock() {
    const { state } = this;
    if (!state?.person || state.demo) return; // nobody in the demo has a password
    try {
      this.take(await api.lock());
    } catch {
      await this.load(); // whoever is signed in by now, show that
    }
  }

  /** Takes over a change of clinic or person, and starts at `route`. */
  enter(state: AppState, route: Route = { name: 'profiles' }) {
    this.take(state);
    router.reset(route);
  }

  /** Names what must be forgotten when the data on the screen is no longer this person's. */
  onOtherOwner(forget: () => void) {
    this.#forgetters.push(forget);
  }

  async load() {
    const person = this.state?.person?.id;
    try {
      const state = await api.state();
      // Somebody came or went meanwhile, and that was told: this answer may be older.
      if (person === this.state?.person?.id) this.take(state);
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Notes that the link that waited is on the screen. */
  linkTaken() {
    if (this.state?.linkWaiting) this.state = { ...this.state, linkWaiting: false };
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    const stops = [
      on('state', (state) => {
        this.take(state);
      }),
      on('sync', (sync) => {
        if (!this.state || isOlder(sync, this.state.sync)) return;
        const ended = this.state.sync.phase !== 'idle' && sync.phase === 'idle';
        this.state = { ...this.state, sync };
        // The counts and the clinic may have changed with the pass.
        if (ended) void this.load();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

export const app = new App();
