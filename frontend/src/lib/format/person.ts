import type { ProblemView, ProfileState, ProfileView } from '$lib/api';
import { t } from '$lib/i18n';
import { calendarDate } from '.';

type Named = Pick<ProfileView, 'firstName' | 'lastName' | 'familyFirst'>;

/** "Alexandra O'Example", "王小明", or that there is no name. */
export function fullName({ firstName, lastName, familyFirst }: Named): string {
  return familyFirst || [firstName, lastName].filter(Boolean).join(' ') || t('person.noName');
}

/** Up to two letters for a person's picture. */
export function initials(name: string): string {
  const letters = name.split(/\s+/).flatMap((word) => /\p{L}/u.exec(word)?.[0] ?? []);
  return [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase();
}

/** The hue, in degrees, of whoever has this id. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 0x7fff_ffff;
  return sum % 360;
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
