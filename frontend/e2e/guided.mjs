// The part of the browser's walk that is about getting started, the last 30 days,
// and failed profiles that are mended one after another.
import assert from 'node:assert/strict';
import { equals, until } from './harness/processes.mjs';

/**
 * @param step as walk() gives it
 * @param at what the walk has come to: page (on Software integration, after the
 *   first import), clinic, people (as Cliniko told of them), and email, which is
 *   nobody's
 */
export function walkGuided({ step, at, accessibleInBoth }) {
  const button = (name) => at().page.getByRole('button', { name, exact: typeof name === 'string' });
  const state = () => at().page.evaluate(() => window.go.window.About.State());
  const guide = () => at().page.getByRole('region', { name: 'Getting started' });

  step('the first steps say what is done and what is next, until all are', async () => {
    const { page } = at();
    const said = async () => {
      const texts = await guide().getByRole('listitem').allInnerTexts();
      return texts.map((text) => text.replace(/\s+/g, ' ').replace(' ,', ',').trim());
    };
    await equals('the steps', said, [
      'Sign in, done',
      'Connect Cliniko, done',
      'Sync patients, done',
      '4 Button in Cliniko, next',
    ]);
    await accessibleInBoth('13-first-steps');

    await button('Set up the button').click();
    const title = page.getByRole('heading', { name: 'Open in TeleHab' });
    await until('the focus', () => title.evaluate((each) => each === document.activeElement));
    await page.getByText('find Connected patient apps').waitFor();
    await button('I have written to Cliniko').click();
    await guide().getByText('Waiting for Cliniko', { exact: true }).waitFor();
    assert.equal((await state()).button, 'waiting');
    await accessibleInBoth('13-waiting');

    await button('I do not use the button').click();
    await page.getByText('Everything is set up').waitFor();
    assert.equal((await state()).button, 'unused');
    await accessibleInBoth('13-set-up');
    await page.reload(); // nothing of it is the page's own
    await button('Settings').click();
    await button('Sync patients').waitFor();
    await equals('guides', () => guide().count(), 0);
  });

  step('the last 30 days are drawn, and can be read', async () => {
    const { page } = at();
    const { tally } = await state();
    const chart = page.getByRole('img', { name: /^Profiles that need attention by day/ });
    await until('the number of today', async () =>
      (await chart.getAttribute('aria-label')).includes(` ${tally.failed} now`),
    );
    await button('Day by day').click();
    const rows = page.getByRole('table', { name: 'Last 30 days' }).getByRole('row');
    const cells = (nth) => rows.nth(nth).getByRole('cell').allInnerTexts();
    await equals('the heading and 30 days', () => rows.count(), 31);
    const { length } = await page.evaluate(() => window.go.window.Sync.Passes(500));
    await equals('today', () => cells(1), [String(length), '0', String(tally.failed)]);
    await equals('yesterday', () => cells(2), ['0', '0', 'not known']);
    await rows.nth(6).scrollIntoViewIfNeeded();
    await accessibleInBoth('13-days');
    await button('Day by day').click();
  });

  /** Writes in Cliniko what this client lacks. */
  async function mend(id) {
    const { clinic, people, email } = at();
    const person = people.find((each) => each.id === id);
    const complete = {
      first_name: 'Alex',
      last_name: 'Example',
      date_of_birth: '1990-01-02',
      sex: 'Female',
    };
    const lacks = Object.entries(complete).filter(([field]) => !person[field]);
    await clinic.change(id, 'save', { ...Object.fromEntries(lacks), email });
  }

  step('failed profiles are mended one after another', async () => {
    const { page } = at();
    const failed = (await state()).tally.failed;
    await button(new RegExp(`^${failed} profiles need attention`)).click();
    const group = button(/^No email/);
    const count = Number((await group.innerText()).replace(/\D/g, ''));
    await group.click();
    await button('Call sheet').click();
    await page.getByText(/not encrypted/).waitFor();
    await accessibleInBoth('13-call-sheet');
    await button('Cancel').click();
    await button('Fix one by one').click();
    const place = page.getByRole('group', { name: 'Profiles that need attention' });
    const stands = (nth, of) => place.getByText(`Fixing ${nth} of ${of}`, { exact: true }).waitFor();
    await stands(1, count);
    const title = page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Opening profile' });
    const first = await title.innerText();
    await page.keyboard.press('Alt+ArrowDown');
    await stands(2, count);
    await button('Previous profile that needs attention').click();
    await stands(1, count);
    await equals('the first one again', () => title.innerText(), first);
    await accessibleInBoth('13-one-by-one');

    await button('Refresh').click();
    await page.getByText(/^It still needs attention/).waitFor();
    await mend(
      await page
        .getByText(/^\d{5,20}$/)
        .first()
        .innerText(),
    );
    await button('Refresh').click();
    await page.getByText(`${count - 1} more to go.`).waitFor();
    const next = button(/^Next: /);
    await until('the focus', () => next.evaluate((each) => each === document.activeElement));
    await accessibleInBoth('13-mended');
    assert.equal((await state()).tally.failed, failed - 1);
    await page.keyboard.press('Enter');
    await stands(2, count);

    await page.keyboard.press('j');
    await stands(3, count);
    await page.keyboard.press('Escape');
    // The list is as it was left, on the row of whoever was seen last.
    const grid = page.getByRole('grid', { name: 'Profiles that need attention' });
    const row = grid.locator('[data-active]');
    await equals('the row', () => row.getAttribute('aria-rowindex'), '3');
    await until('the focus', () => grid.evaluate((each) => each === document.activeElement));
    await equals('the group chosen', () => group.getAttribute('aria-pressed'), 'true');
    await until('one less', async () =>
      (await group.innerText()).endsWith(String(count - 1)),
    );
    await group.click();

    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    const bar = page.getByRole('toolbar', { name: 'Selection' });
    await bar.getByText('2 selected').waitFor();
    await bar.getByRole('button', { name: 'Call sheet' }).waitFor();
    await accessibleInBoth('13-attention-selected');
    await page.keyboard.press('Escape');
    await bar.waitFor({ state: 'hidden' });
    await button('Settings').click();
  });
}
