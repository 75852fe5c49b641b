import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, AttentionPage, Permission } from './lib/api';
import { router } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, HANA, KOFI, OLIVER } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const list = () => screen.findByRole('grid', { name: 'Profiles that need attention' });

/** Opens the window, and in it those that need attention. */
async function shown(permissions?: Permission[]) {
  const go = startGo(permissions && { person: { ...DANA, permissions } });
  router.reset({ name: 'attention' });
  const user = userEvent.setup();
  render(App);
  const grid = await list();
  await within(grid).findByText('Chen, Oliver');
  const rows = () =>
    within(grid)
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('gridcell').slice(1, 5)) // without the box
      .map((cells) => cells.map((cell) => cell.textContent.trim()));
  return { go, user, grid, rows };
}

describe('the profiles that need attention', () => {
  it('are reached from the sidebar, with their number', async () => {
    startGo();
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Needs attention 4'));
    await list();
    expect(router.current).toEqual({ name: 'attention' });
    expect(absent('Needs attention 4')).toHaveAttribute('aria-current', 'page');
    expect(document.title).toBe('Needs attention – TeleHab');
  });

  it('are told apart by more than their names, and say what is missing', async () => {
    const { go, rows } = await shown();
    const born = expect.stringMatching(/\b1986\b/) as string; // as the system writes a date
    expect(rows()[0]).toEqual(['Chen, Oliver', born, '0491 570 156', 'Email']);
    const wrong = { label: 'Date of Birth', kind: 'in_future', value: '2099-01-01' } as const;
    go.failing = [
      {
        ...(sample.FAILING[0] as (typeof sample.FAILING)[0]),
        born: '',
        problems: [
          ...KOFI.failure.problems,
          ...OLIVER.failure.problems,
          { ...wrong, field: 'date_of_birth', text: 'Date of Birth is in the future' },
        ],
      },
    ];
    go.emit('profiles', {});
    await vi.waitFor(() => {
      expect(rows()).toEqual([
        [
          'Chen, Oliver',
          '',
          '0491 570 156',
          'Gender (Sex), Email; Date of Birth is in the future: “2099-01-01”',
        ],
      ]);
    });
  });

  it('have no number until it is known', async () => {
    const go = startGo();
    go.Attention.Find.mockReturnValue(later<AttentionPage>().promise);
    router.reset({ name: 'attention' });
    render(App);
    expect(await button(/^All/)).toHaveTextContent(/^All$/);
  });

  it('are narrowed by a reason, searched and sorted by Go', async () => {
    const { go, user, grid } = await shown();
    const chips = within(screen.getByRole('group', { name: 'Filter by what is missing' }));
    expect(chips.getAllByRole('button').map((chip) => chip.textContent.trim())).toEqual([
      'All 4',
      'No email 3',
      'No sex 1',
    ]);
    await user.click(chips.getByRole('button', { name: 'No email 3' }));
    await screen.findByText('3 of 4 profiles');
    await user.click(within(grid).getByRole('button', { name: 'Since' }));
    await user.keyboard('/hana');
    await vi.waitFor(() => {
      const query = { reason: 'email', search: 'hana', sort: 'since', desc: false };
      expect(go.Attention.Find).toHaveBeenLastCalledWith(expect.objectContaining(query));
    });
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveFocus();
    await screen.findByText('Nobody under No email matches “hana”');
    await user.click(await button('Search all reasons'));
    await screen.findByText('Nobody who needs attention matches “hana”');
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveValue('hana');
    await user.click(await button('Show all'));
    await screen.findByText('4 of 4 profiles');
    expect(chips.getByRole('button', { name: 'All 4' })).toHaveAttribute('aria-pressed', 'true');
  });

  it('open in the round by keyboard, and Esc comes back to the row', async () => {
    const { user, grid } = await shown();
    grid.focus();
    await user.keyboard('{ArrowDown}{Enter}');
    await screen.findByText('Fixing 2 of 4');
    expect(router.current).toEqual({ name: 'profile', id: HANA.id, failed: true });
    expect(await button(/^Needs attention/)).toHaveAttribute('aria-current', 'page');
    expect(await button('Profiles')).not.toHaveAttribute('aria-current');
    await user.keyboard('j{Escape}');
    const back = await list();
    await vi.waitFor(() => expect(back).toHaveFocus());
    expect(back.querySelector('[data-active]')).toHaveTextContent(/^Patel, Kofi/);
  });

  it('are found by the first letters of a name', async () => {
    const { go, user, grid } = await shown();
    go.Profiles.FindName.mockResolvedValue(3);
    grid.focus();
    await user.keyboard('q');
    await vi.waitFor(() => {
      expect(grid.querySelector('[data-active]')).toHaveTextContent(/^Quinn, Ruby/);
    });
    expect(go.Profiles.FindName.mock.calls).toEqual([
      [expect.objectContaining({ filter: 'attention', offset: 1 }), 'q'],
    ]);
  });

  it('name what is wrong, and are brought up to date by the same button as elsewhere', async () => {
    const { go, user } = await shown();
    go.reasons = [
      { reason: 'wrong_email', count: 2 },
      { reason: 'wrong_date_of_birth', count: 1 },
      { reason: 'unreadable', count: 1 },
    ];
    go.emit('profiles', {});
    await button('Wrong email 2');
    await button('Wrong birth date 1');
    await button('Cannot be read 1');
    go.Sync.Now.mockRejectedValueOnce(sample.refusal('offline', 'No connection.'));
    await user.click(await button(/^Sync ·/));
    await screen.findByText(/^No connection\. You can go on working: what is here is from \S/);
    expect(go.Sync.Now).toHaveBeenCalledOnce();
  });

  it('lead to Cliniko, and are checked again', async () => {
    const { go, user } = await shown();
    await user.click(await button('Fix Chen, Oliver in Cliniko'));
    expect(go.Profiles.OpenInCliniko.mock.calls).toEqual([[OLIVER.id]]);
    expect(router.current.name).toBe('attention');
    go.Attention.Retry.mockImplementationOnce(async () => {
      go.failing = sample.FAILING.slice(1);
      return null;
    });
    await user.click(await button('Check Chen, Oliver again'));
    await screen.findByText('Chen, Oliver is complete now.', { selector: 'footer *' });
    await vi.waitFor(() => expect(absent('Check Chen, Oliver again')).toBeNull());
  });

  it('say who is complete of those who were just opened in Cliniko', async () => {
    const { go, user } = await shown();
    await user.click(await button('Fix Chen, Oliver in Cliniko'));
    go.emit('profiles', {}); // of somebody else
    await vi.waitFor(() => expect(go.Attention.Refs).toHaveBeenCalled());
    expect(screen.queryByText(/is complete now/)).toBeNull();
    go.failing = sample.FAILING.slice(1);
    go.emit('profiles', {});
    await screen.findByText('Chen, Oliver is complete now.', { selector: 'footer *' });
    await vi.waitFor(() => expect(absent('Fix Chen, Oliver in Cliniko')).toBeNull());
  });

  it('say of whom nothing was saved in Cliniko, to somebody who is back', async () => {
    const { go, user } = await shown();
    await user.click(await button('Fix Chen, Oliver in Cliniko'));
    const focused = vi.spyOn(document, 'hasFocus').mockReturnValue(false); // still there
    go.tell({ lastSuccess: '2026-11-03T09:00:00Z' });
    await vi.waitFor(() => expect(go.Attention.Refs).toHaveBeenCalledOnce());
    expect(screen.queryByText(/^It still needs attention/)).toBeNull();
    focused.mockReturnValue(true);
    go.tell({ lastSuccess: '2026-11-03T09:05:00Z' });
    await screen.findByText(/^It still needs attention\. Check in Cliniko/); // said
    const cell = screen.getByText('Not complete in Cliniko yet.').closest('[role=gridcell]');
    expect(cell).toHaveTextContent(/^Email Not complete/); // and what is missing still stands there
    focused.mockRestore();
  });

  it('keep their reason when something goes wrong, which stands in full above them', async () => {
    const { go, user, grid, rows } = await shown();
    const said =
      'The browser did not open. Check which browser is the default one on this computer, then try again.';
    const before = rows();
    go.Profiles.OpenInCliniko.mockRejectedValueOnce(sample.refusal('internal', said));
    await user.click(await button('Fix Chen, Oliver in Cliniko'));
    expect(await screen.findByRole('alert')).toHaveTextContent(said);
    expect(within(grid).queryByText(said)).toBeNull();
    expect(rows()).toEqual(before);
    go.Profiles.OpenInCliniko.mockResolvedValueOnce();
    await user.click(await button('Fix Chen, Oliver in Cliniko'));
    await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    go.Attention.Retry.mockRejectedValueOnce(sample.refusal('offline', 'No connection.'));
    await user.click(await button('Check Chen, Oliver again'));
    expect(await screen.findByRole('alert')).toHaveTextContent('No connection.');
    expect(rows()).toEqual(before);
    await user.click(await button('Settings'));
    await user.click(await button(/^Needs attention/));
    await list();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('are exported as they are shown, with the password', async () => {
    const { go, user } = await shown();
    go.Attention.Export.mockResolvedValue('needs-attention.csv');
    await user.click(await button(/^No email/));
    await screen.findByText('3 of 4 profiles');
    await user.click(await button('Export CSV'));
    const dialog = await screen.findByRole('dialog', {
      name: 'Export profiles that need attention',
    });
    expect(dialog).toHaveTextContent(/names of 3 clients.*not encrypted/);
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to needs-attention.csv', { selector: 'footer *' });
    expect(go.Attention.Export.mock.calls).toEqual([
      [expect.objectContaining({ reason: 'email', search: '' }), 'correct horse battery'],
    ]);
  });

  it('are put on a call sheet as they are shown, to print or as a spreadsheet', async () => {
    const { go, user } = await shown();
    go.Attention.CallSheet.mockResolvedValue('call-sheet.html');
    await user.click(await button(/^No email/));
    await screen.findByText('3 of 4 profiles');
    await user.click(await button('Call sheet'));
    const dialog = await screen.findByRole('dialog', { name: 'Make a call sheet' });
    expect(dialog).toHaveTextContent(/phone numbers of 3 clients.*not encrypted/);
    expect(within(dialog).getByLabelText('A page to print')).toBeChecked();
    within(dialog).getByText(
      /^Next you choose where to save the page.* browser, where you print it/,
    );
    within(dialog).getByRole('button', { name: 'Save and open…' });
    // It asks for the password alone: the rest is chosen already.
    await vi.waitFor(() => expect(within(dialog).getByLabelText('Your password')).toHaveFocus());
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to call-sheet.html', { selector: 'footer *' });
    await user.click(await button('Call sheet'));
    await user.click(await screen.findByLabelText(/^CSV/));
    await user.type(screen.getByLabelText('Your password'), 'correct horse battery{Enter}');
    await vi.waitFor(() => {
      expect(
        go.Attention.CallSheet.mock.calls.map(([query, ...rest]) => [query.reason, ...rest]),
      ).toEqual([
        ['email', 'html', 'correct horse battery'],
        ['email', 'csv', 'correct horse battery'],
      ]);
    });
  });

  it('are selected for a call sheet or an export, and whoever is complete leaves', async () => {
    const { go, user, grid } = await shown();
    const selected = () => screen.queryByRole('toolbar', { name: 'Selection' });
    grid.focus();
    await user.keyboard(' {ArrowDown}{ArrowDown} ');
    await vi.waitFor(() => expect(selected()).toHaveTextContent(/^2 selected/));
    expect(router.current).toEqual({ name: 'attention' }); // Space opened nobody
    const bar = within(selected() as HTMLElement);
    expect(screen.getAllByRole('button', { name: 'Call sheet' })).toHaveLength(1);
    await user.click(bar.getByRole('button', { name: 'Call sheet' }));
    const dialog = await screen.findByRole('dialog', { name: 'Make a call sheet' });
    expect(dialog).toHaveTextContent(/phone numbers of 2 clients/);
    go.Attention.CallSheet.mockResolvedValue('two.html');
    await user.type(within(dialog).getByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to two.html', { selector: 'footer *' });
    expect(go.Attention.CallSheet.mock.calls).toEqual([
      [
        expect.objectContaining({ search: '', reason: '', refs: [OLIVER.id, KOFI.id] }),
        'html',
        'correct horse battery',
      ],
    ]);
    go.failing = sample.FAILING.slice(1);
    go.emit('profiles', {});
    await vi.waitFor(() => expect(selected()).toHaveTextContent(/^1 selected/));
    grid.focus();
    await user.keyboard('{Control>}a{/Control}');
    await vi.waitFor(() => expect(selected()).toHaveTextContent(/^3 selected/));
    go.Attention.Export.mockResolvedValue('three.csv');
    await user.click(within(selected() as HTMLElement).getByRole('button', { name: 'Export CSV' }));
    await user.type(await screen.findByLabelText('Your password'), 'correct horse battery{Enter}');
    await screen.findByText('Saved to three.csv', { selector: 'footer *' });
    const refs = go.failing.map(({ ref }) => ref);
    expect([...(go.Attention.Export.mock.calls[0]?.[0].refs ?? [])].sort()).toEqual(refs.sort());
    grid.focus();
    await user.keyboard('{Escape}');
    expect(selected()).toBeNull();
  });

  it('are none when every profile is complete', async () => {
    const go = startGo({ tally: { ...sample.STATE.tally, failed: 0 } });
    go.failing = [];
    go.reasons = [];
    router.reset({ name: 'attention' });
    render(App);
    await screen.findByRole('heading', { name: 'No profile needs attention' });
    await button('Needs attention');
    expect(absent('Fix one by one')).toBeNull();
  });
});

describe('who needs attention, for staff with less', () => {
  it('is seen by practitioners, who find no key and no import', async () => {
    await shown(['practitioner']);
    await button('Fix one by one');
    await button('Fix Chen, Oliver in Cliniko');
    for (const name of [/^Check /, /^Export/, 'Call sheet']) expect(absent(name)).toBeNull();
  });

  it('is seen with the integration alone, and nobody is opened', async () => {
    const { user, grid, go } = await shown(['pms_link']);
    grid.focus();
    await user.keyboard('{Enter}');
    expect(absent('Fix one by one')).toBeNull();
    expect(router.current).toEqual({ name: 'attention' });
    expect(go.Attention.Names).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<AppState>]>([
    ['no area', { person: { ...DANA, permissions: ['people'] } }],
    ['no clinic', sample.UNCONNECTED],
  ])('is not in the sidebar with %s', async (_, patch) => {
    startGo(patch);
    render(App);
    await button('Profiles');
    expect(absent(/^Needs attention/)).toBeNull();
  });
});
