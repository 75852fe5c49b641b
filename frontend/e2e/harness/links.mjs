// The way of a link: a click in a browser on the clinic's page, the desktop's
// scheme handler, and the moment at which the window shows who it was.
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { chromiumWith } from './chromium.mjs';
import { root } from './paths.mjs';
import { PATIENCE, start } from './processes.mjs';

/**
 * Opens Chromium as a person has it: a window of its own, and telehab:// links
 * of the clinic's pages allowed for good. It starts the links' handler, so it
 * has the environment that the app needs.
 */
export async function openBrowser(profile, origin, env) {
  mkdirSync(`${profile}/Default`, { recursive: true });
  writeFileSync(
    `${profile}/Default/Preferences`,
    JSON.stringify({
      protocol_handler: { allowed_origin_protocol_pairs: { [origin]: { telehab: true } } },
    }),
  );
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumWith('--password-store=basic', '--window-position=560,260', '--window-size=700,620'),
    headless: false, // without a window Chromium hands no link over
    env: { ...process.env, ...env },
    viewport: null,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(PATIENCE * 1000);
  return {
    page,
    /** Shows a client's page and clicks Open in → TeleHab on it. */
    async openIn(id) {
      await page.goto(`${origin}/patients/${id}`);
      await page.locator('summary', { hasText: 'Open in' }).click();
      await page.getByRole('link', { name: 'TeleHab', exact: true }).click();
      await page.getByRole('heading', { name: 'Opening TeleHab' }).waitFor();
    },
    close: () => context.close(),
  };
}

/** Hands a link to the desktop. Returns how that ended: 0 if the handler did well. */
export function xdgOpen(link, env) {
  return start('open-in-xdg', 'xdg-open', [link], { env }).ended;
}

/** The process ids of the app that belong to a data directory. */
export function appsOf(data) {
  const mine = (pid) => {
    try {
      return (
        readlinkSync(`/proc/${pid}/exe`) === `${root}/build/bin/telehab` &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TELEHAB_DATA_DIR=${data}`)
      );
    } catch {
      return false; // ended meanwhile, or somebody else's
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && mine(name))
    .map(Number);
}

/** When the app took each link so far, by its own log. */
export function arrivals(data) {
  const file = `${data}/logs/telehab.log`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('a link came in'))
    .map((line) => Date.parse(JSON.parse(line).time));
}

/** Notes when a heading with this client's name is painted. Ask with painted(). */
export function watchFor(app, person) {
  return app.run(WATCH, person.first_name, person.last_name);
}

/** The time at which the awaited client stood on the screen, 0 before that. */
export const painted = (app) => app.run('return window.openInTest.painted');

const WATCH = `
  const names = [...arguments];
  const probe = (window.openInTest = { painted: 0 });
  const isThere = () => {
    const words = document.querySelector('h1')?.textContent ?? '';
    return names.every((name) => words.includes(name));
  };
  const observer = new MutationObserver(() => {
    if (!isThere()) return;
    observer.disconnect();
    // The second frame begins when the first one is painted.
    requestAnimationFrame(() => requestAnimationFrame(() => (probe.painted = Date.now())));
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });`;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
