import {
  api,
  toErrorView,
  type ErrorView,
  type ListedRow,
  type ListingView,
  type PassView,
  type SyncStatus,
} from '$lib/api';
import { isAsked } from './sync-line';
import { RowWindows } from './windows.svelte';

/** What the page of an import shows. `imported`: the list that was stored, once its results are closed. */
export type ImportStep =
  'start' | 'busy' | 'listed' | 'results' | 'imported' | 'stopped' | 'problem';

type Work = '' | 'list' | 'store' | 'resume';

/**
 * The import, step by step: list, look, store, results. It outlives the page, so
 * that whoever comes back finds it where it is.
 */
export class Importer {
  listing = $state.raw<ListingView | null>(null);
  /** The list was stored. */
  imported = $state(false);
  results = $state.raw<PassView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  /** What was under way when someone pressed Cancel; '' if nobody did. */
  stoppedWhile = $state<Work>('');
  /** A call of ours is under way, whatever the engine has said so far. */
  calling = $state<Work>('');
  cancelling = $state(false);

  /** What stopped or failed last. */
  #last: Work = 'list';

  rows = new RowWindows<ListedRow>(async (offset, limit) => {
    const part = await api.listing(offset, limit);
    return { rows: part.rows ?? [], total: part.total };
  });

  step(sync: SyncStatus): ImportStep {
    if (this.calling || isAsked(sync)) return 'busy';
    if (this.results) return 'results';
    if (this.problem) return 'problem';
    if (this.stoppedWhile) return 'stopped';
    if (this.imported && this.listing) return 'imported';
    // A list keeps waiting while a background pass runs.
    if ((sync.phase === 'listed' || sync.background) && this.listing) return 'listed';
    return 'start';
  }

  /** Reads the list of clients from Cliniko; nothing is stored yet. */
  async list() {
    await this.#run('list', async () => {
      this.imported = false;
      this.listing = await api.listPatients();
      this.rows.clear();
    });
  }

  /** Takes up a list that waits for Start sync, when this page does not know it any more. */
  async recall() {
    try {
      this.listing = await api.listingSummary();
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Stores what was listed. */
  async store() {
    await this.#run('store', async () => {
      this.results = await api.startImport();
      this.imported = true;
    });
  }

  /** Resumes an import that was cut off. */
  async resume() {
    await this.#run('resume', async () => {
      this.results = (await api.syncNow()).pass;
    });
  }

  /** After a stop or a problem: reads the list again, or resumes storing. */
  async again() {
    await (this.#last === 'list' ? this.list() : this.resume());
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

  /** Leaves the listing as if it had not been made. */
  async discard() {
    this.#forgetListing();
    await api.discardListing().catch(() => undefined); // it is forgotten either way
  }

  /** Closes results and notices: the page is as at first. */
  close() {
    this.results = null;
    this.problem = null;
    this.stoppedWhile = '';
  }

  #forgetListing() {
    this.listing = null;
    this.imported = false;
    this.rows.clear();
  }

  async #run(what: Work, work: () => Promise<void>) {
    if (this.calling) return;
    this.close();
    this.calling = what;
    try {
      await work();
    } catch (thrown) {
      const problem = toErrorView(thrown);
      this.#last = what;
      if (problem.code === 'cancelled') this.stoppedWhile = what;
      else this.problem = problem;
      if (what !== 'list') this.#forgetListing();
    } finally {
      this.calling = '';
      this.cancelling = false;
    }
  }
}
