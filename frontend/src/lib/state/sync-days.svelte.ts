import { api, on, toErrorView, type DayView, type ErrorView } from '$lib/api';
import { clock } from './clock.svelte';

export interface SyncDay extends DayView {
  /** Its midnight here. */
  begins: string;
}

const DAYS = 30;

/** When the last so many days began where this window is, the oldest first. */
export function midnights(count: number, now: Date): string[] {
  return Array.from({ length: count }, (_, i) =>
    // Not 24 hours each: clocks go forward and back.
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - (count - 1 - i)).toISOString(),
  );
}

/** The syncs of the last 30 days, by day. */
export class SyncDays {
  all = $state.raw<SyncDay[] | null>(null);
  problem = $state.raw<ErrorView | null>(null);

  /** Reads them again when a sync ends, until the answer is called. */
  follow(): () => void {
    let phase = '';
    return on('sync', (sync) => {
      if (sync.phase === 'idle' && phase !== 'idle') void this.load();
      phase = sync.phase;
    });
  }

  async load() {
    const begins = midnights(DAYS, new Date(clock.now));
    try {
      const days = await api.syncDays(begins);
      this.all = days.map((day, i) => ({ ...day, begins: begins[i] ?? '' }));
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }
}
