// The main job, as a person does it, with the real page, the real Go side, a
// real database and keyring, and a clinic over real HTTP: connect a clinic,
// import its clients, see who failed, open a profile, change it in Cliniko, sync
// again, meet a clinic in which nearly everybody is gone, and let others in.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { after, before } from 'node:test';
import { inColours, inspect, inspectForced, openPage, startApp } from './harness/browser.mjs';
import { startClinic, wrongKey } from './harness/clinic.mjs';
import { startDisplay } from './harness/display.mjs';
import { rememberSecrets } from './harness/leaks.mjs';
import { pictures, requirePrivateHome } from './harness/paths.mjs';
import { equals, stopAll, until } from './harness/processes.mjs';
import { walk } from './harness/walk.mjs';
import { walkGuided } from './guided.mjs';
import { walkAway } from './leaving.mjs';
import { walkAsOthers } from './people.mjs';
import { walkThroughProfiles } from './profiles.mjs';
import { walkToday } from './today.mjs';

const PATIENTS = 700;
const PASSWORD = 'velvet otter carries nine lanterns';
const CHANGED = 'changed.in.cliniko@example.org';

const home = requirePrivateHome();
const data = `${home}/data`;
let clinic, people, env, app, browser, page, complaints;
let listed; // what Sync patients said: { total, failing, ready }
let shown; // whose profile was opened
let strangers; // who is in the wrong clinic

before(async () => {
  const flags = ['--patients', String(PATIENTS), '--seed', '1', '--latency', '20ms'];
  clinic = await startClinic([...flags, '--limit', '0']);
  people = await clinic.people();
  rememberSecrets('browser', { people, keys: [clinic.key, PASSWORD] });

  mkdirSync(`${home}/tmp`, { recursive: true });
  env = {
    TELEHAB_CLINIKO_URL: clinic.address,
    TELEHAB_DATA_DIR: data,
    TMPDIR: `${home}/tmp`,
    DISPLAY: await startDisplay(),
  };
  app = await startApp(env);
  ({ browser, page, complaints } = await openPage(app.address));
});

after(async () => {
  await browser?.close();
  await stopAll();
});

const button = (name) => page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (name) => page.getByRole('heading', { name });
const number = (text) => Number(text.replace(/\D/g, ''));

async function accessible(name) {
  const violations = await inspect(page, name);
  assert.deepEqual(violations, [], 'what axe finds');
}

/** The same in both themes. */
async function accessibleInBoth(name) {
  await accessible(name);
  await inColours(page, 'dark');
  await accessible(`${name}-dark`);
  await inColours(page, 'light');
  assert.deepEqual(await inspectForced(page, name), [], 'with a contrast theme');
}

const step = walk(async () => {
  await page.screenshot({ path: `${pictures}/browser-failed.png` });
  return page.locator('body').ariaSnapshot();
});

step('the first screen offers the integration and the demo', async () => {
  await heading('Welcome to TeleHab').waitFor();
  await button(/^Try the demo clinic/).waitFor();
  await button(/^Set up Cliniko integration/).waitFor();
  await accessibleInBoth('1-welcome');
});

step('the first person makes an account', async () => {
  await button(/^Set up Cliniko integration/).click();
  await heading('Create your TeleHab account').waitFor();
  await accessibleInBoth('2-account');
  await page.getByLabel('Your name').fill('Robin Example');
  await page.getByLabel('Email').fill('robin@example.org');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button('Create account and continue').click();
  await heading('Set up Cliniko integration').waitFor();
  await accessibleInBoth('3-set-up');
});

step('a wrong key is refused with a reason', async () => {
  await page.getByLabel('API key', { exact: true }).fill(wrongKey(clinic.key));
  await button('Save').click();
  const alert = page.getByRole('alert').filter({ hasText: /key/i });
  await alert.waitFor();
  assert.match(await alert.innerText(), /support@vald\.com|try again|copy/i, 'it says what to do');
  await accessibleInBoth('4-wrong-key');
});

step('the right key is proved and the clinic is named', async () => {
  await page.getByLabel('API key', { exact: true }).fill(`  ${clinic.key}\n`);
  await button('Save').click();
  await page.getByText('Connected to Harbour Physio').waitFor();
  const active = people.filter((p) => !p.archived_at && !p.deleted_at);
  await page
    .getByText(new RegExp(`^${active.length} (client|patient)s in Cliniko$`))
    .first()
    .waitFor();
  assert.ok(!(await page.content()).includes(clinic.key), 'the key is not shown again');
  await accessibleInBoth('5-connected');
});

step('sync patients lists the clinic, those that need attention on top', async () => {
  await button(/^Sync (client|patient)s$/).click();
  await button('Start sync').waitFor();
  listed = await until('the numbers', async () => {
    const text = await page.getByRole('main').innerText();
    const said = (pattern) => number(text.match(pattern)[1]);
    return {
      total: said(/([\d,]+) (?:client|patient)s? in Cliniko/),
      failing: said(/([\d,]+) needs? attention/),
      ready: said(/([\d,]+) ready/),
    };
  });
  assert.equal(listed.total, listed.failing + listed.ready);
  assert.ok(listed.failing > PATIENTS / 20, 'the clinic has people who lack something');

  const firstRow = page.getByRole('grid').getByRole('row').nth(1);
  await until('the rows', async () => !/^\s*$/.test(await firstRow.innerText()));
  assert.match(await firstRow.innerText(), /First Name|Last Name|Date of Birth|Sex|Gender|Email/);
  await accessibleInBoth('6-listing');
});

