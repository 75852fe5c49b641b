// The release binary in a real window: the demo clinic from the first screen to
// the profiles, and once more after a restart.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { isPainted, photograph, startDisplay } from './harness/display.mjs';
import { filesUnder, rememberSecrets } from './harness/leaks.mjs';
import { requirePrivateHome } from './harness/paths.mjs';
import { stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';
import { listening } from './harness/sockets.mjs';
import {
  buildAutomation,
  closeWindow,
  inspectorPort,
  openWindow,
  startDriver,
  windowProcess,
} from './harness/window.mjs';

const home = requirePrivateHome();
let display, driver, app, kept;

before(async () => {
  buildAutomation();
  display = await startDisplay();
  mkdirSync(`${home}/tmp`, { recursive: true });
  driver = await startDriver({
    DISPLAY: display,
    TMPDIR: `${home}/tmp`,
    LC_ALL: 'en_AU.UTF-8', // numbers and dates as a clinic in Australia sees them
    LIBGL_ALWAYS_SOFTWARE: '1', // no graphics card here: paint in the same way everywhere
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  });
});

after(async () => {
  await closeWindow(app);
  await stopAll();
});

const see = (role, name) => until(`a ${role} ${name}`, () => app.find(role, name));
const click = async (role, name) => app.click(await see(role, name));
const read = (pattern) =>
  until(`the words ${pattern}`, async () => pattern.exec(await app.text()));

/** What the app keeps, in the shape of Cliniko's patients. */
async function people() {
  const all = [];
  for (const filter of ['all', 'archived']) {
    for (let offset = 0, matched = 1; offset < matched; offset += 500) {
      const query = { search: '', filter, sort: 'name', desc: false, offset, limit: 500 };
      const page = await app.call('Profiles.Find', query);
      matched = page.matched;
      all.push(...page.rows);
    }
  }
  return all.map((row) => ({
    id: row.id,
    last_name: row.name.split(', ')[0],
    first_name: row.name.split(', ')[1] ?? '',
    preferred_first_name: row.preferred,
    date_of_birth: row.born,
    email: row.email,
    patient_phone_numbers: [{ number: row.phone }],
    updated_at: row.updatedAt,
  }));
}

const step = walk(async () => {
  await photograph(display, 'window-failed');
  return app.text();
});

step('the window opens on the first screen', async () => {
  app = await openWindow(driver);
  await see('heading', /Welcome to TeleHab/);
  // The page knows its words before the screen does.
  await until('the first paint', async () => {
    return isPainted(await photograph(display, 'window-1-welcome'));
  });
});

step('the app listens on nothing, and its page may run nothing but its own', async () => {
  assert.deepEqual(listening(windowProcess(), inspectorPort()), []);
  const policy = await app.run(
    `return document.querySelector('meta[http-equiv="Content-Security-Policy"]').content`,
  );
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe-eval|https?:|ws:/);
});

step('the demo clinic is imported', async () => {
  await click('button', /^Try the demo clinic/);
  await see('heading', /^Today$/);
  await click('button', /^Settings$/);
  await click('button', /^Sync (clients|patients)$/);
  await click('button', /^Start sync$/);
  await read(/Sync results/);
  await photograph(display, 'window-2-results');
});

step('only the demo clinic listens while it runs', async () => {
  const [address, ...others] = listening(windowProcess(), inspectorPort());
  assert.match(address, /^0100007F:/, 'on 127.0.0.1');
  assert.deepEqual(others, []);
});

step('its profiles are shown', async () => {
  kept = await people();
  assert.ok(kept.length > 1000, `${kept.length} profiles`);
  rememberSecrets('window', { people: kept, keys: [] });
  await click('button', /^Open profiles$/);
  await see('heading', /^Profiles$/);
  await read(/Up to date/);
  await photograph(display, 'window-3-profiles');
});

/** Opens the window, and in it the demo's profiles. */
async function openProfiles() {
  app = await openWindow(driver);
  await until('the first screen', () => app.find('heading', /./));
  if (await app.find('button', /^Try the demo clinic/))
    await click('button', /^Try the demo clinic/);
  await see('heading', /^Today$/);
  await click('button', /^Profiles$/);
  await see('heading', /^Profiles$/);
}

step('after a restart everything is still there', async () => {
  await closeWindow(app);
  await openProfiles();
  const after = await people();
  assert.deepEqual(after, kept);
  await photograph(display, 'window-4-again');
});

step('the window comes back as large as it was, and in its colours', async () => {
  const file = await until('its place to be kept', () =>
    filesUnder([home]).find((path) => path.endsWith('/window.json')),
  );
  const stands = () => JSON.parse(readFileSync(file, 'utf8'));
  await closeWindow(app);
  const kept = stands();
  assert.deepEqual([kept.width, kept.height, kept.placed, kept.dark], [1200, 800, true, false]);
  const smaller = { ...kept, width: 1080, height: 700, x: 90, y: 50, dark: true };
  writeFileSync(file, JSON.stringify(smaller));
  app = await openWindow(driver);
  await until('the first screen', () => app.find('heading', /./));
  const size = () => app.run('return [innerWidth, innerHeight]');
  await until('its size', async () => String(await size()) === '1080,700');
  await photograph(display, 'window-5-smaller');
  // The page is light, whatever the file said.
  await until('its colours to be kept', () => !stands().dark);
  const { width, height } = stands();
  assert.deepEqual([width, height], [1080, 700]);
  await closeWindow(app);
  app = undefined;
});

/**
 * Whether the web view has written what the page keeps. It does that half a
 * second later, and not at all if the window closes before.
 */
const isOnDisk = (value) =>
  filesUnder([home])
    .filter((file) => /localstorage/i.test(file))
    .some((file) => readFileSync(file).includes(Buffer.from(value, 'utf16le')));

step('a choice of colours outlives the window', async () => {
  const theme = () => app.run('return document.documentElement.dataset.theme');
  await openProfiles();
  assert.equal(await theme(), 'light');
  await click('button', /^Account of /);
  await click('menuitemradio', /^Dark$/);
  await until('the dark colours', async () => (await theme()) === 'dark');
  await until('the choice on the disk', () => isOnDisk('"dark"'));
  await closeWindow(app);
  app = await openWindow(driver);
  await until('the first screen', () => app.find('heading', /./));
  assert.equal(await theme(), 'dark');
  await photograph(display, 'window-6-dark');
  await closeWindow(app);
  app = undefined;
});
