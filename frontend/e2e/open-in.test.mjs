// Open in TeleHab, on the real parts: a click in Chromium on the clinic's page
// for a client, the bridge page, the desktop's scheme handler, the release
// binary, and the client's profile in its window.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startClinic } from './harness/clinic.mjs';
import { difference, photograph, startDisplay } from './harness/display.mjs';
import * as figures from './harness/figures.mjs';
import { rememberSecrets } from './harness/leaks.mjs';
import * as links from './harness/links.mjs';
import { startMeter } from './harness/meter.mjs';
import { requirePrivateHome, root } from './harness/paths.mjs';
import { start, stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';
import {
  buildAutomation,
  closeWindow,
  expectWindow,
  openWindow,
  startDriver,
} from './harness/window.mjs';

const PATIENTS = 5000;
const EMAIL = 'robin@example.org';
const PASSWORD = 'velvet otter carries nine lanterns';
const TARGET = 150; // ms from a link's arrival to its profile, painted from the store
const SAME = 100; // pixels of the window that may differ in pictures of the same
// ms between two clicks of one person. A duration is what is meant here: the app
// lets a link refresh every 2300 ms, and stores the others as they are.
const BETWEEN = 2500;

const home = requirePrivateHome();
const telehab = `${root}/build/bin/telehab`;
const data = `${home}/data`;
const entry = `${home}/.local/share/applications/telehab.desktop`;
let clinic, meter, people, env, display, driver, app, browser, signedOut;
const opened = []; // the ids of all links

before(async () => {
  buildAutomation();
  clinic = await startClinic(
    ['--patients', String(PATIENTS), '--latency', '150ms', '--limit', '0', '--seed', '3'],
  );
  meter = await startMeter(clinic.address);
  const everybody = await clinic.people();
  rememberSecrets('open-in', { people: everybody, keys: [clinic.key, PASSWORD] });
  people = whoCanBeTold(everybody);

  mkdirSync(`${home}/tmp`, { recursive: true });
  display = await startDisplay();
  env = {
    TELEHAB_CLINIKO_URL: meter.address,
    TELEHAB_DATA_DIR: data,
    DISPLAY: display,
    TMPDIR: `${home}/tmp`,
    LC_ALL: 'en_AU.UTF-8',
    LIBGL_ALWAYS_SOFTWARE: '1', // no graphics card here: paint in the same way everywhere
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    XDG_CURRENT_DESKTOP: '', // none that xdg-open knows
  };
  await command(['people', 'add', '--email', EMAIL, '--name', 'Robin Example'], '');
  await command(['connect', '--as', EMAIL], `${clinic.key}\n`);
  driver = await startDriver(env);
  browser = await links.openBrowser(`${home}/.config/chromium`, meter.origin, env);
});

after(async () => {
  // The app before the browser, which waits for whatever it has started.
  await closeWindow(app).catch((error) => console.log(error.message));
  for (const pid of links.appsOf(data)) process.kill(pid, 'SIGTERM');
  await browser?.close();
  await meter?.stop();
  await stopAll();
});

/** Runs the app without a window. The meter stands in this process: it must not wait. */
async function command(args, input) {
  const full = { ...process.env, ...env, TELEHAB_PASSWORD: PASSWORD };
  const running = promisify(execFile)(telehab, args, { env: full });
  running.child.stdin.end(input);
  await running;
}

const see = (role, name) => until(`a ${role} ${name}`, () => app.find(role, name));
const click = async (role, name) => app.click(await see(role, name));
const read = (pattern) =>
  until(`the words ${pattern}`, async () => pattern.exec(await app.text()));
const photo = (name) => photograph(display, `open-in-${name}`);
const linkTo = (person) => {
  opened.push(person.id);
  return `telehab://patient?patient_id=${person.id}`;
};
const follow = async (link) => assert.equal(await links.xdgOpen(link, env), 0, 'it ends well');
const again = (args) => start('open-in-second', telehab, args, { env }).ended;
const openIn = (person) => {
  opened.push(person.id);
  return browser.openIn(person.id);
};
/** What was asked about single clients. What is new in the clinic is asked for by itself, when it is due. */
const aboutOne = () => meter.asked().filter((line) => line.startsWith('GET /v1/patients/'));
const heading = (person) => new RegExp(`${person.first_name}[^]*${person.last_name}`);

async function signIn() {
  await app.type(await see('textbox', /^Password/), PASSWORD);
  await click('button', /^Sign in$/);
}

/** The screen shows this client, and says where it came from. */
async function shows(person) {
  await see('heading', heading(person));
  const words = (await read(/[^]*Opened from Cliniko[^]*/))[0];
  assert.match(words, birthDate(person));
  for (const fact of [person.email, person.patient_phone_numbers[0].number]) {
    assert.ok(words.includes(fact), `the profile says ${fact}`);
  }
}

const step = walk(async () => {
  await photo('failed');
  return app.text();
});

step('the first window registers the links by itself', async () => {
  app = await openWindow(driver, [], 'open-in');
  const chosen = () => query('xdg-mime', ['query', 'default', 'x-scheme-handler/telehab']);
  await until('the registration', () => chosen() === 'telehab.desktop');
  assert.match(readFileSync(entry, 'utf8'), new RegExp(`^Exec="?${telehab}"? --link %u$`, 'm'));
  await signIn();
});

step('links are followed while everybody is imported', async () => {
  const phase = async () => (await app.call('About.State')).sync.phase;
  if (!(await app.find('button', /^Sync patients$/))) await click('button', /^Settings$/);
  await click('button', /^Sync patients$/);
  await until('some of the list', async () => {
    const { sync } = await app.call('About.State');
    return sync.phase === 'listing' && sync.done > 0;
  });
  const listing = people.pop();
  await measured('while the list is read', listing, () => follow(linkTo(listing)));
  assert.equal(await phase(), 'listing', 'the list is still being read');
  await shows(listing);
  await photo('1-while-listing');

  await click('button', /^Go back$/);
  const button = await see('button', /^Start sync$/);
  const storing = people.pop();
  await measured('while they are stored', storing, async () => {
    // Thousands are stored in about a second: the desktop is asked just before.
    const link = follow(linkTo(storing));
    await app.click(button);
    await link;
  });
  const then = await phase();
  console.log(`    the import was ${then === 'idle' ? 'over' : `at “${then}”`} then`);
  await shows(storing);
  await photo('2-while-storing');
  await until('the end', async () => (await phase()) === 'idle');
  const { tally, sync } = await app.call('About.State');
  assert.equal(sync.problem, null);
  assert.equal(tally.active, tally.activeInCliniko, 'nobody is missing');
});

step('a click in the browser shows the client at once', async () => {
  await click('button', /^Profiles$/);
  await see('heading', /^Profiles$/);
  await photo('3-warm-before');
  const took = [];
  const whole = [];
  for (let i = 0; i < 7; i++) {
    const person = people.pop();
    const before = aboutOne().length;
    const times = await measured(`click ${i + 1}`, person, () => openIn(person));
    took.push(times.fromArrival);
    whole.push(times.fromClick);
    await shows(person);
    await read(/refreshed/);
    await sleep(BETWEEN);
    const asked = aboutOne().slice(before);
    assert.equal(asked.length, 1, `the refresh adds one request, not ${asked.join(', ')}`);
    assert.match(asked[0], new RegExp(`^GET /v1/patients/${person.id}(\\?|$)`));
    if (i === 0) await photo('4-warm');
  }
  figures.tell('open-in', `a link, ${took.length} clicks in the browser:`, [
    figures.line(
      `from its arrival to the painted profile: median ${links.median(took)} ms, most ${Math.max(...took)} ms`,
      links.median(took),
      TARGET,
      'ms',
    ),
    `from the click in the browser: median ${links.median(whole)} ms; one request each`,
  ]);
});

step('of two clicks at once the last one wins', async () => {
  const [first, last] = [people.pop(), people.pop()];
  // As the desktop would, and without its own time, in which they could change places.
  assert.equal(await again(['--link', linkTo(first)]), 0);
  assert.equal(await again(['--link', linkTo(last)]), 0);
  await shows(last);
  await sleep(BETWEEN);
  await shows(last);
});

step('links that say too much open nothing', async () => {
  const before = await app.text();
  const requests = aboutOne().length;
  const [one, two] = people;
  for (const link of [
    `telehab://patient?patient_id=${one.id}&x=2`,
    `telehab://patient?patient_id=${one.id}&patient_id=${two.id}`,
    `telehab://patient?patient_id=%31`,
    `telehab://someone@patient?patient_id=${one.id}`,
    `telehab://settings`,
  ]) {
    await follow(link);
  }
  // Each has been handed over by now, and the app has looked at all of them.
  await until('all links to be read', () => readdirSync(`${data}/links`).length === 0);
  await app.run('return document.body.offsetHeight');
  const seconds = /\d+ (sec|min)\w* ago|just now/g; // continue by themselves
  assert.equal((await app.text()).replace(seconds, ''), before.replace(seconds, ''));
  assert.equal(aboutOne().length, requests);
});

step('an id of nobody here says so', async () => {
  await follow(linkTo({ id: '99999999999' }));
  await read(/This (client|patient) is not in Harbour Physio/);
});

step('a second start brings the window to the front and ends well', async () => {
  const alone = await photo('5-unknown');
  await browser.page.bringToFront();
  await until('the browser over the window', async () => {
    return (await difference(await photo('6-behind'), alone)) > SAME;
  });
  assert.equal(await again([]), 0);
  await until('the whole window, as it was', async () => {
    return (await difference(await photo('7-in-front'), alone)) < SAME;
  });
  assert.equal(links.appsOf(data).length, 1, 'one process is left');
});

step('signed out, a link waits for the sign-in', async () => {
  await app.call('People.SignOut');
  await app.run('location.reload()');
  const person = people.pop();
  await openIn(person);
  await read(/A profile is waiting to open/);
  assert.ok(!(await app.text()).includes(person.last_name), 'and does not say whose');
  signedOut = await photo('8-signed-out');
  await signIn();
  await shows(person);
  await closeWindow(app);
  app = undefined;
});

step('a click starts the app that the desktop entry names', async () => {
  await openIn(people.pop());
  const pid = await until('the app', () => links.appsOf(data)[0]);
  assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /\0--link\0telehab:/);
  // Nobody can ask this one what it shows: as before, the sign-in and the profile that waits.
  await until('the same picture', async () => {
    return (await difference(await photo('9-cold'), signedOut)) < SAME;
  });
  process.kill(pid, 'SIGTERM');
  await until('its end', () => links.appsOf(data).length === 0);
});

