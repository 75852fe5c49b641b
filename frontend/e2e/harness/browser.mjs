// The app's page in Chromium, on the app's real Go side. A binary with Wails'
// `dev` tag serves its own page and bound methods to any browser.
import { mkdirSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { chromiumWith } from './chromium.mjs';
import { pictures, results } from './paths.mjs';
import { PATIENCE, freePort, start, until } from './processes.mjs';

/** Starts the app and returns the address of its page and the program. */
export async function startApp(env) {
  const port = await freePort();
  const program = start('browser-app', `${results}/bin/telehab-dev`, [], {
    env: { devserver: `127.0.0.1:${port}`, loglevel: 'Error', ...env },
  });
  const address = `http://127.0.0.1:${port}`;
  await until('the page of the app', async () => (await fetch(address)).ok, { program });
  return { address, program };
}

/** A person's settings: away from UTC, so that a birth date that moves is seen. */
const PERSON = {
  viewport: { width: 1200, height: 800 },
  locale: 'en-AU',
  timezoneId: 'America/Los_Angeles',
  reducedMotion: 'reduce',
};

/**
 * Opens the page in Chromium.
 *
 * @returns the browser, the page, and complaints(): errors of the page, and
 *   requests to anywhere but the app, so far
 */
export async function openPage(address) {
  const browser = await chromium.launch(chromiumWith());
  const page = await (await browser.newContext(PERSON)).newPage();
  page.setDefaultTimeout(PATIENCE * 1000);

  const complaints = [];
  page.on('pageerror', (error) => {
    // Wails' own overlay fails at each load; it is not in a release.
    if (!error.stack?.includes('/wails/ipc.js')) complaints.push(error.stack);
  });
  page.on('console', (message) => {
    const { url } = message.location();
    if (message.type() !== 'error' || url.includes('/wails/') || url.endsWith('favicon.ico'))
      return;
    complaints.push(`console: ${message.text()} (${url})`);
  });
  page.on('request', (request) => {
    if (!/^(data:|blob:|about:)/.test(request.url()) && !request.url().startsWith(address)) {
      complaints.push(`a request to ${request.url()}`);
    }
  });
  await page.goto(address);
  return { browser, page, complaints: () => complaints };
}

/** Shows the page as on a system that is 'light' or 'dark', and waits until it looks so. */
export async function inColours(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
  // Painted, and once more for what fades.
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let n = 0; n < 3; n++) await page.evaluate(frame);
}

/** Takes a picture, and lists what breaks WCAG 2.2 A and AA, by axe's rules. */
export async function inspect(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png` });
  const { violations, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .exclude('#wails-spinner') // of the dev binary only
    .analyze();
  if (passes.length === 0) throw new Error('axe checked nothing');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${name}: ${id} (${help}): ${html}\n${failureSummary}`),
  );
}