step('start sync ends in results that add up', async () => {
  await button('Start sync').click();
  await heading('Sync results').waitFor();
  const results = page.getByRole('region', { name: 'Sync results' });
  const said = async () => {
    const text = await results.innerText();
    return ['synced', 'unchanged', 'needs? attention'].map((word) =>
      number(text.match(new RegExp(`([\\d,]+)\\s+${word}`))[1]),
    );
  };
  await equals('the numbers', said, [listed.ready, 0, listed.failing]);
  await accessibleInBoth('7-results');
});

step('those that need attention stay listed with their reasons', async () => {
  await button('Show those that need attention').click();
  await heading('Needs attention').waitFor();
  const grid = page.getByRole('grid', { name: 'Profiles that need attention' });
  await grid.getByText('Email', { exact: true }).first().waitFor();
  await equals('rows', async () => Number(await grid.getAttribute('aria-rowcount')), listed.failing + 1);
  await button(`Needs attention ${listed.failing}`).waitFor();
  await accessibleInBoth('8-attention');
});

step('the profiles are there and can be searched without accents', async () => {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: 'Profiles' })
    .or(button('Profiles'))
    .first()
    .click();
  await heading('Profiles').waitFor();
  const grid = page.getByRole('grid', { name: 'Profiles' });
  await until(
    'all rows',
    async () => Number(await grid.getAttribute('aria-rowcount')) === listed.total + 1,
  );
  await accessibleInBoth('9-profiles');

  const person = people.find((p) => isComplete(p) && /^Zoë$/.test(p.first_name));
  const name = `${person.last_name}, ${person.first_name}`;
  await page.getByLabel('Search name, birth date, phone, email').fill(`zoe ${person.last_name.toLowerCase()}`);
  await grid.getByText(name).first().waitFor();
  await accessibleInBoth('10-search');
});

step('a profile shows what Cliniko has', async () => {
  const person = people.find((p) => isComplete(p) && p.patient_phone_numbers?.length);
  shown = person;
  await page.getByLabel('Search name, birth date, phone, email').fill(person.email);
  await page.getByRole('grid', { name: 'Profiles' }).getByText(person.email).first().click();
  await heading(new RegExp(`${person.first_name}.*${person.last_name}`)).waitFor();
  const [year, month, day] = person.date_of_birth.split('-').map(Number);
  const born = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString('en-AU', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const details = [person.email, person.patient_phone_numbers[0].number, born];
  await until(`all of ${details}`, async () => {
    const text = await page.getByRole('main').innerText();
    return details.every((detail) => text.includes(detail));
  });
  await page
    .getByRole('button', { name: /Edit in Cliniko/ })
    .or(page.getByRole('link', { name: /Edit in Cliniko/ }))
    .waitFor();
  assert.equal(
    await page.getByRole('main').getByRole('textbox').count(),
    0,
    'nothing can be edited',
  );
  await accessibleInBoth('11-profile');
});

step('the profile says what changed in Cliniko', async () => {
  const history = page.getByRole('region', { name: /^What changed/ });
  const lines = history.getByRole('listitem');
  const refresh = async (pattern) => {
    await button('Refresh').click();
    await lines.filter({ hasText: pattern }).first().waitFor();
  };
  await lines.filter({ hasText: /Profile created here.*since/ }).waitFor();
  await equals('lines', () => lines.count(), 1);

  await clinic.change(shown.id, 'save', { email: CHANGED });
  await refresh(/^just now.*Email/);
  const line = await lines.first().innerText();
  assert.ok(line.includes(shown.email) && line.includes(CHANGED), 'before and after');

  await clinic.change(shown.id, 'save', { mobile: '0491 570 006', email: shown.email });
  await refresh(/Email, Phone Numbers/);
  const more = button('Email, Phone Numbers');
  await more.focus();
  await page.keyboard.press('Enter');
  await history.getByText(/0491 570 006/).waitFor();
  await more.blur(); // for the picture
  await page.mouse.move(0, 0);
  await accessibleInBoth('12-history');

  await clinic.change(shown.id, 'archive');
  await refresh(/Archived in Cliniko/);
  await page.getByText(/^Archived in Cliniko on /).waitFor();
  await clinic.change(shown.id, 'unarchive');
  await refresh(/Brought back in Cliniko/);
  await equals('lines', () => lines.count(), 5);
});

step('the sync icon asks for what is new', async () => {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: 'Profiles' })
    .or(button('Profiles'))
    .first()
    .click();
  await button(/^Sync · /).click();
  await until('the sync to end', async () => {
    const state = await page.evaluate(() => window.go.window.About.State());
    return state.sync.phase === 'idle' && state.sync.last.kind === 'changes';
  });
  const { last, problem } = (await page.evaluate(() => window.go.window.About.State())).sync;
  assert.equal(problem, null);
  assert.equal(last.read, last.synced + last.unchanged + last.failed + last.archived);
  assert.equal(last.synced, 0);
  await page.getByText('Up to date').first().waitFor();
});

