import { api, on, type NameView, type ProfileQuery, type Reason } from '$lib/api';
import { oneAtATime } from './one-at-a-time';
import type { Router } from './route.svelte';

const EVERYBODY: ProfileQuery = {
  search: '',
  filter: 'attention',
  sort: 'name',
  desc: false,
  offset: 0,
  limit: 0,
};

/** Where one profile stands among those that are gone through. */
export interface Place {
  /** Which one it is, from 1, of those that needed attention when the round began or since. */
  at: number;
  of: number;
  /** How many others still need attention. */
  left: number;
  /** The nearest that still need attention; null at the ends. */
  previous: NameView | null;
  next: NameView | null;
}

/**
 * Profiles that need attention, gone through one after another. Their order is
 * that of the list they were chosen in; who is complete by now is passed over.
 */
export class FailedRound {
  /** What the list was narrowed to. */
  reason = $state<Reason | null>(null);
  /** Who was opened last; '' is nobody. */
  last = '';

  #router: Router;
  #order = $state.raw<string[]>([]);
  #failing = $state.raw<NameView[]>([]);

  constructor(router: Router) {
    this.#router = router;
  }

  /**
   * Opens one of those that the query shows, the first one without an id; the
   * rest of them can be reached from there. Rejects as Go does.
   */
  async begin(query = EVERYBODY, id?: string) {
    const here = this.#router.current;
    const shown = linked(await api.attentionNames(query));
    const first = id ?? shown[0]?.id;
    if (!first || this.#router.current !== here) return; // somebody continued meanwhile
    this.#failing = shown;
    this.#order = shown.map((each) => each.id);
    this.reason = query.reason || null;
    this.last = first;
    this.#router.go({ name: 'profile', id: first, failed: true });
  }

  place(id: string): Place | null {
    const here = this.#order.indexOf(id);
    if (here < 0) return null;
    const others = new Map(this.#failing.map((each) => [each.id, each]));
    others.delete(id);
    const named = (ids: string[]) => ids.flatMap((each) => others.get(each) ?? []);
    const before = named(this.#order.slice(0, here));
    const after = named(this.#order.slice(here + 1));
    return {
      at: here + 1,
      of: this.#order.length,
      left: before.length + after.length,
      previous: before.at(-1) ?? null,
      next: after[0] ?? null,
    };
  }

  /** The way back stays the one to the list. */
  go(to: NameView | null) {
    if (!to) return;
    this.last = to.id;
    this.#router.replace({ name: 'profile', id: to.id, failed: true });
  }

  /** Looks again who still needs attention, now and with every change, until the answer is called. */
  follow(id: string): () => void {
    const look = oneAtATime(async () => {
      // Without an answer the profiles are left as they were known: they say themselves how they are.
      const all = await api.attentionNames(EVERYBODY).catch(() => null);
      if (!all) return;
      this.#failing = linked(all);
      // After an unlock nothing is known of the round any more.
      if (!this.#order.includes(id)) this.#order = this.#failing.map((each) => each.id);
    });
    void look();
    return on('profiles', () => void look());
  }
}

/** Those that have a page in Cliniko, and so a profile to open. */
const linked = (names: NameView[]) => names.filter(({ id }) => id !== '');
