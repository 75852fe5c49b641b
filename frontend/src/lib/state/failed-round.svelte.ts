import { api, on, type FailureView } from '$lib/api';
import type { FailureGroup } from './failures.svelte';
import type { Router } from './route.svelte';

/** Where one failed profile stands among those that are gone through. */
export interface Place {
  /** Which one it is of the failing ones, from 1. */
  at: number;
  of: number;
  /** The nearest that still fail, with their names; null at the ends. */
  previous: Neighbour | null;
  next: Neighbour | null;
}

export interface Neighbour {
  id: string;
  name: string;
}

/**
 * The failed profiles of one group, gone through one after another. Their order
 * is that of the list they were chosen in; who is complete by now is passed over.
 */
export class FailedRound {
  /** What the list is narrowed to, for whoever comes back to it. */
  group = $state<FailureGroup | null>(null);

  #router: Router;
  #order = $state.raw<string[]>([]);
  #failing = $state.raw<Neighbour[]>([]);

  constructor(router: Router) {
    this.#router = router;
  }

  /** Opens one of these failures; the rest of them can be reached from there. */
  begin(shown: FailureView[], id: string) {
    this.#take(shown);
    this.#order = this.#failing.map((each) => each.id);
    this.#router.go({ name: 'profile', id, failed: true });
  }

  /** Opens the first of all that need attention. */
  async beginAll() {
    const failures = await api.failures();
    const first = failures.find(({ id }) => id !== '');
    if (first) this.begin(failures, first.id);
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
      at: before.length + 1,
      of: before.length + 1 + after.length,
      previous: before.at(-1) ?? null,
      next: after[0] ?? null,
    };
  }

  /** The way back stays the one to the list. */
  go(to: Neighbour | null) {
    if (to) this.#router.replace({ name: 'profile', id: to.id, failed: true });
  }

  /** Looks again who still fails, now and with every change, until the answer is called. */
  follow(id: string): () => void {
    const look = async () => {
      // Without an answer the profiles are left as they were known: they say themselves how they are.
      const failures = await api.failures().catch(() => null);
      if (!failures) return;
      this.#take(failures);
      // After an unlock nothing is known of the round any more.
      if (!this.#order.includes(id)) this.#order = this.#failing.map((each) => each.id);
    };
    void look();
    return on('profiles', () => void look());
  }

  #take(failures: FailureView[]) {
    this.#failing = failures.filter(({ id }) => id !== '').map(({ id, name }) => ({ id, name }));
  }
}