step('a click starts the app, which shows the client after the sign-in', async () => {
  const { starter, opened: session } = await expectWindow(driver, 'open-in');
  const registered = readFileSync(entry, 'utf8');
  writeFileSync(entry, registered.replace(`Exec=${telehab} `, `Exec=${starter} `));
  const person = people.pop();
  const clicked = Date.now();
  await openIn(person);
  app = await session;
  await read(/A profile is waiting to open/);
  console.log(`    from the click to the sign-in: ${Date.now() - clicked} ms`);
  await photo('10-cold-sign-in');
  await signIn();
  await shows(person);
  await photo('11-cold-profile');
  const mended = () => readFileSync(entry, 'utf8') === registered;
  await until('the entry to start the app itself again', mended);
});

step('without a network the stored profile is shown with its age', async () => {
  await meter.stop();
  await clinic.stop();
  const person = people.pop();
  await measured('offline', person, () => follow(linkTo(person)));
  await read(/Could not be refreshed\. These details were synced/);
  await shows(person);
  await photo('12-offline');
});

step('no log holds a link', () => {
  const written = readFileSync(`${data}/logs/telehab.log`, 'utf8');
  for (const text of ['patient_id', '99999999999', ...opened]) {
    assert.ok(!written.includes(text), text);
  }
});

