import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { EVERYTHING } from './dev/fake-state';
import { startFake } from './dev/test-go';
import type { Permission } from './lib/api';
import { app } from './lib/state/app.svelte';
import { router, type Route } from './lib/state/route.svelte';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

function as(permissions: Permission[], route: Route, count = 250) {
  const fake = startFake({ count });
  if (fake.state.person) fake.state.person.permissions = permissions;
  router.reset(route);
  render(App);
  return { fake, user: userEvent.setup() };
}
const INTEGRATION: Route = { name: 'settings', section: 'integration' };

beforeEach(() => {
  router.reset();
});

describe('whoever may only view profiles', () => {
  it('finds no button to sync, refresh, or erase', async () => {
    const { fake } = as(['practitioner'], { name: 'profiles' });
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(absent('Sync with Cliniko now')).toBeNull();
    const left = fake.people.find((each) => each.state === 'archived');
    router.go({ name: 'profile', id: left?.id ?? '' });
    await button(/^Edit in Cliniko/);
    expect(absent('Refresh')).toBeNull();
    expect(absent('Erase from this computer')).toBeNull();
  });

  it('is told who can help with the integration and with people', async () => {
    const { user } = as(['practitioner'], INTEGRATION);
    await screen.findByText(/Ask Dana Smith or Lee Example\./);
    expect(absent('Sync patients')).toBeNull();
    await user.click(await button('People'));
    await heading('You may not manage people');
    await screen.findByText(/Ask Dana Smith or Lee Example\./);
    await user.click(await button('Security'));
    await button('Change password');
    expect(absent('See who did what')).toBeNull();
    expect(screen.queryByText('Retention of clients who left')).toBeNull();
  });

  it('still follows a link, and cannot bring in somebody new', async () => {
    const { fake, user } = as(['practitioner'], { name: 'profiles' });
    fake.links.delay = 5;
    const known = fake.people.find((each) => each.state === 'active' && each.lastName);
    const refreshed = vi.spyOn(fake, 'RefreshProfile');
    fake.arrive(known?.id ?? '');
    await heading(new RegExp(known?.lastName ?? '?'));
    await screen.findByText(/refreshed just now/i);
    fake.links.trouble = 'not_permitted';
    fake.arrive('836447129299999999');
    await heading('You may not open clients who are new here');
    await screen.findByText(/Ask Dana Smith or Lee Example\./);
    expect(absent('Try again')).toBeNull();
    expect(refreshed).not.toHaveBeenCalled();
    expect(user).toBeDefined();
  });
});

describe('whoever may only view the integration', () => {
  it('sees it, and who may change it', async () => {
    const { fake } = as(['pms_link'], INTEGRATION);
    await screen.findByText(/You may look at this, but not change it\. Ask Dana Smith or Lee/);
    await screen.findByRole('grid', { name: 'Profiles that failed to sync' });
    for (const name of ['Sync patients', 'Replace key', 'Disconnect', /^Check .* again$/]) {
      expect(absent(name)).toBeNull();
    }
    fake.lose(60);
    await heading(/60 clients are no longer in Cliniko/);
    expect(absent('Keep them')).toBeNull();
    expect(absent('They are gone, remove them')).toBeNull();
    router.go({ name: 'sync' });
    await heading('Settings'); // and nothing is listed
    expect(fake.state.sync.phase).toBe('idle');
  });

  it('may keep the missing with Modify, and remove them with Delete', async () => {
    const { fake } = as(['pms_link', 'pms_link.modify'], INTEGRATION);
    await button('Sync patients');
    await button('Replace key');
    expect(absent('Disconnect')).toBeNull();
    fake.lose(60);
    await button('Keep them');
    expect(absent('They are gone, remove them')).toBeNull();
  });

  it('cannot set up a clinic', async () => {
    const fake = startFake({ stage: 'unconnected' });
    if (fake.state.person) fake.state.person.permissions = ['pms_link'];
    router.reset(INTEGRATION);
    render(App);
    await screen.findByText(/Connecting a clinic needs .* Ask Dana Smith or Lee Example\./);
    expect(screen.queryByLabelText('API key')).toBeNull();
  });
});

/** As `as`, once what the test before has left is gone. */
async function settledAs(permissions: Permission[], route: Route) {
  as(permissions, route);
  await waitFor(() => {
    expect(app.state?.person?.permissions).toEqual(permissions);
  });
}

