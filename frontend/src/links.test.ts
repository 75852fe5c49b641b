import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, ListingView, ProfileView } from './lib/api';
import { router } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, LINK_SETUP, MEI, NGOZI, NOAH, OLIVER, ROBIN } = sample;
const PALETTE = { name: 'Name, pasted Cliniko address, or action' };
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

/** As Cliniko has it now. */
const fresh = (view: ProfileView) => ({ ...view, syncedAt: new Date().toISOString() });

/** Whoever a link names is Robin, who is not on this computer yet. */
function start(patch?: Partial<AppState>) {
  const go = startGo(patch);
  go.Links.Follow.mockResolvedValue(ROBIN);
  return go;
}

describe('a link from Cliniko', () => {
  it('opens over any screen, says so, and leaves the way back', async () => {
    const go = start();
    go.Links.Follow.mockResolvedValue(fresh(NGOZI));
    router.reset({ name: 'settings', section: 'about' });
    render(App);
    await heading('Settings');
    go.arrive(NGOZI.id);
    await screen.findByText('Opened from Cliniko');
    await screen.findByText('refreshed just now');
    expect(go.Links.Follow.mock.calls).toEqual([[NGOZI.id]]);
    await userEvent.click(await button('Go back'));
    await heading('Settings');
  });

  it('of somebody new shows what is missing of them', async () => {
    const go = start();
    const answer = later<ProfileView>();
    go.Links.Follow.mockReturnValue(answer.promise);
    render(App);
    await heading('Profiles');
    go.arrive(ROBIN.id);
    await screen.findByText('Fetching this client from Cliniko…');
    answer.answer({ ...ROBIN, email: '', failure: OLIVER.failure });
    await heading(/Robin Newcomer/);
    await screen.findByText('Email is missing.');
  });

  it.each([
    ['not_found', /^This client is not in Harbour Physio/, 'Search profiles'],
    ['key_refused', /does not let TeleHab read/, 'Software integration'],
    ['offline', /could not be fetched/, 'Try again'],
    ['rate_limited', /^Too many links/, 'Try again'],
  ])('of somebody new that ends in %s says what to do', async (code, title, step) => {
    const go = start();
    go.Links.Follow.mockRejectedValueOnce(sample.refusal(code));
    render(App);
    await heading('Profiles');
    go.arrive(ROBIN.id);
    await heading(title);
    await button(step);
    const again = screen.queryByRole('button', { name: 'Try again' });
    if (!again) return;
    await userEvent.click(again);
    await heading(/Robin Newcomer/);
  });

  it('that cannot be refreshed keeps the stored profile, with its age', async () => {
    const go = start();
    go.Links.Follow.mockRejectedValueOnce(sample.refusal('offline'));
    render(App);
    await heading('Profiles');
    go.arrive(MEI.id);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(/Could not be refreshed.*synced .*What Go says of offline\./);
    await heading(/Mei.*Müller/);
    go.Links.Follow.mockResolvedValueOnce(fresh(MEI));
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(alert).not.toBeInTheDocument());
  });

  it('of a merged client shows the survivor, without making the page anew', async () => {
    const go = start();
    go.Links.Follow.mockResolvedValue({ ...NGOZI, mergedFrom: NOAH.id });
    render(App);
    await heading('Profiles');
    go.arrive(NOAH.id);
    await screen.findByText('Opened from a client who is now part of this one.');
    expect(router.current).toEqual({ name: 'profile', id: NGOZI.id });
  });

  it('of a merged client leads to the profile that was merged, and back', async () => {
    const go = start();
    const merged = [{ id: NOAH.id, name: 'Walker, Noah' }];
    go.Links.Follow.mockResolvedValueOnce({ ...NGOZI, merged, mergedFrom: NOAH.id });
    render(App);
    await heading('Profiles');
    go.arrive(NOAH.id);
    await screen.findByText('Opened from a client who is now part of this one.');
    expect(screen.queryByText(/^Walker, Noah was merged/)).toBeNull();
    await userEvent.click(await button('Open Walker, Noah'));
    await heading(/Walker/);
    expect(router.current).toEqual({ name: 'profile', id: NOAH.id });
    await userEvent.click(await button('Go back'));
    await heading(/Abara/);
    // The same client by another way is no other profile that would have to be read.
    go.arrive(ROBIN.id);
    await heading(/Robin Newcomer/);
    router.go({ name: 'profile', id: NOAH.id });
    router.replace({ name: 'profile', id: ROBIN.id });
    await heading(/Robin Newcomer/);
    await userEvent.click(await button('Go back'));
    await heading(/Abara/);
    await userEvent.click(await button('Go back'));
    await heading('Profiles');
  });

  it('waits at the sign-in', async () => {
    const go = start(sample.SIGNED_OUT);
    go.People.SignIn.mockImplementation(async () => go.set({ person: DANA }));
    const user = userEvent.setup();
    render(App);
    await screen.findByLabelText('Email');
    go.arrive(ROBIN.id);
    await screen.findByText('A profile is waiting to open');
    expect(go.Links.Take).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText('Email'), 'dana@example.com');
    await user.type(screen.getByLabelText('Password'), 'correct horse battery{Enter}');
    await heading(/Robin Newcomer/);
  });

  it('opens in the middle of an import, which continues', async () => {
    const go = start(sample.CONNECTED);
    const listing = later<ListingView>();
    go.Sync.List.mockImplementation(() => {
      go.tell({ phase: 'listing', done: 3, total: 7 });
      return listing.promise;
    });
    router.reset({ name: 'sync' });
    render(App);
    await screen.findByRole('progressbar');
    go.arrive(ROBIN.id);
    await heading(/Robin Newcomer/);
    go.tell({ phase: 'listed' });
    listing.answer(sample.LISTING);
    await userEvent.click(await button('Go back'));
    await screen.findByRole('button', { name: 'Start sync' });
    expect(go.Sync.List).toHaveBeenCalledOnce();
  });
});

