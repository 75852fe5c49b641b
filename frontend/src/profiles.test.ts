import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { shownList, startFake } from './dev/test-go';
import { router } from './lib/state/route.svelte';
import { layout } from './screens/profiles/columns';

beforeEach(() => {
  router.reset();
  layout.reset();
  layout.fit(1000, 1);
});

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const footer = () =>
  screen.getByText(/^[\d,]+ of [\d,]+ (archived )?profiles?$/, { selector: 'footer *' })
    .textContent;

async function shown() {
  const fake = startFake();
  const user = userEvent.setup();
  render(App);
  const grid = await screen.findByRole('grid', { name: 'Profiles' });
  const all = fake.state.tally.active;
  await waitFor(() => {
    expect(grid).toHaveAttribute('aria-rowcount', String(all + 1));
  });
  return { fake, user, grid, all };
}

const activeRow = (grid: HTMLElement) => {
  const id = grid.getAttribute('aria-activedescendant') ?? '';
  return document.getElementById(id);
};

describe('the profile list', () => {
  it('has the counts of the store until its rows are here', async () => {
    const fake = startFake();
    vi.spyOn(fake, 'Profiles').mockReturnValue(new Promise(() => undefined));
    render(App);
    const { active, failed, archived } = fake.state.tally;
    await button(`All ${active}`);
    await button(`Needs attention ${failed}`);
    await button(`Archived ${archived}`);
    expect(screen.getByRole('grid', { name: 'Profiles' })).toHaveAttribute('aria-busy', 'true');
  });

  it('counts what is shown of what, and widens by the chip', async () => {
    const { user, all, fake } = await shown();
    expect(footer()).toBe(`${all} of ${all} profiles`);
    shownList().only({ noPhone: true }); // as the menu does, which jsdom does not open
    const count = fake.people.filter(
      (each) => each.state === 'active' && !each.phones.length,
    ).length;
    await waitFor(() => {
      expect(footer()).toBe(`${count} of ${all} profiles`);
    });
    await user.click(await button('Remove the filter No phone'));
    await waitFor(() => {
      expect(footer()).toBe(`${all} of ${all} profiles`);
    });
    expect(screen.getByRole('grid')).toHaveFocus(); // the chip is gone
  });

  it('tells a screen reader what a search leaves', async () => {
    const { user, all } = await shown();
    await user.keyboard('{Control>}f{/Control}zo');
    await waitFor(() => {
      const said = screen.getAllByRole('status').map((each) => each.textContent);
      const first = shownList().rows.at(0)?.name ?? '';
      expect(said).toContain(`${shownList().rows.total} of ${all} profiles. Enter opens ${first}.`);
    });
    await user.keyboard('{Escape}');
    expect(screen.getByLabelText('Search name, email, phone')).toHaveValue('');
  });

  it('marks the first hit while one types, and Enter opens it', async () => {
    const { user, grid } = await shown();
    await user.keyboard('{Control>}f{/Control}müller');
    const box = screen.getByLabelText('Search name, email, phone');
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller/);
    });
    expect(box).toHaveFocus();
    const first = shownList().rows.at(0);
    expect(activeRow(grid)).toHaveAttribute('data-pointed', 'true');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '2');
    expect(box).toHaveAttribute('aria-activedescendant', activeRow(grid)?.id);
    expect(box).toHaveAttribute('aria-controls', grid.id);
    await user.keyboard('{Enter}');
    expect(router.current).toMatchObject({ name: 'profile', id: first?.id });
  });

  it('goes from the first hit to the second, and back', async () => {
    const { user, grid } = await shown();
    await user.keyboard('{Control>}f{/Control}müller');
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller/);
    });
    const [first, second] = [shownList().rows.at(0), shownList().rows.at(1)];
    await user.keyboard('{ArrowDown}');
    expect(grid).toHaveFocus();
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '3');
    await user.keyboard('{ArrowUp}');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '2');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(router.current).toMatchObject({ name: 'profile', id: second?.id });
    expect(second?.id).not.toBe(first?.id);
  });

  it('opens the first hit of what was typed, however quick Enter is', async () => {
    const { user, fake } = await shown();
    const before = shownList().rows.at(0)?.id;
    const answer = fake.Profiles.bind(fake);
    vi.spyOn(fake, 'Profiles').mockImplementation(async (query) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return answer(query);
    });
    await user.keyboard('{Control>}f{/Control}zoë{Enter}');
    await waitFor(() => {
      expect(router.current.name).toBe('profile');
    });
    expect(router.current).toMatchObject({ id: shownList().rows.at(0)?.id });
    expect(shownList().rows.at(0)?.id).not.toBe(before);
  });

  it('opens nobody where nobody is found, and marks no row without a search', async () => {
    const { user, grid } = await shown();
    await user.keyboard('{Control>}f{/Control}');
    expect(activeRow(grid)).not.toHaveAttribute('data-pointed');
    await user.keyboard('nobody at all{Enter}');
    await screen.findByText(/No profile/);
    expect(router.current.name).toBe('profiles');
  });

  it('hides a column, and shows it again', async () => {
    const { grid } = await shown();
    const headers = () =>
      within(grid)
        .getAllByRole('columnheader')
        .map((each) => each.textContent.trim());
    expect(headers()).toContain('Born');
    layout.toggle('born');
    await tick();
    expect(headers()).not.toContain('Born');
    expect(grid).toHaveAttribute('aria-colcount', String(headers().length));
    layout.reset();
    await tick();
    expect(headers()).toContain('Born');
  });

  it('sorts and resizes by keyboard from the header', async () => {
    const { user, grid } = await shown();
    within(grid).getByRole('button', { name: 'Name' }).focus();
    await user.keyboard('{ArrowRight}{Enter}');
    const born = within(grid).getByRole('columnheader', { name: 'Born' });
    expect(born).toHaveAttribute('aria-sort', 'ascending');
    expect(within(born).getByRole('button')).toHaveFocus();
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    expect(layout.changed).toBe(true);
    await user.keyboard('{ArrowDown}');
    expect(grid).toHaveFocus();
  });

  it('is walked, searched by name and selected from the keyboard', async () => {
    const { user, grid, all } = await shown();
    grid.focus();
    await user.keyboard('{End}');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', String(all + 1));
    await user.keyboard('{Home}');
    // At once: on a busy computer user-event pauses, as somebody does who begins anew.
    for (const key of 'mü') void fireEvent.keyDown(grid, { key });
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller/);
    });
    expect(activeRow(grid)).toHaveAccessibleName(/^Müller, \S+.*, .*\d{4}/);
    await user.keyboard('{Home} ');
    expect(activeRow(grid)).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    await screen.findByText('3 selected', { selector: '[role=toolbar] *' });
    await user.keyboard('{Control>}a{/Control}');
    await screen.findByText(`${all} selected`, { selector: '[role=toolbar] *' });
    expect(within(grid).getByRole('checkbox', { name: 'Select all' })).toBeChecked();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('toolbar')).toBeNull();
    expect(grid).toHaveFocus();
  });

  it('exports the selected ones with the password, and says where to', async () => {
    const { user, grid, fake } = await shown();
    const exported = vi.spyOn(fake, 'ExportSelected');
    const boxes = within(grid).getAllByRole('checkbox', { name: 'Select' });
    await user.click(boxes[1] as HTMLElement);
    await user.click(boxes[3] as HTMLElement);
    expect(router.current.name).toBe('profiles'); // the box does not open the row
    await user.click(await button('Export…'));
    const dialog = await screen.findByRole('dialog', { name: 'Export 2 selected profiles' });
    expect(dialog).toHaveTextContent(/not sealed/);
    await user.click(within(dialog).getByRole('button', { name: 'Export…' }));
    expect(exported).not.toHaveBeenCalled(); // no password yet
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to selected.csv', { selector: 'footer *' });
    const ids = [1, 3].map((index) => shownList().rows.at(index)?.id);
    expect(exported).toHaveBeenCalledExactlyOnceWith(ids, 'csv', 'correct horse battery');
  });
});
