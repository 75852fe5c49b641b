// Chromium as the tests start it, from wherever it is installed.
import { execFileSync } from 'node:child_process';
import { root } from './paths.mjs';
import { PATIENCE } from './processes.mjs';

/** What Playwright starts; `more` are further arguments. */
export const chromiumWith = (...more) => ({
  executablePath: execFileSync(`${root}/build/scripts/chromium.sh`, { encoding: 'utf8' }).trim(),
  timeout: PATIENCE * 1000, // for its start
  args: [
    '--no-sandbox', // its own needs rights that a container does not give
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...more,
  ],
});
