import { api, on, toErrorView, type ErrorView, type PassView } from '$lib/api';

/** Go answers with no more at a time. */
export const MOST = 500;

/** The newest syncs. */
export class Syncs {
  all = $state.raw<PassView[] | null>(null);
  problem = $state.raw<ErrorView | null>(null);

  /** Reads them again when one begins or ends, until the answer is called. */
  follow(): () => void {
    let phase = '';
    return on('sync', (sync) => {
      if (sync.phase !== phase) void this.load();
      phase = sync.phase;
    });
  }

  async load() {
    try {
      this.all = await api.syncs(MOST);
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }
}
