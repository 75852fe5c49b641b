// How quick the profile list is with 50,000 profiles, on the real Go side in a
// real browser. The figures are told; what can fail is whether the list shows
// the right rows while it is hurried.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before } from 'node:test';
import { openPage, startApp } from './harness/browser.mjs';
import { startClinic } from './harness/clinic.mjs';
import { startDisplay } from './harness/display.mjs';
import { line, tell } from './harness/figures.mjs';
import { pictures, requirePrivateHome, results, root } from './harness/paths.mjs';
import { stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';

const PATIENTS = 50_000;
const SEARCHES = 40;
const FRAMES = 500;

const EMAIL = 'robin@example.org';
const PASSWORD = 'velvet otter carries nine lanterns';

const home = requirePrivateHome();
const data = `${home}/data`;
const figures = [];
let browser, page, all;

before(async () => {
  const env = { ...process.env, TELEHAB_DATA_DIR: data, TELEHAB_PASSWORD: PASSWORD };
  const person = ['people', 'add', '--email', EMAIL, '--name', 'Robin Example'];
  execFileSync(`${results}/bin/telehab-dev`, person, { env, stdio: 'inherit' });
  // Over HTTP the request limit would make it take four minutes.
  const fill = ['run', './backend/bench', '-fill', data, '-patients', String(PATIENTS)];
  execFileSync('go', fill, { cwd: root, stdio: 'inherit' });
  const clinic = await startClinic(['--patients', String(PATIENTS), '--limit', '0']);
  const app = await startApp({
    TELEHAB_CLINIKO_URL: clinic.address,
    TELEHAB_DATA_DIR: data,
    DISPLAY: await startDisplay(),
  });
  ({ browser, page } = await openPage(app.address));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Profiles', exact: true }).click();
  await page.getByRole('grid', { name: 'Profiles' }).waitFor();
  const counted = () => page.evaluate(query, { search: '', limit: 0 }).then((got) => got.all);
  // They are read into memory after a sign-in.
  all = await until('everybody', async () => {
    const count = await counted();
    return count > PATIENTS * 0.9 && count === (await counted()) && count;
  });
  await page.evaluate(watch);
});

after(async () => {
  await browser?.close();
  await stopAll();
  tell('speed', `with ${PATIENTS} profiles, in Chromium:`, figures);
});

/** In the page: asks Go as the list does. */
function query({ search, offset = 0, limit }) {
  const rest = { filter: 'all', noPhone: false, noEmail: false, changed: '' };
  return window.go.window.Profiles.Find({ ...rest, search, sort: 'name', desc: false, offset, limit });
}

/** In the page: what the list shows, and when it has painted it. */
function watch() {
  const grid = document.querySelector('[role=grid]');
  const nameAt = (index) =>
    grid
      .querySelector(`[aria-rowindex="${index + 2}"] [role=gridcell]:nth-child(2)`)
      ?.textContent.trim(); // innerText would have everything laid out
  let pressed = 0;
  addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
  const frame = () => new Promise(requestAnimationFrame);
  // The frame that a callback of requestAnimationFrame belongs to is painted before the next task.
  const painted = async () => {
    await frame();
    await new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    });
  };
  window.speed = {
    nameAt,
    /** Milliseconds from the last key until this many rows, and this one first, are painted. */
    async until(matched, name) {
      const shown = () =>
        grid.getAttribute('aria-rowcount') === String(matched + 1) && nameAt(0)?.startsWith(name);
      const deadline = performance.now() + 60_000;
      while (!shown()) {
        if (performance.now() > deadline) return -1;
        await new Promise((done) => setTimeout(done));
      }
      await painted();
      return performance.now() - pressed;
    },
    /** Scrolls so far in each frame, and says how long each took. */
    async scroll(frames, step) {
      const took = [];
      let place = grid.scrollTop;
      let last = await frame();
      for (let n = 0; n < frames; n++) {
        grid.scrollTop = place += step;
        const now = await frame();
        took.push(now - last);
        last = now;
      }
      return took;
    },
  };
}

function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

function note(what, values, target) {
  const ms = (part) => `${percentile(values, part).toFixed(1)} ms`;
  const text = `${what}: half ${ms(0.5)}, most ${ms(1)}, p95 ${ms(0.95)}`;
  figures.push(line(text, percentile(values, 0.95), target, 'ms'));
}

const box = () => page.getByLabel('Search name, birth date, phone, email');
const step = walk(async () => {
  await page.screenshot({ path: `${pictures}/speed-failed.png` });
  return page.locator('footer').ariaSnapshot();
});

step('a letter in search is answered with the right rows', async () => {
  const took = [];
  for (let n = 0; n < SEARCHES; n++) {
    const offset = Math.floor((all * n) / SEARCHES);
    const { rows } = await page.evaluate(query, { search: '', offset, limit: 500 });
    const person = rows.find((row) => /^\w{5,}, \w+$/.test(row.name));
    if (!person) continue; // all of them have one name that cannot be typed here
    const { name } = person;
    await box().focus();
    await page.keyboard.press('Escape');
    const typed = name.toLowerCase().replace(',', '').slice(0, 7);
    for (let n = 1; n <= typed.length; n++) {
      const search = typed.slice(0, n);
      const { matched, rows: found } = await page.evaluate(query, { search, limit: 1 });
      await page.keyboard.press(typed[n - 1] === ' ' ? 'Space' : typed[n - 1]);
      const time = await page.evaluate((given) => window.speed.until(...given), [
        matched,
        found[0].name,
      ]);
      assert.ok(time >= 0, `“${search}” shows ${matched} rows, ${found[0].name} first`);
      took.push(time);
    }
  }
  note(`from a key in search to the painted rows, ${took.length} letters`, took, 40);
  await box().focus();
  await page.keyboard.press('Escape');
});

/** After all the hurry: the row in the middle of the view is the one that belongs there. */
async function checkMiddle() {
  const index = await page.evaluate(() => {
    const grid = document.querySelector('[role=grid]');
    return Math.floor((grid.scrollTop + grid.clientHeight / 2) / 40);
  });
  const { rows } = await page.evaluate(query, { search: '', offset: index, limit: 1 });
  await until('the rows where the scrolling ended', async () =>
    (await page.evaluate((at) => window.speed.nameAt(at), index))?.startsWith(rows[0].name || 'No name'),
  );
}

for (const [what, perFrame] of [
  ['scrolling 180 rows a second', 120],
  ['scrolling through all of them in 8 seconds', Math.ceil((PATIENTS * 40) / FRAMES)],
]) {
  step(`${what} ends at the right rows`, async () => {
    const grid = page.getByRole('grid', { name: 'Profiles' });
    const rows = String(all + 1);
    await until('all rows', async () => (await grid.getAttribute('aria-rowcount')) === rows);
    await grid.evaluate((each) => (each.scrollTop = 0));
    await page.evaluate(() => window.speed.scroll(30, 120)); // warms up
    const took = await page.evaluate((given) => window.speed.scroll(...given), [FRAMES, perFrame]);
    note(`${what}, a frame`, took, 17);
    await checkMiddle();
  });
}
