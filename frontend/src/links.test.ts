import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startFake } from './dev/test-go';
import { router } from './lib/state/route.svelte';

const PALETTE = { name: 'Name, or a pasted Cliniko address or number' };
const NEWCOMER = '999000112'; // whom the fake clinic gives no email
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

function start(options?: Parameters<typeof startFake>[0]) {
  const fake = startFake(options);
  fake.links.delay = 0;
  return fake;
}

beforeEach(() => {
  router.reset();
});

describe('a link from Cliniko', () => {
  it('opens over any screen, says so, and leaves the way back', async () => {
    const fake = start();
    router.reset({ name: 'settings', section: 'about' });
    render(App);
    await heading('Settings');
    const person = fake.people.find((each) => each.state === 'active' && !each.failure);
    fake.arrive(person?.id ?? '');
    await screen.findByText('Opened from Cliniko');
    await screen.findByText('refreshed just now');
    await userEvent.click(await button('Go back'));
    await heading('Settings');
  });

  it('of somebody new shows what is missing of them', async () => {
    const fake = start();
    fake.links.delay = 150;
    render(App);
    await heading('Profiles');
    fake.arrive(NEWCOMER);
    await screen.findByText('Fetching this client from Cliniko…');
    await heading(/Robin Newcomer/);
    await screen.findByText(/not complete in Cliniko: Email is missing/);
  });

  it.each([
    ['not_found', /^This client is not in Harbour Physio/, 'Search profiles'],
    ['key_refused', /does not let TeleHab read/, 'Software integration'],
    ['offline', /could not be fetched/, 'Try again'],
    ['rate_limited', /^Too many links/, 'Try again'],
  ])('of somebody new that ends in %s says what to do', async (code, title, step) => {
    const fake = start();
    fake.links.trouble = code;
    render(App);
    await heading('Profiles');
    fake.arrive(NEWCOMER);
    await heading(title);
    await button(step);
    fake.links.trouble = '';
    const again = screen.queryByRole('button', { name: 'Try again' });
    if (!again) return;
    await userEvent.click(again);
    await heading(/Robin Newcomer/);
  });

  it('that cannot be refreshed keeps the stored profile, with its age', async () => {
    const fake = start();
    fake.links.trouble = 'offline';
    render(App);
    await heading('Profiles');
    fake.arrive(fake.people[3]?.id ?? '');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(/Could not be refreshed.*synced .* ago/);
    fake.links.trouble = '';
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(alert).not.toBeInTheDocument());
  });

  it('of a merged client shows the survivor, without making the page anew', async () => {
    const fake = start({ count: 2000 });
    render(App);
    await heading('Profiles');
    fake.arrive(fake.people.find((each) => each.state === 'merged')?.id ?? '');
    await screen.findByText('Opened from a client who is now part of this one.');
    expect(router.current).toEqual({ name: 'profile', id: '836447129235000000' });
  });

  it('waits at the sign-in', async () => {
    const fake = start({ stage: 'signed-out' });
    const user = userEvent.setup();
    render(App);
    await screen.findByLabelText('Email');
    fake.arrive(NEWCOMER);
    await screen.findByText('A profile is waiting to open');
    await user.type(screen.getByLabelText('Email'), 'dana@example.com');
    await user.type(screen.getByLabelText('Password'), 'correct horse battery{Enter}');
    await heading(/Robin Newcomer/);
  });

  it('opens in the middle of an import, which goes on', async () => {
    const fake = start({ stage: 'connected' });
    const release = fake.holdPasses();
    router.reset({ name: 'sync' });
    render(App);
    await screen.findByRole('progressbar');
    fake.arrive(NEWCOMER);
    await heading(/Robin Newcomer/);
    release();
    await userEvent.click(await button('Go back'));
    await screen.findByRole('button', { name: 'Start sync' });
  });
});

