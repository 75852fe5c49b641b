import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { ProfilePage } from './lib/api';
import { router } from './lib/state/route.svelte';
import { layout } from './screens/profiles/columns';
import { later, startGo } from './testing/go';
import { shownList } from './testing/list';
import { COUNTS, HANA, MEI, OLIVER, rowOf, ROWS, ZOE } from './testing/samples';

beforeEach(() => {
  router.reset();
  layout.reset();
  layout.fit(1000, 1);
});

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const footer = () =>
  screen.getByText(/^[\d,]+ of [\d,]+ (archived )?profiles?$/, { selector: 'footer *' })
    .textContent;

/** The seven clients of the samples; a search for müller finds two others. */
async function shown() {
  const go = startGo();
  go.lists.all['müller'] = [rowOf(MEI), { ...rowOf(HANA), name: 'Müller, Hana' }];
  const user = userEvent.setup();
  render(App);
  const grid = await screen.findByRole('grid', { name: 'Profiles' });
  await waitFor(() => {
    expect(grid).toHaveAttribute('aria-rowcount', '8');
  });
  return { go, user, grid };
}

const pageOf = (rows: ProfilePage['rows']) => ({ rows, matched: rows.length, ...COUNTS });

const activeRow = (grid: HTMLElement) => {
  const id = grid.getAttribute('aria-activedescendant') ?? '';
  return document.getElementById(id);
};

