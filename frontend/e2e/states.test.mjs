// The screens when something is in the way, and when there is little room: each
// says what is wrong and what to do, in both colours, by axe's rules.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { inColours, inspect, inspectForced, openPage, startApp } from './harness/browser.mjs';
import { startClinic, wrongKey } from './harness/clinic.mjs';
import { startDisplay } from './harness/display.mjs';
import { rememberSecrets } from './harness/leaks.mjs';
import { pictures, requirePrivateHome, results } from './harness/paths.mjs';
import { equals, stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';

const PASSWORD = 'velvet otter carries nine lanterns';
const EMAIL = 'robin@example.org';
const CLINIC = ['--patients', '300', '--seed', '4'];

const home = requirePrivateHome();
const data = `${home}/data`;
let clinic, key, people, env, app, browser, page;

before(async () => {
  clinic = await startClinic([...CLINIC, '--limit', '0']);
  ({ key } = clinic);
  people = await clinic.people();
  rememberSecrets('states', { people, keys: [key, PASSWORD] });
  mkdirSync(`${home}/tmp`, { recursive: true });
  env = {
    TELEHAB_CLINIKO_URL: clinic.address,
    TELEHAB_DATA_DIR: data,
    TELEHAB_PASSWORD: PASSWORD,
    TMPDIR: `${home}/tmp`,
    DISPLAY: await startDisplay(),
  };
  telehab(['people', 'add', '--email', EMAIL, '--name', 'Robin Example']);
  telehab(['connect', '--as', EMAIL], key);
  telehab(['sync'], '', 3);
  await open();
});

after(async () => {
  await browser?.close();
  await stopAll();
});

function telehab(args, input = '', status = 0) {
  const options = { env: { ...process.env, ...env }, input };
  try {
    execFileSync(`${results}/bin/telehab-dev`, args, options);
  } catch (error) {
    if (error.status !== status) throw error;
  }
}

async function open() {
  app = await startApp(env);
  ({ browser, page } = await openPage(app.address));
}

async function close() {
  await browser.close();
  await app.program.stop();
}

/** Puts another clinic, or the same one in other weather, at the same address. */
async function restartClinic(flags) {
  const { host } = new URL(clinic.address);
  clinic = await startClinic([...CLINIC, '--addr', host, ...flags]);
}

const button = (name) => page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (name) => page.getByRole('heading', { name });

async function accessible(name) {
  for (const colours of ['light', 'dark']) {
    await inColours(page, colours);
    const picture = colours === 'light' ? name : `${name}-dark`;
    assert.deepEqual(await inspect(page, picture), [], 'what axe finds');
  }
  await inColours(page, 'light');
  const forced = await inspectForced(page, name, { axe: true });
  assert.deepEqual(forced, [], 'with a contrast theme');
}

const step = walk(async () => {
  await page.screenshot({ path: `${pictures}/states-failed.png` });
  return page.locator('body').ariaSnapshot();
});

async function signIn() {
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button('Sign in').click();
  await heading('Today').waitFor();
  await button('Profiles').click();
  await page.getByRole('grid', { name: 'Profiles' }).waitFor();
}

step('a search that finds nobody says what to do', async () => {
  await signIn();
  await page.getByLabel('Search name, birth date, phone, email').fill('nobody at all');
  await page.getByText(/nobody at all/).first().waitFor();
  await accessible('states-1-nobody');
  await page.getByLabel('Search name, birth date, phone, email').fill('');
});

step('everything stays in reach at 200 %, and in a small window', async () => {
  const screens = {
    today: () => button('Today').click(),
    profiles: () => button('Profiles').click(),
    attention: () => button(/^Needs attention/).click(),
    integration: () => button('Settings').click(),
    people: () => button('People').click(),
    security: () => button('Security').click(),
    about: () => button('About').click(),
  };
  for (const [size, width, height] of [
    ['zoom', 600, 400],
    ['small', 1024, 720],
    // What a task bar and a title bar leave of Full HD at 200 %, and of 1366 x 768 at 150 %.
    ['full-hd-200', 960, 444],
    ['laptop-150', 911, 416],
  ]) {
    await page.setViewportSize({ width, height });
    for (const [name, go] of Object.entries(screens)) {
      await go();
      await page.getByRole('heading').first().waitFor();
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(over, 0, `${name} runs out of a window of ${width} x ${height}`);
      await accessible(`states-2-${size}-${name}`);
    }
  }
  await page.setViewportSize({ width: 1200, height: 800 });
});

step('each dialog fits a small window, with its buttons', async () => {
  const settings = (tab) => button('Settings').click().then(() => button(tab).click());
  const dialogs = {
    disconnect: () => settings('Software integration').then(() => button('Disconnect').click()),
    person: () => settings('People').then(() => button('Add person').click()),
    password: () => settings('Security').then(() => button('Change password').click()),
    'export': () => settings('Security').then(() => button(/^Export/).click()),
    find: () => page.keyboard.press('Control+k'),
  };
  for (const [width, height] of [
    [960, 444],
    [911, 416],
    [683, 288],
  ]) {
    await page.setViewportSize({ width, height });
    for (const [name, open] of Object.entries(dialogs)) {
      await open();
      const dialog = page.locator('[role=dialog], [role=alertdialog]');
      await dialog.waitFor();
      const box = await dialog.boundingBox();
      const within =
        box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      assert.ok(within, `${name} at ${width} x ${height}: ${JSON.stringify(box)}`);
      for (const each of await dialog.getByRole('button').all()) {
        await each.scrollIntoViewIfNeeded();
        const { y, height: tall } = await each.boundingBox();
        assert.ok(y >= box.y && y + tall <= box.y + box.height, `a button of ${name} is cut off`);
      }
      if (width === 911) await accessible(`states-2-dialog-${name}`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  }
  await page.setViewportSize({ width: 1200, height: 800 });
});

step('a failed profile says what is missing, and where to fix it', async () => {
  const failed = people.find((p) => !p.archived_at && !p.email && p.first_name && p.last_name);
  await button('Profiles').click();
  await page.getByLabel('Search name, birth date, phone, email').fill(failed.id);
  await page.getByRole('grid', { name: 'Profiles' }).getByText('No email').first().click();
  await page.getByText(/Email is missing/).first().waitFor();
  await button('Fix in Cliniko').waitFor();
  await equals('ways to edit', () => button('Edit in Cliniko').count(), 0);
  await accessible('states-3-failed');
});

step('when nobody answers, the profiles stay and the sidebar says so', async () => {
  await clinic.stop();
  await button('Profiles').click();
  await button(/^Sync · /).click();
  await page.getByText(/^(Offline|Connection blocked)/).first().waitFor();
  await page.getByRole('grid', { name: 'Profiles' }).waitFor();
  await accessible('states-4-offline');
});

step('a refused key is named, with who can replace it', async () => {
  await restartClinic(['--key', wrongKey(key), '--limit', '0']);
  await button('Profiles').click();
  await button(/^Sync · /).click();
  await page.getByText('Key refused').first().waitFor();
  await accessible('states-5-refused');
  await button('Settings').click();
  await page.getByRole('alert').filter({ hasText: /key/i }).first().waitFor();
  const card = page.getByRole('main');
  await card.getByText('Key refused', { exact: true }).waitFor();
  await equals('marks', () => card.getByText('Connected', { exact: true }).count(), 0);
  await accessible('states-6-refused-settings');
});

step('a limit that others use up is waited for, with the time', async () => {
  await clinic.stop();
  await restartClinic(['--key', key, '--limit', '2']);
  await button('Settings').click();
  await button('Sync patients').click();
  await page.getByText(/continuing at/).first().waitFor();
  await accessible('states-7-waiting');
});

step('data that cannot be opened offers to start again', async () => {
  await close();
  writeFileSync(`${data}/telehab.db`, 'not a database '.repeat(2000));
  await open();
  await heading('The data on this computer cannot be opened').waitFor();
  await accessible('states-8-broken');
  await button('Start again from Cliniko').click();
  const question = page.getByRole('dialog');
  await question.getByText('the audit trail').waitFor();
  await accessible('states-9-start-again');
  await question.getByRole('button', { name: 'Erase and start again' }).click();
  await question.getByText(/in capital letters/).waitFor();
  await question.getByLabel('Type ERASE to start again').fill('ERASE');
  await question.getByRole('button', { name: 'Erase and start again' }).click();
  await heading('Welcome to TeleHab').waitFor();
  await until('a new store', async () => {
    const state = await page.evaluate(() => window.go.window.About.State());
    return !state.peopleExist && !state.store;
  });
});

step('data that cannot be found is not taken for none', async () => {
  await close();
  for (const name of readdirSync(data).filter((name) => name.startsWith('telehab.db'))) {
    rmSync(`${data}/${name}`);
  }
  await open();
  await heading('TeleHab’s data cannot be found').waitFor();
  await accessible('states-10-not-here');
  await button('Start again from Cliniko').click();
  const question = page.getByRole('dialog');
  await question.getByText(/^Nothing is erased/).waitFor();
  await accessible('states-11-without-the-data');
  await question.getByRole('button', { name: 'Start again', exact: true }).click();
  await heading('Welcome to TeleHab').waitFor();
});

// The last step: nobody is there to answer the keyring's question.
step('a locked keyring asks to unlock it, and never to erase', async () => {
  await close();
  execFileSync('gdbus', [
    ...['call', '--session', '--dest', 'org.freedesktop.secrets'],
    ...['--object-path', '/org/freedesktop/secrets'],
    ...['--method', 'org.freedesktop.Secret.Service.Lock'],
    "['/org/freedesktop/secrets/collection/login']",
  ]);
  await open();
  await heading('TeleHab’s keys are locked').waitFor();
  await page.getByText(/Unlock your password manager, then try again/).waitFor();
  assert.equal(await button(/start again|erase/i).count(), 0);
  await accessible('states-12-locked');
  await button('Try again').click();
  await page.getByText(/Unlock your password manager, then try again/).waitFor();
});
