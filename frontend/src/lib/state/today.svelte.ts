import { api, on, toErrorView, type ErrorView, type TodayView } from '$lib/api';
import { clock } from './clock.svelte';
import type { Recents } from './recents';
import { oneAtATime } from './one-at-a-time';
import { midnights } from './sync-days.svelte';

/** Of so many days the screen says how many needed attention: a week ago, and today. */
const DAYS = 8;

/** What the Today screen shows. */
export class Today {
  view = $state.raw<TodayView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  /** Whose profile was opened from here last, for whoever comes back. */
  left = '';

  #recents: Recents;

  constructor(recents: Recents) {
    this.#recents = recents;
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    let phase = '';
    const stops = [
      on('profiles', () => void this.load()),
      on('sync', (sync) => {
        if (sync.phase === 'idle' && phase !== 'idle') void this.load();
        phase = sync.phase;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Somebody comes to the screen: what is new to them next time begins here. */
  async look() {
    await this.#take(api.lookAtToday);
  }

  /** Reads it again; once more where something changes meanwhile. */
  load = oneAtATime(() => this.#take(api.today));

  async #take(ask: (begins: string[]) => Promise<TodayView>) {
    try {
      this.view = await ask(midnights(DAYS, new Date(clock.now)));
      this.#recents.recall(this.view.opened.map(({ id }) => id));
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }
}

/**
 * How many needed attention at the end of each of the days, the last one as it
 * is now. A day of which nothing is known had as many as the one before; -1 until
 * something is known.
 */
export function trendOf(days: readonly number[], now: number): number[] {
  let before = -1;
  return days.map((count, index) => {
    before = index === days.length - 1 ? now : count < 0 ? before : count;
    return before;
  });
}
