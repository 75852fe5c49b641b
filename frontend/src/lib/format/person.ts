import type { ProfileView } from '$lib/api';
import { t } from '$lib/i18n';

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
