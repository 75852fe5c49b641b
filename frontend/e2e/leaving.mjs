// The end of the browser's walk: a link that waits for an unlock, a second clinic
// beside the first, and the ways in which data leaves this computer.
import assert from 'node:assert/strict';
import { wrongKey } from './harness/clinic.mjs';
import { recallSecrets, rememberSecrets } from './harness/leaks.mjs';
import { results } from './harness/paths.mjs';
import { start, until } from './harness/processes.mjs';

/** The other clinic: other people, another account, another key at the same address. */
const OTHER = ['--patients', '40', '--seed', '9', '--name', 'Riverside Physio'];
const OTHER_ACCOUNT = ['--subdomain', 'riverside', '--account', '4000777'];

/**
 * @param step as walk() gives it
 * @param at what the walk has come to: page, clinic, shown (a complete client), and
 *   env, the app's environment
 * @param owner the email, the name and the password of who may do everything
 * @param replaceClinic puts another clinic in the clinic's place, with this key
 */
export function walkAway({ step, at, owner, replaceClinic, accessible, accessibleInBoth }) {
  const button = (name) =>
    at().page.getByRole('button', { name, exact: typeof name === 'string' });
  const heading = (name) => at().page.getByRole('heading', { name });
  let firstKey;
  const state = () => at().page.evaluate(() => window.go.window.About.State());

  async function integration() {
    await button('Settings').click();
    await button('Software integration').click();
  }

  step('a link waits while the window is locked', async () => {
    const { page, shown, env } = at();
    await page.keyboard.press('Control+l');
    await heading('TeleHab is locked').waitFor();
    const link = `telehab://patient?patient_id=${shown.id}`;
    const program = `${results}/bin/telehab-dev`;
    const second = start('browser-second', program, ['--link', link], { env });
    assert.equal(await second.ended, 0, 'the second start hands over and ends');
    await page.getByText('A profile is waiting to open').waitFor();
    const document = await page.content();
    assert.ok(!document.includes(shown.last_name) && !document.includes(shown.id));
    await accessibleInBoth('29-link-waits');
    await page.getByLabel('Password', { exact: true }).fill(owner.password);
    await button('Unlock').click();
    await heading(new RegExp(`${shown.first_name}.*${shown.last_name}`)).waitFor();
    await page.getByText('opened from Cliniko', { exact: false }).first().waitFor();
  });

  step('a key of another clinic changes nothing, and gets a place of its own', async () => {
    const { clinic, page } = at();
    const key = wrongKey(clinic.key);
    firstKey = clinic.key;
    await replaceClinic([...OTHER, ...OTHER_ACCOUNT], key);
    const known = recallSecrets('browser');
    const people = [...known.people, ...(await at().clinic.people())];
    rememberSecrets('browser', { people, keys: [...known.keys, key] });

    const before = await state();
    await integration();
    await button('Replace key').click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await button('Save').click();
    await page
      .getByRole('alert')
      .filter({ hasText: /Riverside Physio.*Harbour Physio/ })
      .waitFor();
    assert.deepEqual((await state()).tally, before.tally);
    await accessibleInBoth('30-other-clinic');
    await button('Add a clinic').click();
    const question = page.getByRole('dialog', { name: 'Add a clinic' });
    await question.getByLabel('Your password').fill(owner.password);
    await question.getByRole('button', { name: 'Add clinic' }).click();
    await heading(/Riverside Physio/).waitFor();
    assert.equal((await state()).tally.active, 0);
    // On the very screen where the key was: no name, no chart and no form of the clinic before.
    assert.equal(await page.getByLabel('API key', { exact: true }).count(), 0);
    const shown = await page.content();
    const listed = known.people
      .filter((person) => person.first_name && person.last_name)
      .map((person) => `${person.last_name}, ${person.first_name}`);
    assert.ok(listed.length > 100);
    assert.deepEqual(
      listed.filter((name) => shown.includes(name)),
      [],
      'names of the clinic before',
    );
    assert.equal(await page.getByRole('img', { name: /by day/ }).count(), 0, 'its charts');

    await button('Sync patients').click();
    await button('Start sync').click();
    await heading('Sync results').waitFor();
    assert.ok((await state()).tally.active > 20);
    await integration();
    await accessibleInBoth('31-second-clinic');
    await switchTo('Harbour Physio');
    assert.equal((await state()).tally.active, before.tally.active, 'the first is as it was');
    await switchTo('Riverside Physio');
    await integration();
  });

  step('the second clinic is disconnected, and the first is still there', async () => {
    await disconnect();
    await heading('Riverside Physio is disconnected').waitFor();
    await heading(/^Harbour Physio/).waitFor();
    await replaceClinic(['--patients', '700', '--seed', '1'], firstKey);
    assert.equal((await state()).clinic.name, 'Harbour Physio');
  });

  /** By the menu on top of the sidebar, with the keyboard. */
  async function switchTo(name) {
    const { page } = at();
    await button(/^Clinic: /).focus();
    await page.keyboard.press('Enter');
    const choice = page.getByRole('menuitemradio', { name });
    await choice.waitFor();
    await accessibleInBoth('32-clinics');
    await choice.focus();
    await page.keyboard.press('Enter');
    await button(`Clinic: ${name}`).waitFor();
  }

  async function disconnect() {
    await button('Disconnect').click();
    const question = at().page.getByRole('alertdialog');
    await question.getByLabel('Your password').fill(owner.password);
    await question.getByRole('button', { name: 'Disconnect and erase' }).click();
  }

  step('Disconnect says what it has erased', async () => {
    const { page } = at();
    const { tally } = await state();
    await disconnect();
    const title = heading('Harbour Physio is disconnected');
    await title.waitFor();
    const line = page.getByText(/^[\d,]+ profiles, with all their details$/);
    const told = Number((await line.innerText()).replace(/\D/g, ''));
    assert.ok(told >= tally.active + tally.archived, `${told} of ${JSON.stringify(tally)}`);
    await page.getByText('the API key, from the system keyring').waitFor();
    await until('the focus', () => title.evaluate((each) => each === document.activeElement));
    await accessibleInBoth('32-disconnected');
    assert.equal((await state()).clinic, null);
  });

  step('whoever forgot the password starts again', async () => {
    const { page } = at();
    await button(new RegExp(`^Account of ${owner.name}`)).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await button('Forgot your password?').click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await accessibleInBoth('33-forgotten');
    await dialog.getByRole('button', { name: 'Nobody can sign in any more' }).click();
    await dialog.getByRole('textbox').waitFor();
    await accessibleInBoth('33-start-again');
    const erase = dialog.getByRole('button', { name: /^Erase/ });
    await dialog.getByRole('textbox').fill('yes');
    await erase.click();
    await dialog.getByRole('alert').filter({ hasText: 'ERASE' }).waitFor();
    await dialog.getByRole('textbox').fill('ERASE');
    await erase.click();
    await heading('Welcome to TeleHab').waitFor();
    assert.equal((await state()).peopleExist, false);
  });

  step('a join code that is none is refused', async () => {
    const { page } = at();
    await button(/^Join my clinic/).click();
    await page.getByLabel('Join code').fill('telehab-join-1.e30');
    await button('Join').click();
    await page.getByText(/^This is not a whole join code/).waitFor();
    await accessibleInBoth('34-join');
  });
}