describe('Ctrl-K', () => {
  it('finds by name and opens by keyboard alone', async () => {
    const go = start();
    go.lists.all['mei müller'] = [sample.rowOf(MEI)];
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    await user.keyboard('{Control>}k{/Control}');
    const box = await screen.findByRole('combobox', PALETTE);
    expect(box).toHaveFocus();
    await user.keyboard('mei müller');
    const option = await screen.findByRole('option');
    expect(box).toHaveAttribute('aria-activedescendant', option.id);
    await screen.findByText('1 result');
    await user.keyboard('{Enter}');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
    expect(await heading(/Mei.*Müller/)).toHaveFocus();
  });

  it('fetches a pasted client', async () => {
    const go = start();
    go.Links.FindPasted.mockResolvedValue({ id: ROBIN.id });
    const address = 'https://harbour.au2.cliniko.com/patients/999000111';
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Find a client/));
    await user.type(await screen.findByRole('combobox', PALETTE), address);
    await user.click(await screen.findByRole('option', { name: /^Open client 999000111/ }));
    await heading(/Robin Newcomer/);
    expect(screen.queryByText('Opened from Cliniko')).toBeNull();
    expect(go.Links.FindPasted).toHaveBeenLastCalledWith(address);
    expect(go.Links.Follow.mock.calls).toEqual([[ROBIN.id]]);
  });

  it('closes with Esc, and for a link that comes in', async () => {
    const go = start();
    go.Links.Follow.mockResolvedValue(OLIVER);
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    await user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', PALETTE);
    await user.keyboard('{Escape}');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
    await user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', PALETTE);
    go.arrive(OLIVER.id);
    await screen.findByText('Opened from Cliniko');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
  });

  it.each([
    ['signed out', sample.SIGNED_OUT, 'TeleHab'],
    [
      'no practitioner',
      { person: { ...DANA, permissions: ['pms_link' as const] } },
      'You don’t have access to profiles',
    ],
  ])('is for practitioners (%s)', async (_, patch, title) => {
    start(patch);
    render(App);
    await heading(title);
    await userEvent.keyboard('{Control>}k{/Control}');
    expect(screen.queryByRole('combobox', PALETTE)).toBeNull();
    expect(screen.queryByRole('button', { name: /^Find a client/ })).toBeNull();
  });
});

