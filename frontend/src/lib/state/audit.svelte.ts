import { api, toErrorView, type ErrorView, type EventView } from '$lib/api';
import { t, type TextKey } from '$lib/i18n';

/** As many lines as one answer brings. */
export const PAGE = 100;

/** What Go calls an action, in words. */
const ACTIONS: Record<string, TextKey> = {
  signed_in: 'audit.action.signed_in',
  opened_profile: 'audit.action.opened_profile',
  erased_profile: 'audit.action.erased_profile',
  exported_profiles: 'audit.action.exported_profiles',
  exported_selected: 'audit.action.exported_selected',
  exported_failures: 'audit.action.exported_failures',
  connected_clinic: 'audit.action.connected_clinic',
  disconnected: 'audit.action.disconnected',
  imported_clients: 'audit.action.imported_clients',
  removed_missing: 'audit.action.removed_missing',
  added_person: 'audit.action.added_person',
  changed_person: 'audit.action.changed_person',
  reset_password: 'audit.action.reset_password',
  changed_password: 'audit.action.changed_password',
  read_audit: 'audit.action.read_audit',
  changed_security: 'audit.action.changed_security',
};

/** What Go calls an action that was not done, or may not have been. */
const ATTEMPTS: Record<string, TextKey> = {
  erased_profile: 'audit.attempt.erased_profile',
  exported_profiles: 'audit.attempt.exported_profiles',
  exported_selected: 'audit.attempt.exported_selected',
  exported_failures: 'audit.attempt.exported_failures',
  connected_clinic: 'audit.attempt.connected_clinic',
  disconnected: 'audit.attempt.disconnected',
  imported_clients: 'audit.attempt.imported_clients',
  removed_missing: 'audit.attempt.removed_missing',
  added_person: 'audit.attempt.added_person',
  changed_person: 'audit.attempt.changed_person',
  reset_password: 'audit.attempt.reset_password',
  changed_password: 'audit.attempt.changed_password',
  changed_security: 'audit.attempt.changed_security',
};

const OUTCOMES: Record<string, TextKey> = {
  not_finished: 'audit.outcome.not_finished',
  cancelled: 'audit.outcome.cancelled',
  sign_in_refused: 'audit.outcome.sign_in_refused',
  key_refused: 'audit.outcome.key_refused',
  key_malformed: 'audit.outcome.key_malformed',
  key_forbidden: 'audit.outcome.key_forbidden',
  other_clinic: 'audit.outcome.other_clinic',
  offline: 'audit.outcome.offline',
  mass_disappearance: 'audit.outcome.mass_disappearance',
};

/** What somebody did, or tried to do. */
export function actionInWords({ action, outcome }: Pick<EventView, 'action' | 'outcome'>): string {
  const key = (outcome && ATTEMPTS[action]) || ACTIONS[action];
  return key ? t(key) : action;
}

/** Why it was not done; '' if it was. */
export function outcomeInWords(outcome: string): string {
  if (!outcome) return '';
  const key = OUTCOMES[outcome];
  return key ? t(key) : t('audit.outcome.other', { code: outcome });
}

/** The audit trail, the newest line first, page by page. */
export class Audit {
  events = $state.raw<EventView[] | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  busy = $state(false);
  /** There is nothing older. */
  ended = $state(false);

  /** Reads the next page; the first one at first. */
  async more() {
    if (this.busy || this.ended) return;
    this.busy = true;
    this.problem = null;
    try {
      const events = this.events ?? [];
      const older = await api.audit(events.at(-1)?.id ?? 0, PAGE);
      this.events = [...events, ...older];
      this.ended = older.length < PAGE;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.busy = false;
    }
  }

  /** The lines of each day, the newest day first. */
  days = $derived.by(() => {
    const days: { day: string; events: EventView[] }[] = [];
    for (const event of this.events ?? []) {
      const day = new Date(event.at).toDateString();
      const last = days.at(-1);
      if (last?.day === day) last.events.push(event);
      else days.push({ day, events: [event] });
    }
    return days;
  });
}
