// The part of the browser's walk that is about who may do what: somebody who may
// only look, the lock, and what is kept of both.
import assert from 'node:assert/strict';
import { recallSecrets, rememberSecrets, termsOf } from './harness/leaks.mjs';
import { equals, until } from './harness/processes.mjs';

const EMAIL = 'kim@example.org';
const PASSWORD = 'copper kettle under seven pines';
const PIN = '7391';
const WRONG_PIN = '8362';

/**
 * @param step as walk() gives it
 * @param at what the walk has come to: page, clinic, everybody (as Cliniko tells
 *   of them), shown and leaver (two who are complete), each as it is by then
 * @param owner the email, the name and the password of who may do everything
 */
export function walkAsOthers({ step, at, owner, accessible, accessibleInBoth }) {
  const button = (name) =>
    at().page.getByRole('button', { name, exact: typeof name === 'string' });
  const heading = (name) => at().page.getByRole('heading', { name });
  const field = (name) => at().page.getByLabel(name, { exact: true });
  const dialog = () => at().page.getByRole('dialog');
  /** Calls a method such as 'Profiles.Get' past the page, as from the inspector; the code of the refusal, or ''. */
  const codeOf = (method, ...given) =>
    at().page.evaluate(
      async ([name, list]) => {
        try {
          const [service, method] = name.split('.');
          await window.go.window[service][method](...list);
          return '';
        } catch (error) {
          return JSON.parse(error.message ?? error).code;
        }
      },
      [method, given],
    );

  async function settings(section) {
    await button('Settings').click();
    await button(section).click();
  }
  async function openProfile({ id, first_name, last_name }) {
    await button('Profiles').click();
    await at().page.getByLabel('Search name, birth date, phone, email').fill(id);
    const name = `${last_name}, ${first_name}`;
    await at().page.getByRole('grid', { name: 'Profiles' }).getByText(name).first().click();
    await heading(new RegExp(`${first_name}.*${last_name}`)).waitFor();
  }
  async function signInAs(name, password) {
    await at().page.getByRole('radio', { name }).check();
    await field('Password').fill(password);
    await button('Sign in').click();
  }
  async function signInByEmail(email, password) {
    await button('Use another account').click();
    await field('Email').fill(email);
    await field('Password').fill(password);
    await button('Sign in').click();
  }

  /** Nothing of any client stands anywhere in the document. */
  async function showsNobody() {
    const { page, everybody } = at();
    const boxes = page.locator('input, textarea');
    const typed = await boxes.evaluateAll((all) => all.map((box) => box.value));
    const document = [await page.content(), await page.title(), ...typed].join('\n');
    const { texts } = termsOf(everybody);
    const terms = [...texts, ...everybody.map(({ id }) => id)];
    assert.deepEqual(
      terms.filter((term) => document.includes(term)),
      [],
    );
  }

  step('somebody is added who may only look', async () => {
    const known = recallSecrets('browser');
    rememberSecrets('browser', { ...known, keys: [...known.keys, PASSWORD] });
    await settings('People');
    await at().page.getByRole('row', { name: new RegExp(owner.name) }).waitFor();
    await accessibleInBoth('18-people');
    await button('Add person').click();
    await field('Name').fill('Kim Novice');
    await field('Email').fill(EMAIL);
    await field('Password').fill(PASSWORD);
    await dialog().getByRole('radio', { name: 'Practitioner' }).waitFor();
    await dialog().getByRole('button', { name: 'Suggest a password' }).click();
    await until('a suggestion', async () =>
      /^[a-z]{4}(-[a-z]{4}){3}$/.test(await field('Password').inputValue()),
    );
    await dialog().getByText('Strong.').waitFor();
    await accessibleInBoth('19-add-person');
    await field('Password').fill(PASSWORD);
    await button('Customise').click();
    await field('Open patients who are new here').uncheck();
    await field('Refresh and sync profiles').uncheck();
    await field('Your password').fill(owner.password);
    await accessibleInBoth('19-customise');
    await dialog().getByRole('button', { name: 'Add person' }).click();
    const row = at().page.getByRole('row', { name: /Kim Novice/ });
    await row.getByText('Read only', { exact: true }).waitFor();
    assert.equal(await codeOf('People.Change', 'nobody', {}, {}, owner.password), 'not_found');
    assert.equal(await codeOf('People.Change', 'nobody', {}, {}, ''), 'sign_in_refused');
    // One wrong password has to wait for a second.
    await until('the delay', async () =>
      (await codeOf('People.Change', 'nobody', {}, {}, owner.password)) === 'not_found',
    );
  });

  step('they find no Sync and no Refresh, and only their pages of Settings', async () => {
    await button(new RegExp(`^Account of ${owner.name}`)).click();
    await at().page.getByRole('menuitem', { name: 'Sign out' }).click();
    await at().page.getByRole('radio', { name: owner.name }).waitFor();
    await accessibleInBoth('20-sign-in');
    await signInAs('Kim Novice', PASSWORD);
    await openProfile(at().shown);
    assert.equal(await button('Refresh').count(), 0);
    assert.equal(await codeOf('Profiles.Refresh', at().shown.id), 'not_permitted');
    await button('Profiles').click();
    await heading('Profiles').waitFor();
    assert.equal(await button(/^Sync · /).count(), 0);
    assert.equal(await codeOf('Sync.Now'), 'not_permitted');
    await button('Settings').click();
    await button('Change password').waitFor();
    await accessibleInBoth('21-may-not');
    const pages = at().page.getByRole('navigation', { name: 'Settings' }).getByRole('button');
    await equals('the pages', () => pages.allInnerTexts().then(String), 'Security,About');
    assert.equal(await codeOf('People.List'), 'not_permitted');
    assert.equal(await codeOf('Security.Audit', 0, 10), 'not_permitted');
  });

  step('the locked window shows nobody, and opens again', async () => {
    const { page, shown } = at();
    await openProfile(shown);
    await assert.rejects(showsNobody(), 'the search finds whom it should');
    await page.keyboard.press('Control+l');
    await heading('TeleHab is locked').waitFor();
    await page.getByText('Kim Novice').waitFor();
    await until('the focus', () =>
      field('Password').evaluate((box) => box === document.activeElement),
    );
    await showsNobody();
    assert.equal(await codeOf('Profiles.Get', shown.id), 'signed_out');
    assert.equal(await codeOf('Attention.Find', {}), 'signed_out');
    await accessibleInBoth('22-locked');
    await field('Password').fill(PASSWORD);
    await button('Unlock').click();
    await heading(new RegExp(`${shown.first_name}.*${shown.last_name}`)).waitFor();
  });

  step('a PIN unlocks the window, until five wrong ones demand the password', async () => {
    const { page } = at();
    await settings('Security');
    await button('Set a PIN').click();
    await field('New PIN').fill(PIN);
    await dialog().getByLabel('Your password').fill(PASSWORD);
    await accessibleInBoth('23-set-pin');
    await dialog().getByRole('button', { name: 'Set a PIN' }).click();
    await button('Remove PIN').waitFor();
    await page.keyboard.press('Control+l');
    await field('PIN or password').fill(PIN);
    await button('Unlock').click();
    await button('Remove PIN').waitFor();
    await page.keyboard.press('Control+l');
    for (const answer of [/4 more/, /3 more/, /2 more/, /One more/, /the last try/]) {
      await field(/^(PIN or p|P)assword$/).fill(WRONG_PIN);
      await button('Unlock').click();
      await page.getByRole('alert').filter({ hasText: answer }).waitFor();
    }
    await field('Password').waitFor();
    await accessibleInBoth('23-wrong-pins');
    const { locked } = await page.evaluate(() => window.go.window.About.State());
    assert.equal(await codeOf('PIN.SignIn', locked.id, PIN), 'sign_in_refused');
    await field('Password').fill(PASSWORD);
    await button('Unlock').click();
    await button('Remove PIN').waitFor();
  });

  step('somebody else takes over, and sets what is kept', async () => {
    await at().page.keyboard.press('Control+l');
    await button('Sign in as somebody else').click();
    await signInByEmail(owner.email, owner.password);
    await settings('Security');
    const { page } = at();
    await page.getByRole('combobox', { name: 'Auto-lock' }).selectOption('30 minutes');
    await until('the minutes', async () => {
      const state = await page.evaluate(() => window.go.window.About.State());
      return state.idleMinutes === 30;
    });
    const question = page.getByRole('alertdialog');
    await page.getByLabel(/^Deleted/).fill('0');
    await button('Save').click();
    await page.getByRole('alert').filter({ hasText: 'from 1 to 3,650' }).waitFor();
    await accessibleInBoth('23-retention');
    await page.getByLabel(/^Deleted/).fill('14');
    await button('Save').click();
    await question.getByLabel('Your password').fill(owner.password);
    await question.getByRole('button', { name: 'Save' }).click();
    await page.locator('p', { hasText: /^Saved\. It counts/ }).waitFor();
    await accessibleInBoth('23-security');
    await button('Computers').click();
    await heading('This computer keeps its own data').waitFor();
    await accessibleInBoth('23-computers');
    await button('Share with other computers…').click();
    await dialog().getByLabel('Address of the database').fill('postgres://db.example.com/telehab');
    await dialog().getByLabel('Your password').fill(owner.password);
    await dialog().getByRole('button', { name: 'Share', exact: true }).click();
    await dialog().getByText(/would not be secure/).waitFor(); // nothing else goes to another computer
    await accessibleInBoth('23-share');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await button('Security').click();
    await button('Export…').click();
    await dialog().getByText('It is not encrypted').waitFor();
    await accessibleInBoth('24-export');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await button('Change password').click();
    await accessibleInBoth('25-password');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
  });

  step('a client who left is erased', async () => {
    const { page, leaver, clinic } = at();
    await openProfile(leaver);
    await clinic.change(leaver.id, 'archive');
    await button('Refresh').click();
    await page.getByText(/This profile will be erased here on/).waitFor();
    await button('Erase from this computer').click();
    const question = page.getByRole('alertdialog');
    await question.waitFor();
    await accessibleInBoth('26-erase');
    await question.getByLabel('Your password').fill(owner.password);
    await question.getByRole('button', { name: 'Erase', exact: true }).click();
    await heading('Profiles').waitFor();
    assert.equal(await codeOf('Profiles.Get', leaver.id), 'not_found');
  });

  step('the audit trail says who did what', async () => {
    const { page, shown, leaver } = at();
    await settings('Security');
    await button('See who did what').click();
    await heading('Who did what').waitFor();
    const lines = page.getByRole('row');
    const line = (...texts) =>
      texts.reduce((rows, hasText) => rows.filter({ hasText }), lines).first();
    await line('Kim Novice', 'Opened a profile', shown.id).waitFor();
    await line('Kim Novice', 'Signed in').waitFor();
    await line(owner.name, 'Added a person', 'Kim Novice').waitFor();
    await line(owner.name, 'Erased a profile', leaver.id).waitFor();
    await line(owner.name, /Synced the listed (client|patient)s/).waitFor();
    await accessibleInBoth('27-audit');
    assert.match(await lines.nth(2).innerText(), /Looked at who did what/, 'the newest is on top');
  });

  step('the report for support is shown before it is copied', async () => {
    const { page, everybody } = at();
    await settings('About');
    await button('Copy diagnostics').click();
    const report = await field('The report').inputValue();
    assert.match(report, /^TeleHab .*\n/);
    const { texts } = termsOf(everybody);
    assert.deepEqual(
      texts.filter((text) => report.includes(text)),
      [],
    );
    await accessibleInBoth('28-diagnostics');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
}
