import { api, toErrorView, type ErrorView, type EventView } from '$lib/api';
import { t, type TextKey } from '$lib/i18n';

/** As many lines as one answer brings. */
export const PAGE = 100;

/** What Go calls an action, in words. */
const ACTIONS: Record<string, TextKey> = {
  signed_in: 'audit.action.signed_in',
  opened_profile: 'audit.action.opened_profile',
  refreshed_profile: 'audit.action.refreshed_profile',
  read_history: 'audit.action.read_history',
  opened_in_cliniko: 'audit.action.opened_in_cliniko',
  copied_detail: 'audit.action.copied_detail',
  contacted_client: 'audit.action.contacted_client',
  erased_profile: 'audit.action.erased_profile',
  exported_profiles: 'audit.action.exported_profiles',
  exported_selected: 'audit.action.exported_selected',
  exported_failures: 'audit.action.exported_failures',
  made_call_sheet: 'audit.action.made_call_sheet',
  connected_clinic: 'audit.action.connected_clinic',
  connected_separately: 'audit.action.connected_separately',
  disconnected: 'audit.action.disconnected',
  connected_hub: 'audit.action.connected_hub',
  compared_hub: 'audit.action.compared_hub',
  exported_comparison: 'audit.action.exported_comparison',
  disconnected_hub: 'audit.action.disconnected_hub',
  set_hub_sending: 'audit.action.set_hub_sending',
  stopped_sending: 'audit.action.stopped_sending',
  sent_to_hub: 'audit.action.sent_to_hub',
  decided_match: 'audit.action.decided_match',
  changed_links: 'audit.action.changed_links',
  listed_clients: 'audit.action.listed_clients',
  imported_clients: 'audit.action.imported_clients',
  synced: 'audit.action.synced',
  cancelled_sync: 'audit.action.cancelled_sync',
  kept_missing: 'audit.action.kept_missing',
  removed_missing: 'audit.action.removed_missing',
  added_person: 'audit.action.added_person',
  changed_person: 'audit.action.changed_person',
  reset_password: 'audit.action.reset_password',
  changed_password: 'audit.action.changed_password',
  set_pin: 'audit.action.set_pin',
  removed_pin: 'audit.action.removed_pin',
  blocked_pin: 'audit.action.blocked_pin',
  allowed_pins: 'audit.action.allowed_pins',
  forbade_pins: 'audit.action.forbade_pins',
  read_audit: 'audit.action.read_audit',
  shared_clinic: 'audit.action.shared_clinic',
  added_computer: 'audit.action.added_computer',
  removed_computer: 'audit.action.removed_computer',
  stopped_sharing: 'audit.action.stopped_sharing',
  changed_security: 'audit.action.changed_security',
};

/** What Go calls an action that was not done, or may not have been. */
const ATTEMPTS: Record<string, TextKey> = {
  signed_in: 'audit.attempt.signed_in',
  refreshed_profile: 'audit.attempt.refreshed_profile',
  opened_in_cliniko: 'audit.attempt.opened_in_cliniko',
  copied_detail: 'audit.attempt.copied_detail',
  contacted_client: 'audit.attempt.contacted_client',
  erased_profile: 'audit.attempt.erased_profile',
  exported_profiles: 'audit.attempt.exported_profiles',
  exported_selected: 'audit.attempt.exported_selected',
  exported_failures: 'audit.attempt.exported_failures',
  made_call_sheet: 'audit.attempt.made_call_sheet',
  connected_clinic: 'audit.attempt.connected_clinic',
  connected_separately: 'audit.attempt.connected_separately',
  disconnected: 'audit.attempt.disconnected',
  connected_hub: 'audit.attempt.connected_hub',
  compared_hub: 'audit.attempt.compared_hub',
  exported_comparison: 'audit.attempt.exported_comparison',
  disconnected_hub: 'audit.attempt.disconnected_hub',
  set_hub_sending: 'audit.attempt.set_hub_sending',
  stopped_sending: 'audit.attempt.stopped_sending',
  sent_to_hub: 'audit.attempt.sent_to_hub',
  decided_match: 'audit.attempt.decided_match',
  changed_links: 'audit.attempt.changed_links',
  listed_clients: 'audit.attempt.listed_clients',
  imported_clients: 'audit.attempt.imported_clients',
  synced: 'audit.attempt.synced',
  cancelled_sync: 'audit.attempt.cancelled_sync',
  kept_missing: 'audit.attempt.kept_missing',
  removed_missing: 'audit.attempt.removed_missing',
  added_person: 'audit.attempt.added_person',
  changed_person: 'audit.attempt.changed_person',
  reset_password: 'audit.attempt.reset_password',
  changed_password: 'audit.attempt.changed_password',
  set_pin: 'audit.attempt.set_pin',
  removed_pin: 'audit.attempt.removed_pin',
  allowed_pins: 'audit.attempt.allowed_pins',
  forbade_pins: 'audit.attempt.forbade_pins',
  shared_clinic: 'audit.attempt.shared_clinic',
  added_computer: 'audit.attempt.added_computer',
  removed_computer: 'audit.attempt.removed_computer',
  stopped_sharing: 'audit.attempt.stopped_sharing',
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
  hub_refused: 'audit.outcome.hub_refused',
  hub_forbidden: 'audit.outcome.hub_forbidden',
  offline: 'audit.outcome.offline',
  mass_disappearance: 'audit.outcome.mass_disappearance',
};

/** What somebody did, or tried to do. */
export function actionInWords({ action, outcome }: Pick<EventView, 'action' | 'outcome'>): string {
  const key = (outcome && ATTEMPTS[action]) || ACTIONS[action];
  return key ? t(key) : action;
}

/** Who did it; somebody who is not here, or was not when they tried to sign in. */
export function whoInWords({
  person,
  action,
  outcome,
}: Pick<EventView, 'person' | 'action' | 'outcome'>): string {
  if (person) return person;
  return t(action === 'signed_in' && outcome ? 'audit.stranger' : 'audit.nobody');
}

/** The actions whose subject is a client who can be opened: not one who was erased. */
const OF_CLIENTS = ['opened_profile', 'refreshed_profile', 'read_history', 'opened_in_cliniko'];

/** The client whom a line is about; '' for none. */
export const clientOf = ({ action, subject }: Pick<EventView, 'action' | 'subject'>): string =>
  OF_CLIENTS.includes(action) ? subject : '';

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
