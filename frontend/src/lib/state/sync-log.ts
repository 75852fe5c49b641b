import type { PassView } from '$lib/api';
import { t, type TextKey } from '$lib/i18n';

/** A line of the list of syncs: one of them, or some that brought nothing, the newest first. */
export type LogRow = { pass: PassView } | { quiet: [PassView, PassView, ...PassView[]] };

export interface LogDay {
  /** the start of its newest sync */
  day: string;
  rows: LogRow[];
}

const endedWell = (pass: PassView) => pass.endedAt !== '' && pass.error === '';

/**
 * Whether a sync brought nothing new. Records that cannot be read are read again
 * by each changes pass, and the last ten minutes are looked at twice, so as many
 * failed and archived ones as in the sync before are no news.
 */
function isQuiet(pass: PassView, before: PassView | undefined): boolean {
  if (!endedWell(pass) || pass.kind === 'full' || pass.synced > 0) return false;
  if (pass.kind === 'retry') return pass.archived === 0;
  return pass.failed <= (before?.failed ?? 0) && pass.archived <= (before?.archived ?? 0);
}

const dayOf = (pass: PassView) => new Date(pass.startedAt).toDateString();

/** The syncs by day, with neighbours that brought nothing as one line. */
export function syncLog(passes: PassView[]): LogDay[] {
  const days: LogDay[] = [];
  let run: PassView[] = [];
  const close = () => {
    const [first, second, ...rest] = run;
    run = [];
    if (!first) return;
    days.at(-1)?.rows.push(second ? { quiet: [first, second, ...rest] } : { pass: first });
  };
  passes.forEach((pass, index) => {
    const last = days.at(-1);
    if (!last || new Date(last.day).toDateString() !== dayOf(pass)) {
      close();
      days.push({ day: pass.startedAt, rows: [] });
    }
    const before = passes
      .slice(index + 1)
      .find((earlier) => endedWell(earlier) && earlier.kind !== 'retry');
    if (isQuiet(pass, before)) {
      run.push(pass);
      return;
    }
    close();
    days.at(-1)?.rows.push({ pass });
  });
  close();
  return days;
}

const ENDS: Record<string, TextKey> = {
  cancelled: 'syncs.ends.stopped',
  offline: 'syncs.ends.offline',
  timed_out: 'syncs.ends.late',
  login_page: 'syncs.ends.loginPage',
  connection_blocked: 'syncs.ends.blocked',
  tls_failed: 'syncs.ends.blocked',
  proxy_unreadable: 'syncs.ends.proxy',
  proxy_unreachable: 'syncs.ends.proxy',
  proxy_refused: 'syncs.ends.proxy',
  proxy_script: 'syncs.ends.proxy',
  proxy_sign_in: 'syncs.ends.proxySignIn',
  certificate_untrusted: 'syncs.ends.certificate',
  clock_wrong: 'syncs.ends.clock',
  rate_limited: 'syncs.ends.wait',
  cliniko_trouble: 'syncs.ends.cliniko',
  answer_too_large: 'syncs.ends.cliniko',
  answer_incomplete: 'syncs.ends.cliniko',
  request_rejected: 'syncs.ends.cliniko',
  key_refused: 'syncs.ends.key',
  key_malformed: 'syncs.ends.key',
  key_shard: 'syncs.ends.key',
  key_forbidden: 'syncs.ends.role',
  other_clinic: 'syncs.ends.otherClinic',
  keyring_missing: 'syncs.ends.keyring',
  keyring_locked: 'syncs.ends.keyring',
  store_full: 'syncs.ends.full',
  mass_disappearance: 'syncs.ends.missing',
};

/** How a sync ended, in words. `running`: it may be the one that runs now. */
export function endOf(pass: PassView, running: boolean): string {
  if (pass.endedAt === '' && running) return t('syncs.running');
  if (pass.error === '') return t(pass.endedAt ? 'syncs.ends.well' : 'syncs.ends.cut');
  const stored = pass.error.startsWith('store_') ? 'syncs.ends.store' : 'syncs.ends.other';
  const why = t(ENDS[pass.error] ?? stored);
  return pass.endedAt ? why : t('syncs.goesOn', { why });
}

/** Whether how it ended needs no second look. */
export const isCalm = (pass: PassView) => pass.error === '' || pass.error === 'cancelled';
