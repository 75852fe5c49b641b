// The lock, in a real window: whatever is damaged or gone at that moment, nobody
// is on the screen. And the window comes back by itself, locked, when the process
// of its page crashes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { startClinic } from './harness/clinic.mjs';
import { difference, isPainted, photograph, startDisplay } from './harness/display.mjs';
import { rememberSecrets } from './harness/leaks.mjs';
import { requirePrivateHome, root } from './harness/paths.mjs';
import { stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';
import {
  buildAutomation,
  closeWindow,
  openWindow,
  startDriver,
  windowProcess,
} from './harness/window.mjs';

const EMAIL = 'robin@example.org';
const PASSWORD = 'velvet otter carries nine lanterns';
const SAME = 100; // pixels of the window that may differ in pictures of the same

const home = requirePrivateHome();
const telehab = `${root}/build/bin/telehab`;
let clinic, everybody, display, driver, app, data;

before(async () => {
  buildAutomation();
  clinic = await startClinic(['--patients', '220', '--limit', '0', '--seed', '3']);
  everybody = await clinic.people();
  rememberSecrets('lock', { people: everybody, keys: [clinic.key, PASSWORD] });
  mkdirSync(`${home}/tmp`, { recursive: true });
  display = await startDisplay();
});

after(async () => {
  await closeWindow(app).catch((error) => console.log(error.message));
  await stopAll();
});

const environment = () => ({
  TELEHAB_CLINIKO_URL: clinic.address,
  TELEHAB_DATA_DIR: data,
  DISPLAY: display,
  TMPDIR: `${home}/tmp`,
  LC_ALL: 'en_AU.UTF-8',
  LIBGL_ALWAYS_SOFTWARE: '1', // no graphics card here: paint in the same way everywhere
  WEBKIT_DISABLE_DMABUF_RENDERER: '1',
});

/** Runs the app without a window. Some profiles need attention: then a sync ends with 3. */
async function command(args, input = '') {
  const env = { ...process.env, ...environment(), TELEHAB_PASSWORD: PASSWORD };
  const running = promisify(execFile)(telehab, args, { env });
  running.child.stdin.end(input);
  await running.catch((error) => {
    if (error.code !== 3) throw error;
  });
}

const see = (role, name) => until(`a ${role} ${name}`, () => app.find(role, name));
const click = async (role, name) => app.click(await see(role, name));

/** Who is anywhere in the page, whether it is painted or not. */
async function shown() {
  const page = await app.run('return document.documentElement.outerHTML');
  // Some have no email, or a word in its place that any page may contain.
  const emails = everybody.map(({ email }) => email).filter((email) => /^.{6,}@.+\./.test(email));
  return emails.filter((email) => page.includes(email)).length;
}

/** Opens a window on a clinic of its own, signed in and with its clients on the screen. */
async function openProfiles(name) {
  await closeWindow(app);
  app = undefined;
  data = `${home}/${name}`;
  await command(['people', 'add', '--email', EMAIL, '--name', 'Robin Example']);
  await command(['connect', '--as', EMAIL], `${clinic.key}\n`);
  await command(['sync', '--full']);
  driver = await startDriver(environment());
  app = await openWindow(driver, [], 'lock');
  await app.type(await see('textbox', /^Password/), PASSWORD);
  await click('button', /^Sign in$/);
  await see('heading', /^Today$/);
  await click('button', /^Profiles$/);
  await see('heading', /^Profiles$/);
  await until('the clients', shown);
}

const step = walk(async () => {
  await photograph(display, 'lock-failed');
  return app.text();
});

const removeStore = () => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${data}/telehab.db${suffix}`, { force: true });
};

for (const [name, damage] of Object.entries({
  'nothing is damaged': () => undefined,
  'the store is gone': removeStore,
  'the store is no database': () => writeFileSync(`${data}/telehab.db`, 'no database '.repeat(9000)),
  'the data folder is gone': () => renameSync(data, `${data}.away`),
  'the page hears no event': () => app.run('window.runtime.EventsOffAll()'),
})) {
  step(`locked, nobody is on the screen: ${name}`, async () => {
    await openProfiles(name.replaceAll(' ', '-'));
    await damage();
    const began = Date.now();
    // As the idle minutes do it: the page did not ask, and gets no answer.
    await app.run('window.go.window.Security.Lock().catch(() => undefined)');
    await until('nobody on the screen', async () => (await shown()) === 0);
    console.log(`nobody after ${Date.now() - began} ms: ${name}`);
  });
}

step('the window comes back by itself, locked, when the process of its page crashes', async () => {
  await openProfiles('crash');
  await app.run('window.go.window.Security.Lock().catch(() => undefined)');
  await see('heading', /^TeleHab is locked$/);
  // As a page that begins has it, in the letters of the system.
  await app.run('location.reload()');
  await see('heading', /^TeleHab is locked$/);
  const locked = await until('a steady picture of the lock', () => steady('lock-1-locked'));
  await app.type(await see('textbox', /^Password/), PASSWORD);
  await click('button', /^Unlock$/);
  await click('button', /^Profiles$/);
  await until('the clients', shown);
  assert.ok((await difference(await photograph(display, 'lock-2-open'), locked)) > SAME);

  const [page, ...others] = pagesOf(data);
  assert.deepEqual(others, []);
  assert.match(limitsOf(windowProcess()), /^Max core file size +0 +0 /m);
  assert.match(limitsOf(page), /^Max core file size +0 +0 /m);
  process.kill(page, 'SIGABRT'); // WebKit catches SIGSEGV
  await until('another process of the page', () => {
    const [next] = pagesOf(data);
    return next && next !== page;
  });
  await until('the lock', async () => {
    return (await difference(await photograph(display, 'lock-3-back'), locked)) < SAME;
  });
  const log = readFileSync(`${data}/logs/telehab.log`, 'utf8');
  assert.match(log, /the process of the web view ended/);
  const cores = [data, home, process.cwd(), `${home}/tmp`].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).filter((file) => /^core(\.|$)/.test(file)) : [],
  );
  assert.deepEqual(cores, []);
  await closeWindow(app);
  app = undefined;
});

/** A picture of the page, once two in a row are the same. */
async function steady(name) {
  const one = await photograph(display, `${name}-before`);
  const other = await photograph(display, name);
  return isPainted(other) && (await difference(one, other)) < SAME && other;
}

const limitsOf = (pid) => readFileSync(`/proc/${pid}/limits`, 'utf8');

/** The processes of this window's pages, which the web view starts. */
function pagesOf(folder) {
  const isOne = (pid) => {
    try {
      return (
        readlinkSync(`/proc/${pid}/exe`).endsWith('/WebKitWebProcess') &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TELEHAB_DATA_DIR=${folder}\0`)
      );
    } catch {
      return false; // ended meanwhile, or somebody else's
    }
  };
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOne(pid)).map(Number);
}