walkToday({ step, at: () => ({ page, shown }), accessibleInBoth });

walkThroughProfiles({ step, at: () => ({ page, people }), accessibleInBoth });

step('all syncs are listed with their numbers', async () => {
  await button('Settings').click();
  await button('All syncs').click();
  await heading('All syncs').waitFor();
  const row = page.getByRole('row', { name: /All (client|patient)s/ });
  const { total, ready, failing } = listed;
  const numbers = [PATIENTS, ready, 0, failing, PATIENTS - total].map(String);
  const cells = () => row.getByRole('cell').allInnerTexts();
  await equals('the numbers', async () => (await cells()).slice(2, 7), numbers);
  await equals('how it ended', async () => (await cells()).at(-1), 'Done');
  await accessibleInBoth('13-syncs');
  await button('Go back').click();
  await heading('Settings').waitFor();
});

walkGuided({ step, at: () => ({ page, clinic, people, email: CHANGED }), accessibleInBoth });

/** Reads everybody once more, which ends in a question about so many, and goes there. */
async function askedAboutTheMissing(count) {
  await button('Sync patients').click();
  await button('Start sync').click();
  await button('See who they are').click();
  const title = page.getByRole('heading', { name: /are no longer in Cliniko$/ });
  await equals('how many', async () => number(await title.innerText()), count);
}

/** Puts a clinic with other people in the clinic's place. */
async function replaceClinic(flags, key = clinic.key) {
  const { host } = new URL(clinic.address);
  await clinic.stop();
  clinic = await startClinic(['--addr', host, '--key', key, '--limit', '0', ...flags]);
}

/** Who of these is not among those. */
const without = (these, those) => {
  const ids = new Set(those.map(({ id }) => id));
  return these.filter(({ id, archived_at }) => !archived_at && !ids.has(id));
};
const found = (search) =>
  page.evaluate(
    (query) => window.go.window.Profiles.Find(query).then(({ matched }) => matched),
    { search, filter: 'all', sort: 'name', desc: false, offset: 0, limit: 1 },
  );

step('a mass disappearance stops and asks, with the names', async () => {
  await replaceClinic(['--patients', '75', '--seed', '2']);
  strangers = await clinic.people();
  const secrets = [...people, ...strangers, { email: CHANGED }];
  rememberSecrets('browser', { people: secrets, keys: [clinic.key, PASSWORD] });
  const gone = without(people, strangers);

  await askedAboutTheMissing(gone.length);
  const names = page.getByRole('grid', { name: 'Who is missing' });
  await equals('names', () => names.getAttribute('aria-rowcount'), String(gone.length + 1));
  await names.getByRole('gridcell').nth(2).waitFor();
  await page.getByText('Nothing was removed here.').waitFor();
  await page.getByText(/missing in Cliniko$/).waitFor();
  await accessibleInBoth('14-missing');
  await button('Keep them').click();
  await heading('They are kept').waitFor();
  await accessibleInBoth('15-kept');
  assert.equal(await found(shown.id), 1, 'nobody was removed');
});

step('they are removed once a person says so', async () => {
  await replaceClinic(['--patients', String(PATIENTS), '--seed', '1']);
  const gone = without(strangers, people);
  const count = gone.length;
  await askedAboutTheMissing(count);
  const [{ id }] = gone;
  assert.equal(await found(id), 1);

  await button('They are gone, remove them').click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText(new RegExp(`^Remove ${count} (client|patient)s\\?$`)).waitFor();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await accessibleInBoth('16-remove');
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  const title = heading('They are removed');
  await title.waitFor();
  await until('the focus', () => title.evaluate((each) => each === document.activeElement));
  await accessibleInBoth('17-removed');
  assert.equal(await found(id), 0);
  assert.equal(await found(shown.id), 1);
  await button('All syncs').click();
  await page
    .getByText(/missing, nothing removed$/)
    .first()
    .waitFor();
});

const walker = {
  step,
  at: () => ({
    page,
    clinic,
    env,
    shown,
    leaver: people.findLast(isComplete),
    everybody: [...people, ...strangers],
  }),
  owner: { name: 'Robin Example', email: 'robin@example.org', password: PASSWORD },
  accessible,
  accessibleInBoth,
};

walkAsOthers(walker);

step('the data is copied as it lies while the app runs', () => {
  // With the part that is not in the database yet.
  cpSync(data, `${home}/data-while-running`, { recursive: true });
});

walkAway({ ...walker, replaceClinic });

step('the page made no error and asked nobody else', () => {
  assert.deepEqual(complaints(), []);
});

function isComplete(p) {
  return (
    p.first_name &&
    p.last_name &&
    p.date_of_birth &&
    p.sex &&
    p.email &&
    !p.archived_at &&
    !p.merged_at
  );
}
