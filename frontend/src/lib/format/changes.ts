import type { ChangeView, FieldChangeView } from '$lib/api';
import { calendarDate } from '$lib/format';
import { t } from '$lib/i18n';

/** A value before and after, as people read them; '' is none. */
export interface Detail {
  label: string;
  before: string;
  after: string;
}

/** One change of a profile in words. */
export interface ChangeLine {
  /** "Archived in Cliniko"; '' if the client stands where they stood. */
  state: string;
  details: Detail[];
  /** When it was changed in Cliniko, as far as that is known. */
  when: string;
}

const isState = ({ field }: FieldChangeView) => field === 'state' || field === 'merged_into';

function stateIn(fields: FieldChangeView[]): string {
  const change = fields.find(({ field }) => field === 'state');
  if (!change) return fields.some(isState) ? t('history.state.merged') : '';
  switch (change.after) {
    case 'archived':
    case 'merged':
    case 'deleted':
      return t(`history.state.${change.after}`);
    default:
      return t(change.before === 'deleted' ? 'history.state.again' : 'history.state.active');
  }
}

function valueOf(field: string, value: string): string {
  switch (field) {
    case 'date_of_birth':
      return calendarDate(value);
    case 'privacy_policy':
      if (value === 'true') return t('profile.privacyAccepted');
      return value === 'false' ? t('profile.privacyRefused') : t('profile.privacyNone');
    default:
      return value;
  }
}

export function changeLine(change: ChangeView): ChangeLine {
  const { fields, at, updatedAt } = change;
  // Archiving, merging and deleting may leave Cliniko's time of change alone.
  const known =
    updatedAt !== '' && Date.parse(updatedAt) <= Date.parse(at) && !fields.some(isState);
  return {
    state: stateIn(fields),
    details: fields
      .filter((each) => !isState(each))
      .map(({ field, label, before, after }) => ({
        label,
        before: valueOf(field, before),
        after: valueOf(field, after),
      })),
    when: known ? updatedAt : at,
  };
}
