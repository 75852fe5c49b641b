import type { ErrorView } from '$lib/api';
import { t, type TextKey } from '$lib/i18n';

/** Trouble that stays until a person does something about it. */
export interface NeedsPerson {
  text: string;
  /** Only a new key helps: for somebody who may replace it. Else it is tried again. */
  key: boolean;
}

const KEYS: Record<string, TextKey> = {
  key_refused: 'needs.keyRefused',
  key_malformed: 'needs.keyRefused',
  key_shard: 'needs.keyRefused',
  key_forbidden: 'needs.keyForbidden',
  other_clinic: 'needs.otherClinic',
  not_connected: 'needs.keyGone',
};

/** What Go says of these ends with what to do. */
const OTHERS = [
  'keyring_missing',
  'keyring_locked',
  'store_key_lost',
  'store_missing',
  'store_corrupt',
  'store_full',
  'store_damaged',
  'store_unreadable',
  'proxy_unreadable',
  'proxy_sign_in',
  'proxy_script',
  'certificate_untrusted',
  'clock_wrong',
];

/** What the banner says about why a sync did not end well; null where time alone may help. */
export function needsPerson(problem: ErrorView): NeedsPerson | null {
  const key = KEYS[problem.code];
  if (key) return { text: t(key), key: true };
  return OTHERS.includes(problem.code) ? { text: problem.message, key: false } : null;
}
