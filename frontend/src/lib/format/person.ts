import type { ProblemView, ProfileState, ProfileView } from '$lib/api';
import { t } from '$lib/i18n';
import { calendarDate } from '.';

type Named = Pick<ProfileView, 'firstName' | 'lastName'>;

/** "Alexandra O'Example", or that there is no name. */
export function fullName(person: Named): string {
  return [person.firstName, person.lastName].filter(Boolean).join(' ') || t('person.noName');
}

/** Up to two letters for a person's picture. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}

interface Listed {
  name: string;
  preferred?: string;
  born: string;
  state?: ProfileState;
  problems?: ProblemView[];
}

/** A row as it is said: who it is, and what is the matter. */
export function spoken({ name, preferred, born, state = 'active', problems = [] }: Listed): string {
  const parts = [
    name || t('person.noName'),
    preferred && t('person.preferred', { name: preferred }),
  ];
  if (state !== 'active') parts.push(t(`state.${state}`));
  parts.push(calendarDate(born), ...problems.map((problem) => problem.text));
  return parts.filter(Boolean).join(', ');
}
