import type { AppState, SyncStatus } from '$lib/api';
import { number, percent, shortTime } from '$lib/format';
import { t } from '$lib/i18n';
import type { Route } from './route.svelte';

export type SyncMood = 'calm' | 'busy' | 'waiting' | 'offline' | 'trouble';

/** The one line in the sidebar that says how the copy stands. */
export interface SyncLine {
  mood: SyncMood;
  text: string;
  /** Where a click leads, if anywhere. */
  to: Route | null;
}

const integration: Route = { name: 'settings', section: 'integration' };
const syncPage: Route = { name: 'sync' };

/** Whether the engine works now; `listed` waits for a person. */
export const isRunning = (sync: SyncStatus) => sync.phase !== 'idle' && sync.phase !== 'listed';

/** Whether what runs is a person's. A background pass shows in the sidebar's line, and nowhere else. */
export const isAsked = (sync: SyncStatus) => isRunning(sync) && !sync.background;

/** How much of what runs is done, 0 to 1; null while the total is not known. */
export const share = (sync: SyncStatus) =>
  sync.total > 0 ? Math.min(sync.done / sync.total, 1) : null;

function runningLine(sync: SyncStatus, now: number): SyncLine {
  const followed = sync.phase === 'listing' || sync.phase === 'storing';
  const to = followed && !sync.background ? syncPage : null;
  if (sync.waitingUntil && Date.parse(sync.waitingUntil) > now) {
    return {
      mood: 'waiting',
      text: t('status.waiting', { time: shortTime(sync.waitingUntil, now) }),
      to,
    };
  }
  if (sync.phase === 'checking') return { mood: 'busy', text: t('status.checking'), to };
  const part = share(sync);
  const text =
    part === null ? t('status.syncing') : t('status.syncingPart', { part: percent(part) });
  return { mood: 'busy', text, to };
}

function offlineLine(since: string, now: number): SyncLine {
  const text = since
    ? t('status.offline', { time: shortTime(since, now) })
    : t('status.offlineNow'); // an earlier run of the program saw it begin
  return { mood: 'offline', text, to: null };
}

function troubleLine(code: string): SyncLine | null {
  switch (code) {
    case 'key_refused':
    case 'key_forbidden':
    case 'key_malformed':
      return { mood: 'trouble', text: t('status.keyRefused'), to: integration };
    case 'other_clinic':
      return { mood: 'trouble', text: t('status.otherClinic'), to: integration };
    case 'login_page':
      return { mood: 'offline', text: t('status.loginPage'), to: integration };
    case 'connection_blocked':
    case 'tls_failed':
      return { mood: 'offline', text: t('status.blocked'), to: integration };
    case 'proxy_unreachable':
    case 'proxy_refused':
      return { mood: 'offline', text: t('status.proxy'), to: integration };
    case 'proxy_unreadable':
    case 'proxy_script':
      return { mood: 'trouble', text: t('status.proxy'), to: integration };
    case 'proxy_sign_in':
      return { mood: 'trouble', text: t('status.proxySignIn'), to: integration };
    case 'certificate_untrusted':
      return { mood: 'trouble', text: t('status.certificate'), to: integration };
    case 'clock_wrong':
      return { mood: 'trouble', text: t('status.clock'), to: integration };
    case 'keyring_missing':
    case 'keyring_locked':
      return { mood: 'trouble', text: t('status.keyring'), to: integration };
    case 'not_connected':
      return { mood: 'trouble', text: t('status.keyGone'), to: integration };
    case 'timed_out':
    case 'cliniko_trouble':
      return { mood: 'waiting', text: t('status.trying'), to: null };
    case 'cancelled':
    case 'mass_disappearance': // the count of the missing says whether it is still a question
      return null;
    default:
      return { mood: 'trouble', text: t('status.problem'), to: integration };
  }
}

export function syncLine(
  state: Pick<AppState, 'sync' | 'clinic' | 'keyring' | 'tally'>,
  now: number,
): SyncLine {
  const { sync, clinic, keyring } = state;
  if (!clinic) return { mood: 'calm', text: t('status.noClinic'), to: integration };
  if (isRunning(sync)) return runningLine(sync, now);
  if (keyring) return { mood: 'trouble', text: t('status.keyring'), to: integration };
  if (sync.offlineSince || sync.problem?.code === 'offline') {
    return offlineLine(sync.offlineSince, now);
  }
  if (sync.problem) {
    if (sync.problem.code === 'rate_limited' && sync.problem.until) {
      const time = shortTime(sync.problem.until, now);
      return { mood: 'waiting', text: t('status.waiting', { time }), to: null };
    }
    const line = troubleLine(sync.problem.code);
    if (line) return line;
  }
  if (state.tally.missing > 0) {
    const count = state.tally.missing;
    const text = t('status.missing', { count, shown: number(count) });
    return { mood: 'trouble', text, to: integration };
  }
  if (sync.phase === 'listed') return { mood: 'waiting', text: t('status.listed'), to: syncPage };
  if (sync.unfinished) return { mood: 'waiting', text: t('status.unfinished'), to: syncPage };
  if (!sync.lastSuccess) return { mood: 'waiting', text: t('status.never'), to: syncPage };
  return { mood: 'calm', text: t('status.upToDate'), to: null };
}
