import type { StrengthView } from '$lib/api';
import { t } from '$lib/i18n';

export const SHORTEST = 12;

/** A password is longer: the same field takes both. */
export const isPin = (typed: string) => /^[0-9]{4,8}$/.test(typed);

/** How hard a password is to guess. */
export interface Strength {
  /** 0 not judged yet, 1 not accepted, 2 good, 3 strong */
  level: 0 | 1 | 2 | 3;
  text: string;
}

/** What can be said of a password without Go; null: nothing, it has to be judged. */
export function unjudged(password: string): Strength | null {
  const { length } = [...password];
  if (length === 0) return { level: 0, text: t('password.hint', { count: SHORTEST }) };
  if (length < SHORTEST) {
    return { level: 1, text: t('password.short', { count: SHORTEST - length }) };
  }
  return null;
}

/** What Go said of it, who decides. */
export function judged({ score, problem }: StrengthView): Strength {
  if (problem) return { level: 1, text: problem };
  return score > 3
    ? { level: 3, text: t('password.strong') }
    : { level: 2, text: t('password.fair') };
}