describe('whoever may not export', () => {
  it('finds nothing to export, and no rows to select for it', async () => {
    await settledAs(
      EVERYTHING.filter((each) => each !== 'export'),
      { name: 'profiles' },
    );
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(screen.queryAllByRole('checkbox')).toEqual([]);
    router.go(INTEGRATION);
    await screen.findByRole('grid', { name: 'Profiles that failed to sync' });
    expect(absent(/^Export/)).toBeNull();
    router.go({ name: 'settings', section: 'security' });
    await screen.findByText('Retention of clients who left');
    expect(absent('Export…')).toBeNull();
  });

  it('finds it all with the permission', async () => {
    await settledAs([...EVERYTHING], { name: 'profiles' });
    await screen.findByRole('grid', { name: 'Profiles' });
    expect((await screen.findAllByRole('checkbox')).length).toBeGreaterThan(0);
    router.go(INTEGRATION);
    await screen.findByRole('grid', { name: 'Profiles that failed to sync' });
    await button(/^Export/);
    router.go({ name: 'settings', section: 'security' });
    await button('Export…');
  });
});

describe('whoever may not manage people', () => {
  it('sees when the window locks and cannot change it, nor how long who left is kept', async () => {
    await settledAs(
      EVERYTHING.filter((each) => each !== 'people'),
      { name: 'settings', section: 'security' },
    );
    await screen.findByText('10 minutes');
    await button('Lock now');
    await button('Export…');
    expect(screen.queryByRole('combobox', { name: 'Auto-lock' })).toBeNull();
    expect(screen.queryByText('Retention of clients who left')).toBeNull();
    expect(absent('See who did what')).toBeNull();
  });
});

describe('a client who left', () => {
  it('is erased after a question, and the list comes back', async () => {
    const everything: Permission[] = ['practitioner', 'practitioner.delete'];
    const { fake, user } = as(everything, { name: 'profiles' });
    const gone = fake.people.find((each) => each.state === 'archived' && each.firstName);
    router.go({ name: 'profile', id: gone?.id ?? '' });
    await screen.findByText(/They are erased here on/);
    await user.click(await button('Erase from this computer'));
    const asked = within(await screen.findByRole('alertdialog'));
    await user.click(asked.getByRole('button', { name: 'Erase' }));
    await heading('Profiles');
    expect(fake.people.some((each) => each.id === gone?.id)).toBe(false);
    expect(router.canGoBack).toBe(false);
  });
});

describe('what is copied', () => {
  it('of a client is cleared, of anything else stays', async () => {
    const { fake, user } = as(['practitioner'], { name: 'profiles' });
    const detail = vi.spyOn(fake, 'CopyDetail');
    const text = vi.spyOn(fake, 'CopyText');
    const person = fake.people.find((each) => each.state === 'active' && each.email.includes('@'));
    router.go({ name: 'profile', id: person?.id ?? '' });
    const copy = await button('Copy email');
    expect(copy).toHaveAttribute('title', 'Copy email (cleared after 45 s)');
    await user.click(copy);
    await screen.findByText(/taken off the clipboard after 45 seconds/);
    await user.click(await button('Copy mobile'));
    await user.click(await button('Copy client'));
    expect(detail.mock.calls).toEqual([[person?.email], [person?.phones[0]?.number]]);
    expect(text.mock.calls).toEqual([[person?.id]]);
  });
});

describe('a second clinic', () => {
  it('is kept separately, and one switches between the two', async () => {
    const everything: Permission[] = [
      'practitioner',
      'pms_link',
      'pms_link.create',
      'pms_link.modify',
    ];
    const { fake, user } = as(everything, INTEGRATION);
    const connected = vi.spyOn(fake, 'ConnectSeparately');
    await user.click(await button('Replace key'));
    await user.type(screen.getByLabelText('API key'), 'MS0xMjM0NTY3ODkwriverside-au2');
    await user.click(await button('Save'));
    const keep = await screen.findByRole('button', { name: 'Keep it separately' });
    await user.click(keep);
    await heading(/^Riverside Physio/);
    expect(connected).toHaveBeenCalledExactlyOnceWith('MS0xMjM0NTY3ODkwriverside-au2');
    expect(screen.queryByLabelText('API key')).toBeNull();
    await user.click(await button('Switch to Harbour Physio'));
    await heading(/^Harbour Physio/);
    await button('Switch to Riverside Physio');
  });

  it('is not offered to whoever may not connect one', async () => {
    const { user } = as(['pms_link', 'pms_link.modify'], INTEGRATION);
    await user.click(await button('Replace key'));
    await user.type(screen.getByLabelText('API key'), 'MS0xMjM0NTY3ODkwriverside-au2{Enter}');
    await screen.findByText(/This key belongs to Riverside/);
    expect(absent('Keep it separately')).toBeNull();
  });

  it('is found on the sign-in screen', async () => {
    const fake = startFake({ stage: 'signed-out' });
    fake.accounts.separate('Riverside Physio');
    fake.accounts.use('');
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Switch to Riverside Physio'));
    await button('Switch to Harbour Physio');
    expect(await screen.findByText('Riverside Physio')).toBeVisible();
  });
});
