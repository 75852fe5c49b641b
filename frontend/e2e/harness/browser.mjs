// The app's page in Chromium, on the app's real Go side. A binary with Wails'
// `dev` tag serves its own page and bound methods to any browser.
import { mkdirSync, readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { chromiumWith } from './chromium.mjs';
import { pictures, results } from './paths.mjs';
import { PATIENCE, freePort, start, until } from './processes.mjs';
import { family } from './sockets.mjs';

/** Starts the app and returns the address of its page and the program. */
export async function startApp(env) {
  const port = await freePort();
  const program = start('browser-app', `${results}/bin/telehab-dev`, [], {
    env: { devserver: `127.0.0.1:${port}`, loglevel: 'Error', ...env },
  });
  const address = `http://127.0.0.1:${port}`;
  await until('the page of the app', async () => (await fetch(address)).ok, { program });
  await stopItsOwnPage(program);
  return { address, program };
}

/**
 * Stops the page in the program's own window. It is on the same Go side, so that
 * of a link that waits, which Go gives once, either page could be the one.
 */
async function stopItsOwnPage(program) {
  const pageOf = () => family(program.child.pid).find((pid) => nameOf(pid) === 'WebKitWebProces');
  const pid = await until('the page in its own window', pageOf, { program });
  process.kill(pid, 'SIGSTOP');
  // What is stopped does not end with the program.
  const end = () => {
    if (nameOf(pid) === 'WebKitWebProces') process.kill(pid, 'SIGKILL');
  };
  process.once('exit', end);
  void program.ended.then(end);
}

/** What the system calls a process, cut at 15 letters; '' for one that is gone. */
function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
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
  await painted(page);
}

/** Painted, and once more for what fades. */
async function painted(page) {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let n = 0; n < 3; n++) await page.evaluate(frame);
}

/** Shows the page as on a system with a contrast theme, which replaces all colours; or no longer so. */
async function inForcedColours(page, forced) {
  await page.emulateMedia({ forcedColors: forced ? 'active' : 'none' });
  await page.waitForFunction((on) => matchMedia('(forced-colors: active)').matches === on, forced);
  await painted(page);
}

/**
 * What a person with a contrast theme could not tell from the rest: parts that
 * say to a screen reader that they are chosen or current, or where the keyboard
 * is, and are not in the system's colours for that. The theme must be on.
 */
const unmarked = (page) =>
  page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.forcedColorAdjust = 'none';
    probe.style.transition = 'none'; // else it still has the colour before
    const system = (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    };
    const [highlight, ink] = [system('Highlight'), system('HighlightText')];
    const seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const named = (each) => each.outerHTML.slice(0, 200);
    const chosen = [
      '[aria-current="page"]',
      '[aria-pressed="true"]',
      '[role="option"][aria-selected="true"]',
      '[aria-multiselectable="true"] [role="row"][aria-selected="true"]',
      '[data-highlighted]',
      '[data-choice]:has(:checked)',
    ].join();
    const wrong = [...document.querySelectorAll(chosen)]
      .filter((each) => seen(each))
      .filter((each) => {
        const { backgroundColor, color } = getComputedStyle(each);
        const texts = [...each.querySelectorAll('*')].filter(
          (part) => part.tagName !== 'MARK' && part.namespaceURI === each.namespaceURI,
        );
        const inked = [each, ...texts].every((part) => getComputedStyle(part).color === ink);
        return backgroundColor !== highlight || color !== ink || !inked;
      });
    const grid = document.querySelector('[role="grid"]:focus-visible');
    const row = grid && document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    if (row && getComputedStyle(row).outlineStyle === 'none') wrong.push(row);
    for (const bar of document.querySelectorAll('[role="progressbar"]'))
      if (getComputedStyle(bar).borderTopStyle === 'none') wrong.push(bar);
    for (const fill of document.querySelectorAll('[role="progressbar"] > *'))
      if (getComputedStyle(fill).backgroundColor !== highlight) wrong.push(fill);
    probe.remove();
    return wrong.map(named);
  });

/** What is wrong with the page on a system with a contrast theme, by axe's rules too if `axe`. */
export async function inspectForced(page, name, { axe = false } = {}) {
  await inForcedColours(page, true);
  const found = (await unmarked(page)).map((each) => `${name}: not marked: ${each}`);
  if (axe) found.push(...(await inspect(page, `${name}-forced`)));
  else await page.screenshot({ path: `${pictures}/${name}-forced.png` });
  await inForcedColours(page, false);
  return found;
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