describe('the card Open in TeleHab', () => {
  const card = async () => within(await screen.findByRole('region', { name: 'Open in TeleHab' }));

  beforeEach(() => {
    router.reset({ name: 'settings', section: 'integration' });
  });

  it('names what Cliniko wants to know, and tests the way', async () => {
    const go = start();
    go.Links.Test.mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await open.findByText('Ready');
    await user.click(open.getByRole('button', { name: 'Copy App URL' }));
    expect(go.About.CopyText.mock.calls).toEqual([
      ['https://app.telehab.io/app/patients/integration'],
    ]);
    await user.click(open.getByRole('button', { name: 'Test it' }));
    await open.findByText(/^It works: this computer opens TeleHab’s links/);
    await user.click(open.getByRole('button', { name: 'Test it' }));
    await open.findByText(/did not come back/);
    await open.findByRole('button', { name: 'Repair' });
    await user.click(open.getByRole('button', { name: 'Steps in Cliniko' }));
    await open.findByText(/support@cliniko\.com/);
  });

  it.each([
    ['', 'Works on this computer. Cliniko has to approve the App URL.', 'use the bookmark.'],
    ['waiting', 'Works on this computer. Waiting for Cliniko’s approval.', 'use the bookmark.'],
    ['unused', 'Works on this computer', 'use the bookmark.'],
    ['works', 'Ready', 'Now click Open in, TeleHab'],
  ] as const)('says what is true while the button is “%s”', async (state, text, next) => {
    const go = start();
    go.become({ button: state });
    go.Links.Test.mockResolvedValueOnce(true);
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await open.findByText(text);
    await user.click(open.getByRole('button', { name: 'Test it' }));
    expect(await open.findByText(/^It works:/)).toHaveTextContent(next);
  });

  it('asks before it takes the links from another program', async () => {
    const go = start();
    go.Links.Setup.mockResolvedValue({ ...LINK_SETUP, state: 'foreign', owner: 'Example Player' });
    go.Links.Repair.mockResolvedValue(LINK_SETUP);
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await open.findByText('Used by Example Player');
    await user.click(open.getByRole('button', { name: 'Repair' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog).toHaveTextContent('Example Player');
    expect(go.Links.Repair).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole('button', { name: 'Take over' }));
    await open.findByText('Ready');
    expect(go.Links.Repair).toHaveBeenCalledExactlyOnceWith(true);
  });

  it('lets nobody run the bookmarklet in this window', async () => {
    const go = start();
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await user.click(await open.findByRole('button', { name: 'Bookmark' }));
    const link = await open.findByRole('link', { name: 'Open in TeleHab' });
    expect(link).toHaveAttribute('href', LINK_SETUP.bookmarklet);
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    link.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    go.become({ button: 'waiting' }); // it is for this time
    await open.findByRole('button', { name: 'Bookmark until then' });
  });

  it('says what Disconnect has erased', async () => {
    const go = start();
    go.Integration.Disconnect.mockImplementation(async () => {
      const sync = { ...sample.UNCONNECTED.sync, generation: 2 };
      const state = go.set({ ...sample.UNCONNECTED, generation: 2, sync });
      return { clinic: 'Harbour Physio', profiles: 9, changes: 12, syncs: 3, problem: null, state };
    });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    const dialog = await screen.findByRole('alertdialog');
    const refused = sample.refusal('sign_in_refused', 'Wrong password.');
    go.Integration.Disconnect.mockRejectedValueOnce(refused);
    await user.click(within(dialog).getByRole('button', { name: 'Disconnect and erase' }));
    expect(go.Integration.Disconnect).not.toHaveBeenCalled();
    await user.keyboard('guess{Enter}');
    await within(dialog).findByText('Wrong password.');
    await user.keyboard('correct horse battery');
    await user.click(within(dialog).getByRole('button', { name: 'Disconnect and erase' }));
    const name = 'Harbour Physio is disconnected';
    const title = await screen.findByRole('heading', { name });
    await vi.waitFor(() => expect(title).toHaveFocus());
    expect(go.Integration.Disconnect.mock.calls).toEqual([['guess'], ['correct horse battery']]);
    expect(screen.getByText('9 profiles, with all their details')).toBeVisible();
    expect(screen.getByText('the records of 3 syncs')).toBeVisible();
    expect(screen.getByRole('heading', { name: 'Set up Cliniko integration' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText(name)).toBeNull();
  });

  it('says what Disconnect could not do once the clients were erased', async () => {
    const go = start();
    const message = 'The API key and the clients were erased, but not all. Unlock the keyring.';
    go.Integration.Disconnect.mockImplementation(async () => {
      const sync = { ...sample.UNCONNECTED.sync, generation: 2 };
      const state = go.set({ ...sample.UNCONNECTED, generation: 2, sync });
      const problem = { code: 'keyring_locked', message, until: '', wait: 0 };
      return { clinic: 'Harbour Physio', profiles: 9, changes: 0, syncs: 1, problem, state };
    });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    await screen.findByRole('alertdialog');
    await user.keyboard('correct horse battery{Enter}');
    await screen.findByRole('heading', { name: 'Harbour Physio is disconnected' });
    expect(screen.getByText(message)).toBeVisible();
    expect(screen.getByText('9 profiles, with all their details')).toBeVisible();
    expect(screen.queryByText(/^TeleHab’s log, and the key/)).toBeNull();
  });

  it('does what Disconnect could not, when asked again', async () => {
    const go = start();
    const problem = { code: 'keyring_locked', message: 'Unlock the keyring.', until: '', wait: 0 };
    const erased = { clinic: 'Harbour Physio', profiles: 9, changes: 0, syncs: 1 };
    go.Integration.Disconnect.mockImplementation(async () => {
      const sync = { ...sample.UNCONNECTED.sync, generation: 2 };
      const state = go.set({ ...sample.UNCONNECTED, generation: 2, sync });
      return { ...erased, problem, state };
    });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    await screen.findByRole('alertdialog');
    await user.keyboard('correct horse battery{Enter}');
    const title = await screen.findByRole('heading', { name: 'Harbour Physio is disconnected' });
    const { state } = go;
    go.Integration.EraseRest.mockRejectedValueOnce(sample.refusal('store_busy', 'In use.'));
    go.Integration.EraseRest.mockResolvedValue({ ...erased, profiles: 0, problem: null, state });
    await user.click(await button('Try again'));
    expect(go.Integration.EraseRest).not.toHaveBeenCalled();
    expect(screen.getByLabelText('Your password')).toHaveFocus();
    await user.keyboard('correct horse battery{Enter}');
    await screen.findByText('In use.');
    await user.click(await button('Try again'));
    await screen.findByText(/^TeleHab’s log, and the key/);
    expect(go.Integration.EraseRest.mock.calls).toEqual([
      ['correct horse battery'],
      ['correct horse battery'],
    ]);
    expect(screen.getByText('9 profiles, with all their details')).toBeVisible();
    expect(screen.queryByText('Unlock the keyring.')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    await vi.waitFor(() => expect(title).toHaveFocus());
  });
});
