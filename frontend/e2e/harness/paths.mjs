// Where things are. Everything that a run leaves lies in build/test-results.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const results = `${root}/build/test-results`;
export const logs = `${results}/logs`;
export const pictures = `${results}/screenshots`;

mkdirSync(pictures, { recursive: true });

/**
 * Refuses to continue in a person's own home: the app would use their keyring.
 * build/scripts/private-session.sh makes a home that may be used.
 */
export function requirePrivateHome() {
  if (!process.env.HOME?.startsWith(`${results}/`)) {
    throw new Error('Run this through build/scripts/private-session.sh, or with `make test`.');
  }
  return process.env.HOME;
}
