import { toErrorView, type ErrorView } from '$lib/api';

/** Something a button starts: once at a time, with the error of its last run. */
export class Task<Arguments extends unknown[] = []> {
  busy = $state(false);
  problem = $state.raw<ErrorView | null>(null);

  #work: (...given: Arguments) => Promise<void>;

  constructor(work: (...given: Arguments) => Promise<void>) {
    this.#work = work;
  }

  async run(...given: Arguments) {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await this.#work(...given);
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.busy = false;
    }
  }
}