describe('Ctrl-K', () => {
  it('finds by name and opens by keyboard alone', async () => {
    const fake = start();
    const person = fake.people.find((each) => each.state === 'active' && each.email.includes('@'));
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    await user.keyboard('{Control>}k{/Control}');
    const box = await screen.findByRole('combobox', PALETTE);
    expect(box).toHaveFocus();
    await user.keyboard(person?.email ?? '');
    const option = await screen.findByRole('option');
    expect(box).toHaveAttribute('aria-activedescendant', option.id);
    await screen.findByText('1 result');
    await user.keyboard('{Enter}');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
    expect(await heading(new RegExp(person?.lastName ?? ''))).toHaveFocus();
  });

  it('fetches a pasted client', async () => {
    start();
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Find a client/));
    await user.type(
      await screen.findByRole('combobox', PALETTE),
      `https://harbour.au2.cliniko.com/patients/${NEWCOMER}`,
    );
    await user.click(await screen.findByRole('option', { name: /^Open client 999000112/ }));
    await heading(/Robin Newcomer/);
    expect(screen.queryByText('Opened from Cliniko')).toBeNull();
  });

  it('closes with Esc, and for a link that comes in', async () => {
    const fake = start();
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    await user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', PALETTE);
    await user.keyboard('{Escape}');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
    await user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', PALETTE);
    fake.arrive(fake.people[3]?.id ?? '');
    await screen.findByText('Opened from Cliniko');
    await vi.waitFor(() => expect(screen.queryByRole('combobox', PALETTE)).toBeNull());
  });

  it.each(['signed-out', 'imported'] as const)('is for practitioners (%s)', async (stage) => {
    const fake = start({ stage });
    if (fake.state.person) fake.state.person.permissions = ['pms_link'];
    render(App);
    await (stage === 'imported' ? heading('You may not open profiles') : heading('TeleHab'));
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
    const fake = start();
    const copied = vi.spyOn(fake, 'CopyText');
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await open.findByText('Ready');
    await user.click(open.getByRole('button', { name: 'Copy App URL' }));
    expect(copied).toHaveBeenCalledWith(fake.links.setup.appUrl);
    await user.click(open.getByRole('button', { name: 'Test it' }));
    await open.findByText(/^It works: this computer opens TeleHab’s links/);
    fake.links.comesBack = false;
    await user.click(open.getByRole('button', { name: 'Test it' }));
    await open.findByText(/did not come back/);
    await open.findByRole('button', { name: 'Repair' });
    await user.click(open.getByRole('button', { name: 'Steps in Cliniko' }));
    await open.findByText(/support@cliniko\.com/);
  });

  it('asks before it takes the links from another program', async () => {
    const fake = start();
    Object.assign(fake.links.setup, { state: 'foreign', owner: 'Example Player' });
    const repaired = vi.spyOn(fake, 'RepairLink');
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await open.findByText('Used by Example Player');
    await user.click(open.getByRole('button', { name: 'Repair' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog).toHaveTextContent('Example Player');
    expect(repaired).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole('button', { name: 'Take over' }));
    await open.findByText('Ready');
    expect(repaired).toHaveBeenCalledExactlyOnceWith(true);
  });

  it('lets nobody run the bookmarklet in this window', async () => {
    const fake = start();
    const user = userEvent.setup();
    render(App);
    const open = await card();
    await user.click(await open.findByRole('button', { name: 'Bookmarklet' }));
    const link = await open.findByRole('link', { name: 'Open in TeleHab' });
    expect(link).toHaveAttribute('href', fake.links.setup.bookmarklet);
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    link.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
  });

  it('says what Disconnect has erased', async () => {
    start();
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    const dialog = await screen.findByRole('alertdialog');
    await user.click(within(dialog).getByRole('button', { name: 'Disconnect and erase' }));
    const name = 'Harbour Physio is disconnected';
    const title = await screen.findByRole('heading', { name });
    await vi.waitFor(() => expect(title).toHaveFocus());
    expect(screen.getByText(/^\d+ profiles, with all their details$/)).toBeVisible();
    expect(screen.getByText('the records of 3 syncs')).toBeVisible();
    expect(screen.getByRole('heading', { name: 'Set up Cliniko integration' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText(name)).toBeNull();
  });
});
