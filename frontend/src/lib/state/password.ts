import { t } from '$lib/i18n';

export const SHORTEST = 12;

/** How hard a password is to guess, as far as a hint while typing can tell. */
export interface Strength {
  /** 0 nothing typed, 1 too short or too simple, 2 fair, 3 strong */
  level: 0 | 1 | 2 | 3;
  text: string;
}

const COMMON = /password|passw0rd|qwerty|letmein|welcome|123456|abcdef|iloveyou|telehab|cliniko/i;

/** `known` are the person's own words (name, email), which others can guess. */
export function strength(password: string, known: string[] = []): Strength {
  const letters = [...password];
  if (letters.length === 0) return { level: 0, text: t('password.hint', { count: SHORTEST }) };
  if (letters.length < SHORTEST) {
    return { level: 1, text: t('password.short', { count: SHORTEST - letters.length }) };
  }
  const own = known
    .flatMap((text) => text.toLowerCase().split(/[\s@.]+/))
    .filter((word) => word.length > 3);
  const guessable = own.some((word) => password.toLowerCase().includes(word));
  if (guessable || COMMON.test(password) || new Set(letters).size < 6) {
    return { level: 1, text: t('password.guessable') };
  }
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password));
  const strong = letters.length >= 16 || (letters.length >= 14 && kinds.length >= 3);
  return strong ? { level: 3, text: t('password.strong') } : { level: 2, text: t('password.fair') };
}
