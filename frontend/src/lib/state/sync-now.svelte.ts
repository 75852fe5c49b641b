import { api, on, toErrorView, type ErrorView, type SyncedView } from '$lib/api';
import { app } from './app.svelte';
import { clock } from './clock.svelte';
import { needsPerson } from './needs-person';
import { brought } from './sync-line';

/** For so many milliseconds the answer to a sync is what the sync is said to be. */
const STANDS = 60_000;

/** The sync that a person asks for, on whichever screen, and its answer. */
export class SyncNow {
  /** Why it could not start. */
  problem = $state.raw<ErrorView | null>(null);

  #answer = $state.raw<{ synced: SyncedView; at: number } | null>(null);
  #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** What the last one brought; null once that is a while ago. */
  get answer(): SyncedView | null {
    if (!this.#answer) return null;
    const { synced, at } = this.#answer;
    const age = clock.here - at; // below zero once the computer's clock was set back
    return age >= 0 && age < STANDS ? synced : null;
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    // A later pass went well, whoever asked for it.
    return on('sync', ({ phase, problem }) => {
      if (phase === 'idle' && !problem) this.problem = null;
    });
  }

  /** Brings what is new in Cliniko. How it goes is told by the sync event. */
  async run() {
    this.problem = null;
    this.#answer = null;
    try {
      const synced = await api.syncNow();
      this.#answer = { synced, at: clock.here };
      this.#say(brought(synced, app.state?.tally.failed ?? 0));
    } catch (thrown) {
      const problem = toErrorView(thrown);
      // A pass that runs already is what was asked for; what needs a person is said above all screens.
      // Of a clinic that several computers share, another one syncs.
      const runs = problem.code === 'sync_running' && !app.state?.shared;
      const said = problem.code === 'cancelled' || runs || needsPerson(problem);
      if (!said) this.problem = problem;
    }
  }
}
