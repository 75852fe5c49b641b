// The part of the browser's walk that is about the list of profiles: filters,
// columns, the keyboard, a selection and its export.
import assert from 'node:assert/strict';
import { equals, until } from './harness/processes.mjs';

/**
 * @param step as walk() gives it
 * @param at what the walk has come to, each as it is by then: page, people (as
 *   Cliniko tells of them)
 */
export function walkThroughProfiles({ step, at, accessibleInBoth }) {
  const grid = () => at().page.getByRole('grid', { name: 'Profiles' });
  const button = (name) => at().page.getByRole('button', { name, exact: true });
  const item = (role, name) => at().page.getByRole(role, { name });
  const press = (keys) => at().page.keyboard.press(keys);
  const counted = async () => {
    const text = await at().page.locator('footer').getByText(/^[\d,]+ of [\d,]+ profiles?$/).innerText();
    return text.match(/[\d,]+/g).map((number) => Number(number.replace(/\D/g, '')));
  };
  /** The row that the keyboard is on, as a screen reader finds it. */
  const activeRow = async () => {
    const id = await grid().getAttribute('aria-activedescendant');
    return at().page.locator(`[id="${id}"]`);
  };
  const activeIndex = async () => Number(await (await activeRow()).getAttribute('aria-rowindex'));
  const widthOf = async (name) =>
    (await grid().getByRole('columnheader', { name }).boundingBox()).width;

  step('filters leave as many profiles as they promise', async () => {
    const { page, people } = at();
    await page.getByLabel('Search name, birth date, phone, email').fill('');
    const active = people.filter((each) => !each.archived_at && !each.merged_at);
    const without = active.filter((each) => !each.patient_phone_numbers?.length);
    await until('everybody', async () => (await counted())[0] === active.length);

    await button('Filter').click();
    const noPhone = item('menuitemcheckbox', /^No phone/);
    await noPhone.filter({ hasText: new RegExp(`\\D${without.length}(?!\\d)`) }).waitFor();
    await noPhone.click();
    await until('the filter', async () => (await counted())[0] === without.length);
    await accessibleInBoth('20-filter');
    // One click leaves the menu for the search, which has what is typed then.
    const box = page.getByLabel('Search name, birth date, phone, email');
    await box.click();
    await until('no menu', async () => (await page.getByRole('menu').count()) === 0);
    await until('the search', () => box.evaluate((e) => e === document.activeElement));
    await page.keyboard.type('z');
    await equals('searches', () => box.inputValue(), 'z');
    await press('Backspace');
    await until('both numbers', async () => String(await counted()) === String([without.length, active.length]));
    await button('Remove the filter No phone').click();
    await until('everybody', async () => (await counted())[0] === active.length);
  });

  step('columns are hidden and resized, and stay so', async () => {
    const { page } = at();
    await button('Columns').click();
    await item('menuitemcheckbox', 'Born').click();
    await accessibleInBoth('21-columns');
    await press('Escape');
    // The menu gives the focus back a moment after it has closed.
    const focused = () => button('Columns').evaluate((e) => e === document.activeElement);
    await until('the focus where it was', focused);
    await equals('headers', () => grid().getByRole('columnheader', { name: 'Born' }).count(), 0);

    const before = await widthOf('Sex');
    const wider = (by) =>
      until(`${by} pixels more`, async () => Math.round((await widthOf('Sex')) - before) === by);
    const { x, y, height } = await grid().getByRole('columnheader', { name: 'Sex' }).boundingBox();
    await page.mouse.move(x + before + 6, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + before + 46, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await wider(40);
    await grid().getByRole('button', { name: 'Sex' }).focus();
    await press('Shift+ArrowLeft');
    await wider(24);

    await page.reload();
    await grid().getByRole('columnheader', { name: 'Sex' }).waitFor();
    await wider(24);
    await equals('headers', () => grid().getByRole('columnheader', { name: 'Born' }).count(), 0);
    await button('Columns').click();
    await item('menuitem', 'Reset columns').click();
    await grid().getByRole('columnheader', { name: 'Born' }).waitFor();
    await wider(0);
  });

  step('the keyboard goes everywhere and is never lost', async () => {
    const { page } = at();
    const last = Number(await grid().getAttribute('aria-rowcount'));
    await grid().focus();
    await press('End');
    await until('the last row', async () => (await activeIndex()) === last);
    await press('Home');
    await until('the first row', async () => (await activeIndex()) === 2);
    await press('PageDown');
    await until('the next page', async () => (await activeIndex()) > 5);
    const next = await activeIndex();
    await press('ArrowUp');
    await until('the row above', async () => (await activeIndex()) === next - 1);
    // The row stays in the document, and the focus on the grid, wherever one scrolls.
    const index = await activeIndex();
    await grid().evaluate((each) => (each.scrollTop = each.scrollHeight));
    await until('the end of the list', () => grid().locator(`[aria-rowindex="${last}"]`).count());
    assert.equal(await activeIndex(), index);
    assert.ok(await grid().evaluate((each) => each === document.activeElement));

    await press('Home');
    await page.keyboard.type('wa');
    await until('a name that begins so', async () =>
      /^\s*wa/i.test(await (await activeRow()).innerText()),
    );
    await (await activeRow()).scrollIntoViewIfNeeded();
    await press('Control+f');
    await page.keyboard.type('zo');
    await grid().locator('mark').first().waitFor();
    await press('Escape');
    await until('no hits', async () => (await grid().locator('mark').count()) === 0);
    await press('ArrowDown');
    await until('the focus', () => grid().evaluate((each) => each === document.activeElement));
  });

  step('some are selected, and the export asks for the password', async () => {
    await press('Home');
    await press('Space');
    await press('Shift+ArrowDown');
    await press('Shift+ArrowDown');
    const bar = item('toolbar', 'Selection');
    await bar.getByText('3 selected').waitFor();
    const selected = () => grid().locator('[aria-selected=true]').count();
    await until('three rows that are selected', async () => (await selected()) === 3);
    await accessibleInBoth('22-selection');
    await bar.getByRole('button', { name: 'Export…' }).click();
    const dialog = item('dialog', 'Export 3 selected profiles');
    await dialog.getByText(/not encrypted/).waitFor();
    await accessibleInBoth('23-export-selected');
    await dialog.getByLabel('Your password').fill('not the password at all');
    await press('Enter');
    await dialog.getByRole('alert').waitFor();
    await press('Escape');
    await grid().focus();
    await press('Control+a');
    const [shown] = await counted();
    await bar.getByText(`${shown} selected`).waitFor();
    await press('Escape');
    await until('no selection', async () => (await bar.count()) === 0);
  });
}