/** Goes the way of a link and returns how long it took until the client stood there. */
async function measured(what, person, go) {
  const before = links.arrivals(data).length;
  await links.watchFor(app, person);
  const clicked = Date.now();
  await go();
  const painted = await until(`the profile ${what}`, () => links.painted(app));
  const came = links.arrivals(data)[before];
  const times = { fromArrival: painted - came, fromClick: painted - clicked };
  console.log(`    ${what}: painted ${times.fromArrival} ms after the link came in`);
  return times;
}

function query(program, args) {
  return spawnSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout.trim();
}

/** Complete clients, no two of one name. */
function whoCanBeTold(everybody) {
  const named = new Map();
  for (const p of everybody) {
    const names = [p.first_name, p.last_name];
    const facts = [p.date_of_birth, p.sex, p.email, p.patient_phone_numbers?.length];
    if (names.every((name) => /^\w{3,}$/.test(name ?? '')) && facts.every(Boolean) && !p.archived_at) {
      named.set(names.join(' '), p);
    }
  }
  return [...named.values()].slice(-40);
}

/** As it is written here or there: 13 Dec 1986, Dec 13, 1986. */
function birthDate(person) {
  const date = new Date(`${person.date_of_birth}T00:00:00Z`);
  const month = date.toLocaleDateString('en', { month: 'short', timeZone: 'UTC' });
  const [day, year] = [date.getUTCDate(), date.getUTCFullYear()];
  return new RegExp(`${day} ${month} ${year}|${month} ${day}, ${year}`);
}
