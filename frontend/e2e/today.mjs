// The part of the browser's walk that is about the Today screen.
import assert from 'node:assert/strict';
import { inspectForced } from './harness/browser.mjs';
import { equals, until } from './harness/processes.mjs';

/**
 * @param step as walk() gives it
 * @param at what the walk has come to: page, and shown, the only client who has
 *   changed in Cliniko since the import and whose profile was opened
 */
export function walkToday({ step, at, accessibleInBoth }) {
  const button = (name) =>
    at().page.getByRole('button', { name, exact: typeof name === 'string' });
  const heading = (name) => at().page.getByRole('heading', { name });
  const region = (name) => at().page.getByRole('region', { name });
  const nameOf = ({ last_name, first_name }) => `${last_name}, ${first_name}`;
  const row = (of) => region(of).getByRole('button').filter({ hasText: nameOf(at().shown) });

  step('Today says who changed, who needs attention and who was opened last', async () => {
    const { page, shown } = at();
    await button('Today').click();
    await heading('Today').waitFor();
    const changed = row(/^1 changed in Cliniko since /);
    await changed.waitFor();
    assert.match(await changed.innerText(), /Brought back in Cliniko.*Email.*Phone Numbers/);
    const { tally } = await page.evaluate(() => window.go.window.About.State());
    await region('Needs attention').getByText(String(tally.failed), { exact: true }).waitFor();
    await row('Recently opened').click();
    await heading(new RegExp(`${shown.first_name}.*${shown.last_name}`)).waitFor();
  });

  step('who is pinned on the profile stays on Today', async () => {
    const { page, shown } = at();
    await button('Pin').click();
    await equals('pinned', () => button('Pin').getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await inspectForced(page, '12-pinned'), [], 'with a contrast theme');
    await page.keyboard.press('Escape');
    await row('Pinned').waitFor();
    await until('the focus where it was', () =>
      page.evaluate((id) => document.activeElement.dataset.client === id, shown.id),
    );
    await page.mouse.move(0, 0);
    await accessibleInBoth('12-today');
    await page.reload();
    await heading('Today').waitFor(); // with which everybody begins who chose nothing else
    await row('Pinned').waitFor();
  });

  step('whoever prefers Profiles begins there', async () => {
    const { page } = at();
    await button(/^Account of /).click();
    const profiles = page
      .getByRole('group', { name: 'Start with' })
      .getByRole('menuitemradio', { name: 'Profiles' });
    await profiles.click();
    await equals('the choice', () => profiles.getAttribute('aria-checked'), 'true');
    await page.keyboard.press('Escape');
    await page.reload();
    await heading('Profiles').waitFor();
  });
}
