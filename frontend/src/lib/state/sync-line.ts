import type { AppState, SyncedView, SyncStatus } from '$lib/api';
import { ago, number, percent, shortTime } from '$lib/format';
import { t } from '$lib/i18n';
import type { Route } from './route.svelte';

export type SyncMood = 'calm' | 'busy' | 'waiting' | 'offline' | 'trouble';

/** The one line in the sidebar that says how the copy stands. */
export interface SyncLine {
  mood: SyncMood;
  text: string;
  /** Where a click leads: to what it is about, else to the recent syncs. */
  to: Route;
}

const integration: Route = { name: 'settings', section: 'integration' };
const computers: Route = { name: 'settings', section: 'computers' };
const syncPage: Route = { name: 'sync' };
const recent: Route = { name: 'settings', section: 'syncs' };

/** The copy is up to date for so many milliseconds after a sync: several that run by themselves. */
const FRESH = 60 * 60_000;

/** Syncs come by themselves and work: what is here is what Cliniko has. */
export const isCurrent = ({ lastSuccess, problem, offlineSince }: SyncStatus, now: number) =>
  !problem && !offlineSince && now - Date.parse(lastSuccess) <= FRESH;

/** Whether the engine works now; `listed` waits for a person. */
export const isRunning = (sync: SyncStatus) => sync.phase !== 'idle' && sync.phase !== 'listed';

/** Whether what runs is a person's. A background pass shows in the sidebar's line, and nowhere else. */
export const isAsked = (sync: SyncStatus) => isRunning(sync) && !sync.background;

/** How much of what runs is done, 0 to 1; null while the total is not known. */
export const share = (sync: SyncStatus) =>
  sync.total > 0 ? Math.min(sync.done / sync.total, 1) : null;

function runningLine(sync: SyncStatus, now: number): SyncLine {
  const followed = sync.phase === 'listing' || sync.phase === 'storing';
  const to = followed && !sync.background ? syncPage : recent;
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
  return { mood: 'offline', text, to: recent };
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
      return { mood: 'waiting', text: t('status.trying'), to: recent };
    case 'cancelled':
    case 'mass_disappearance': // the count of the missing says whether it is still a question
      return null;
    default:
      return { mood: 'trouble', text: t('status.problem'), to: integration };
  }
}

export const isNews = ({ changed, added }: SyncedView) => changed + added > 0;

/** What a sync that a person asked for has brought, in one sentence. */
export function brought(synced: SyncedView, failed: number): string {
  if (isNews(synced)) {
    const { changed, added } = synced;
    return t('status.brought', { changed: number(changed), added: number(added) });
  }
  if (failed === 0) return t('status.upToDate');
  return t('status.stillFailing', { count: failed, shown: number(failed) });
}

/** When the last sync ended well, and that it was the service's, which runs without a window. */
export const synced = ({ byService }: Pick<SyncStatus, 'byService'>, when: string) =>
  t(byService ? 'status.syncedByService' : 'status.synced', { when });

/** Nothing runs and nothing is wrong: how old the copy is, or what the last sync brought. */
function calmLine(state: Tallied, times: Times, answer: SyncedView | null): SyncLine {
  const { lastSuccess, byService } = state.sync;
  if (answer) return { mood: 'calm', text: brought(answer, state.tally.failed), to: recent };
  const fresh = times.now - Date.parse(lastSuccess) <= FRESH;
  const text =
    fresh && !byService ? t('status.upToDate') : synced(state.sync, ago(lastSuccess, times.now));
  return { mood: fresh ? 'calm' : 'waiting', text, to: recent };
}

type Tallied = Pick<AppState, 'sync' | 'tally'>;

/** Cliniko's time and this computer's: see Clock. */
interface Times {
  now: number;
  here: number;
}

/** `answer`: what the sync has brought that a person has just asked for. */
export function syncLine(
  state: Tallied & Pick<AppState, 'clinic' | 'keyring' | 'shared'>,
  times: Times,
  answer: SyncedView | null = null,
): SyncLine {
  const { sync, clinic, keyring } = state;
  const now = times.here;
  if (!clinic) return { mood: 'calm', text: t('status.noClinic'), to: integration };
  if (state.shared?.problem) {
    const time = shortTime(state.shared.since, now);
    return { mood: 'offline', text: t('status.readOnly', { time }), to: computers };
  }
  if (isRunning(sync)) return runningLine(sync, now);
  if (keyring) return { mood: 'trouble', text: t('status.keyring'), to: integration };
  if (sync.offlineSince || sync.problem?.code === 'offline') {
    return offlineLine(sync.offlineSince, now);
  }
  if (sync.problem) {
    if (sync.problem.code === 'rate_limited' && sync.problem.until) {
      const time = shortTime(sync.problem.until, now);
      return { mood: 'waiting', text: t('status.waiting', { time }), to: recent };
    }
    const line = troubleLine(sync.problem.code);
    if (line) return line;
  }
  if (state.tally.missing > 0) {
    const count = state.tally.missing;
    const text = t('status.missing', { count, shown: number(count) });
    return { mood: 'trouble', text, to: integration };
  }
  if (sync.phase === 'listed' && !sync.lastSuccess) {
    return { mood: 'waiting', text: t('status.listed'), to: syncPage };
  }
  if (sync.unfinished) return { mood: 'waiting', text: t('status.unfinished'), to: syncPage };
  if (!sync.lastSuccess) return { mood: 'waiting', text: t('status.never'), to: syncPage };
  return calmLine(state, times, answer);
}