describe('the profile list', () => {
  it('has the counts of the store until its rows are here', async () => {
    const go = startGo();
    go.Profiles.Find.mockReturnValue(later<ProfilePage>().promise);
    render(App);
    await button('All 7');
    await button('All 7');
    await button('Archived 2');
    expect(screen.getByRole('grid', { name: 'Profiles' })).toHaveAttribute('aria-busy', 'true');
  });

  it('counts what is shown of what, and widens by the chip', async () => {
    const { user, go } = await shown();
    expect(footer()).toBe('7 of 7 profiles');
    go.Profiles.Find.mockImplementation(async ({ noPhone }) =>
      pageOf(noPhone ? [rowOf(ZOE)] : ROWS),
    );
    shownList().only({ noPhone: true }); // as the menu does, which jsdom does not open
    await waitFor(() => {
      expect(footer()).toBe('1 of 7 profiles');
    });
    await user.click(await button('Remove the filter No phone'));
    await waitFor(() => {
      expect(footer()).toBe('7 of 7 profiles');
    });
    expect(screen.getByRole('grid')).toHaveFocus(); // the chip is gone
  });

  it('tells a screen reader what a search leaves', async () => {
    const { user, go } = await shown();
    go.lists.all.zo = [rowOf(ZOE)];
    await user.keyboard('{Control>}f{/Control}zo');
    await waitFor(() => {
      const said = screen.getAllByRole('status').map((each) => each.textContent);
      expect(said).toContain('1 of 7 profiles. Enter opens Zhang, Zoë.');
    });
    await user.keyboard('{Escape}');
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveValue('');
  });

  it('has its search selected by the click that comes to the box', async () => {
    const { user } = await shown();
    await user.keyboard('{Control>}f{/Control}müller');
    const box = screen.getByLabelText('Search name, birth date, phone, email');
    const select = vi.spyOn(box as HTMLInputElement, 'select');
    screen.getByRole('grid').focus();
    await user.click(box);
    expect(select).toHaveBeenCalledOnce();
    await user.click(box); // now for where the click is
    expect(select).toHaveBeenCalledOnce();
  });

  it('asks whether a name that nobody has was meant to be another one', async () => {
    const { user, go } = await shown();
    go.suggestions.Smiht = 'Smith';
    go.lists.all.Smith = [rowOf(MEI)];
    await user.keyboard('{Control>}f{/Control}Smiht');
    await screen.findByRole('heading', { name: 'No client matches “Smiht”' });
    await user.click(await button('Did you mean Smith?'));
    await waitFor(() => {
      expect(footer()).toBe('1 of 7 profiles');
    });
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveValue('Smith');
  });

  it('offers those who are archived, where a search finds only them', async () => {
    const { user, go } = await shown();
    go.lists.archived.Luca = [rowOf(MEI), rowOf(HANA)];
    await user.keyboard('{Control>}f{/Control}Luca');
    await screen.findByRole('heading', { name: 'No client matches “Luca”' });
    await button('Show 2 archived clients');
    await user.keyboard('{Enter}');
    await waitFor(() => {
      expect(footer()).toMatch(/^2 of /);
    });
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveValue('Luca');
  });

  it('leads from a pasted address to the client', async () => {
    const { user, go } = await shown();
    const address = 'https://harbour.au1.cliniko.com/patients/123?page=2';
    go.Links.FindPasted.mockResolvedValue({ id: '123' });
    await user.keyboard('{Control>}f{/Control}');
    await user.paste(address);
    await user.click(await button('Open the client at this address'));
    await screen.findByText('Open client 123');
    expect(go.Links.FindPasted.mock.calls).toEqual([[address]]);
  });

  it('marks the first hit while one types, and Enter opens it', async () => {
    const { user } = await shown();
    await user.keyboard('{Control>}f{/Control}müller');
    const box = screen.getByLabelText('Search name, birth date, phone, email');
    const grid = await screen.findByRole('grid', { name: 'Profiles' });
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller, Mei/);
    });
    expect(box).toHaveFocus();
    expect(activeRow(grid)).toHaveAttribute('data-pointed', 'true');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '2');
    expect(box).toHaveAttribute('aria-activedescendant', activeRow(grid)?.id);
    expect(box).toHaveAttribute('aria-controls', grid.id);
    await user.keyboard('{Enter}');
    expect(router.current).toMatchObject({ name: 'profile', id: MEI.id });
  });

  it('goes from the first hit to the second, and back', async () => {
    const { user } = await shown();
    await user.keyboard('{Control>}f{/Control}müller');
    const grid = await screen.findByRole('grid', { name: 'Profiles' });
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller, Mei/);
    });
    await user.keyboard('{ArrowDown}');
    expect(grid).toHaveFocus();
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '3');
    await user.keyboard('{ArrowUp}');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '2');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(router.current).toMatchObject({ name: 'profile', id: HANA.id });
  });

  it('opens the first hit of what was typed, however quick Enter is', async () => {
    const { user, go } = await shown();
    const found = later<ProfilePage>();
    go.Profiles.Find.mockImplementation(({ search }) =>
      search === 'zoë' ? found.promise : Promise.resolve(pageOf(ROWS)),
    );
    await user.keyboard('{Control>}f{/Control}zoë{Enter}');
    expect(router.current.name).toBe('profiles');
    found.answer(pageOf([rowOf(ZOE)]));
    await waitFor(() => {
      expect(router.current).toMatchObject({ name: 'profile', id: ZOE.id });
    });
  });

  it('opens nobody where nobody is found, and marks no row without a search', async () => {
    const { user, grid } = await shown();
    await user.keyboard('{Control>}f{/Control}');
    expect(activeRow(grid)).not.toHaveAttribute('data-pointed');
    await user.keyboard('nobody at all{Enter}');
    await screen.findByText('No client matches “nobody at all”');
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
    const { user, grid, go } = await shown();
    within(grid).getByRole('button', { name: 'Name' }).focus();
    await user.keyboard('{ArrowRight}{Enter}');
    const born = within(grid).getByRole('columnheader', { name: 'Born' });
    expect(born).toHaveAttribute('aria-sort', 'ascending');
    const query = expect.objectContaining({ sort: 'born', desc: false }) as never;
    expect(go.Profiles.Find).toHaveBeenLastCalledWith(query);
    expect(within(born).getByRole('button')).toHaveFocus();
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    expect(layout.changed).toBe(true);
    await user.keyboard('{ArrowDown}');
    expect(grid).toHaveFocus();
  });

  it('is walked, searched by name and selected from the keyboard', async () => {
    const { user, grid, go } = await shown();
    go.Profiles.FindName.mockResolvedValue(3);
    screen.getByRole('grid').focus();
    await user.keyboard('{End}');
    expect(activeRow(grid)).toHaveAttribute('aria-rowindex', '8');
    await user.keyboard('{Home}');
    // At once: on a busy computer user-event pauses, as somebody does who begins anew.
    for (const key of 'mü') void fireEvent.keyDown(grid, { key });
    await waitFor(() => {
      expect(activeRow(grid)).toHaveTextContent(/^\s*Müller/);
    });
    const typed = go.Profiles.FindName.mock.calls.map(([, text]) => text);
    expect(typed).toEqual(['m', 'mü']);
    expect(activeRow(grid)).toHaveAccessibleName(/^Müller, \S+.*, .*\d{4}/);
    await user.keyboard('{Home} ');
    expect(activeRow(grid)).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    await screen.findByText('3 selected', { selector: '[role=toolbar] *' });
    await user.keyboard('{Control>}a{/Control}');
    await screen.findByText('7 selected', { selector: '[role=toolbar] *' });
    expect(within(grid).getByRole('checkbox', { name: 'Select all' })).toBeChecked();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('toolbar')).toBeNull();
    expect(grid).toHaveFocus();
  });

  it('makes a call sheet of a list that is narrowed', async () => {
    const { user, go } = await shown();
    go.Profiles.CallSheet.mockResolvedValue('call-sheet.html');
    expect(screen.queryByRole('button', { name: 'Call sheet' })).toBeNull();
    shownList().only({ noPhone: true });
    await user.click(await button('Call sheet'));
    const dialog = await screen.findByRole('dialog', { name: 'Make a call sheet' });
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to call-sheet.html', { selector: 'footer *' });
    expect(go.Profiles.CallSheet.mock.calls).toEqual([
      [
        expect.objectContaining({ filter: 'all', noPhone: true, noEmail: false }),
        'html',
        'correct horse battery',
      ],
    ]);
  });

  it('exports the selected ones with the password, and says where to', async () => {
    const { user, grid, go } = await shown();
    go.Profiles.ExportSelected.mockResolvedValue('selected.csv');
    const boxes = within(grid).getAllByRole('checkbox', { name: 'Select' });
    await user.click(boxes[1] as HTMLElement);
    await user.click(boxes[3] as HTMLElement);
    expect(router.current.name).toBe('profiles'); // the box does not open the row
    await user.click(await button('Export…'));
    const dialog = await screen.findByRole('dialog', { name: 'Export 2 selected profiles' });
    expect(dialog).toHaveTextContent(/not encrypted/);
    await user.click(within(dialog).getByRole('button', { name: 'Export…' }));
    expect(go.Profiles.ExportSelected).not.toHaveBeenCalled(); // no password yet
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to selected.csv', { selector: 'footer *' });
    expect(go.Profiles.ExportSelected.mock.calls).toEqual([
      [[OLIVER.id, MEI.id], 'csv', 'correct horse battery'],
    ]);
  });
});
