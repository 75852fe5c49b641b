import { api, toErrorView, type ErrorView, type MissingView } from '$lib/api';

/** What became of the question; '' while it is open, or was never asked. */
export type Outcome = '' | 'kept' | 'removed' | 'stopped';

/** As in the profile list; who has no name comes last. */
const byName = (a: MissingView, b: MissingView) =>
  Number(a.name === '') - Number(b.name === '') || a.name.localeCompare(b.name);

/**
 * The question what becomes of clients of whom many at once are no longer in
 * Cliniko. It outlives the page, as removing them takes as long as a full sync.
 */
export class MissingClients {
  people = $state.raw<MissingView[] | null>(null);
  /** Why they could not be listed. */
  unlisted = $state.raw<ErrorView | null>(null);
  /** Why the decision could not be carried out. */
  problem = $state.raw<ErrorView | null>(null);
  working = $state<'' | 'keep' | 'remove'>('');
  outcome = $state<Outcome>('');
  cancelling = $state(false);
  /** Those who were shown are gone, and others are missing besides them: the question is new. */
  grown = $state(false);

  /** What was decided last, and on whom. */
  last: 'keep' | 'remove' = 'keep';
  shown: MissingView[] = [];

  async load() {
    try {
      this.people = (await api.missing()).sort(byName);
      this.unlisted = null;
    } catch (thrown) {
      this.unlisted = toErrorView(thrown);
    }
  }

  async keep() {
    await this.#decide('keep', 'kept', () => api.keepMissing());
  }

  /**
   * Reads all clients once more and removes whom Cliniko still does not have, of those shown: the
   * list as it was when the person was asked, whoever joined it meanwhile. `own` is the password
   * of whoever decides. Where it is refused, that is thrown, and the question stays open.
   */
  async remove(shown: MissingView[], own: string) {
    if (!this.working) this.shown = shown;
    const ids = shown.map(({ id }) => id);
    await this.#decide('remove', 'removed', () => api.removeMissing(ids, own));
  }

  async cancel() {
    this.cancelling = true;
    try {
      await api.cancelSync();
    } catch (thrown) {
      this.problem = toErrorView(thrown);
      this.cancelling = false;
    }
  }

  /** The outcome has been read. */
  close() {
    if (this.working) return;
    this.outcome = '';
    this.problem = null;
    this.grown = false;
  }

  async #decide(what: 'keep' | 'remove', outcome: Outcome, work: () => Promise<unknown>) {
    if (this.working) return;
    this.close();
    this.working = this.last = what;
    this.cancelling = false;
    let problem: ErrorView | null = null;
    try {
      await work();
    } catch (thrown) {
      problem = toErrorView(thrown);
    }
    const grown = what === 'remove' && problem?.code === 'mass_disappearance';
    if (grown) await this.load();
    this.working = '';
    if (problem?.code === 'sign_in_refused') throw problem;
    if (!problem) this.outcome = outcome;
    else if (problem.code === 'cancelled') this.outcome = 'stopped';
    else if (grown) this.grown = true;
    else this.problem = problem;
  }
}
