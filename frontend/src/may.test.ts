import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import type { Permission } from './lib/api';
import { app } from './lib/state/app.svelte';
import { router, type Route } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';
import { loseThree } from './testing/sync';

const { DANA, EVERYTHING, LUCA, MEI, NGOZI } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

function as(permissions: Permission[], route: Route) {
  const go = startGo({ person: { ...DANA, permissions } });
  router.reset(route);
  render(App);
  return { go, user: userEvent.setup() };
}
const INTEGRATION: Route = { name: 'settings', section: 'integration' };

describe('whoever may only view profiles', () => {
  it('finds no button to sync, refresh, or erase', async () => {
    as(['practitioner'], { name: 'profiles' });
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(absent(/^Sync · /)).toBeNull();
    router.go({ name: 'profile', id: LUCA.id });
    await button(/^Edit in Cliniko/);
    expect(absent('Refresh')).toBeNull();
    expect(absent('Erase from this computer')).toBeNull();
  });

  it('finds only the pages of Settings that they may use, and opens on the first', async () => {
    const { go } = as(['practitioner'], INTEGRATION);
    await button('Change password');
    const pages = within(screen.getByRole('navigation', { name: 'Settings' }));
    expect(pages.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'Security',
      'About',
    ]);
    expect(pages.getByRole('button', { current: 'page' })).toHaveTextContent('Security');
    expect(absent('See who did what')).toBeNull();
    expect(screen.queryByText('Retention of clients who left')).toBeNull();
    for (const section of ['syncs', 'people', 'audit'] as const) {
      router.go({ name: 'settings', section });
      await button('Change password');
    }
    expect(go.People.List).not.toHaveBeenCalled();
    expect(go.Security.Audit).not.toHaveBeenCalled();
    expect(go.Sync.Passes).not.toHaveBeenCalled();
  });

  it('still follows a link, and cannot bring in somebody new', async () => {
    const { go } = as(['practitioner'], { name: 'profiles' });
    go.Links.Follow.mockResolvedValueOnce({ ...NGOZI, syncedAt: new Date().toISOString() });
    await screen.findByRole('grid', { name: 'Profiles' });
    go.arrive(NGOZI.id);
    await heading(/Abara/);
    await screen.findByText(/refreshed just now/i);
    go.Links.Follow.mockRejectedValueOnce(sample.refusal('not_permitted'));
    go.arrive('836447129299999999');
    await heading('You don’t have access to clients who are new here');
    await screen.findByText(/Ask Dana Smith or Lee Example\./);
    expect(absent('Try again')).toBeNull();
    expect(go.Profiles.Refresh).not.toHaveBeenCalled();
  });
});

describe('whoever may only view the integration', () => {
  it('sees it, and who may change it', async () => {
    const { go } = as(['pms_link'], INTEGRATION);
    await screen.findByText(/You may look at this, but not change it\. Ask Dana Smith or Lee/);
    for (const name of ['Sync clients', 'Replace key', 'Disconnect']) {
      expect(absent(name)).toBeNull();
    }
    loseThree(go);
    await heading(/3 clients are no longer in Cliniko/);
    expect(absent('Keep them')).toBeNull();
    expect(absent('They are gone, remove them')).toBeNull();
    router.go({ name: 'sync' });
    await heading('Settings'); // and nothing is listed
    expect(go.Sync.List).not.toHaveBeenCalled();
  });

  it('may keep the missing with Modify, and remove them with Delete', async () => {
    const { go } = as(['pms_link', 'pms_link.modify'], INTEGRATION);
    await button('Sync clients');
    await button('Replace key');
    expect(absent('Disconnect')).toBeNull();
    loseThree(go);
    await button('Keep them');
    expect(absent('They are gone, remove them')).toBeNull();
  });

  it('cannot set up a clinic', async () => {
    startGo({ ...sample.UNCONNECTED, person: { ...DANA, permissions: ['pms_link'] } });
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
    router.go({ name: 'attention' });
    await screen.findByRole('grid', { name: 'Profiles that need attention' });
    expect(absent(/^Export/)).toBeNull();
    router.go({ name: 'settings', section: 'security' });
    await screen.findByText('Retention of clients who left');
    expect(absent('Export…')).toBeNull();
  });

  it('finds it all with the permission', async () => {
    await settledAs([...EVERYTHING], { name: 'profiles' });
    await screen.findByRole('grid', { name: 'Profiles' });
    expect((await screen.findAllByRole('checkbox')).length).toBeGreaterThan(0);
    router.go({ name: 'attention' });
    await screen.findByRole('grid', { name: 'Profiles that need attention' });
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
    const permissions: Permission[] = ['practitioner', 'practitioner.delete'];
    const { go, user } = as(permissions, { name: 'profiles' });
    go.Profiles.Erase.mockResolvedValue();
    router.go({ name: 'settings', section: 'about' }); // to which no way leads back afterwards
    router.go({ name: 'profile', id: LUCA.id });
    await screen.findByText(/This profile will be erased here on/);
    await user.click(await button('Erase from this computer'));
    const asked = within(await screen.findByRole('alertdialog'));
    expect(go.Profiles.Erase).not.toHaveBeenCalled();
    await user.click(asked.getByRole('button', { name: 'Erase' }));
    expect(go.Profiles.Erase).not.toHaveBeenCalled();
    await user.keyboard('correct horse battery{Enter}');
    await heading('Profiles');
    expect(go.Profiles.Erase.mock.calls).toEqual([[LUCA.id, 'correct horse battery']]);
    expect(router.canGoBack).toBe(false);
  });
});

describe('what is copied', () => {
  it('of a client is cleared, of anything else stays', async () => {
    const { go, user } = as(['practitioner'], { name: 'profiles' });
    router.go({ name: 'profile', id: MEI.id });
    const copy = await button('Copy email');
    expect(copy).toHaveAttribute('title', 'Copy email (cleared after 45 s)');
    await user.click(copy);
    await screen.findByText(/taken off the clipboard after 45 seconds/);
    await user.click(await button('Copy mobile'));
    await user.click(await button('Copy client'));
    expect(go.Profiles.CopyDetail.mock.calls).toEqual([
      ['mei.mueller@example.com'],
      ['0491 570 156'],
    ]);
    expect(go.About.CopyText.mock.calls).toEqual([[MEI.id]]);
  });
});

describe('the only one who manages people', () => {
  it('is not offered Deactivate', async () => {
    const { go } = as([...EVERYTHING], { name: 'settings', section: 'people' });
    const owner = { ...sample.SAM, permissions: [...EVERYTHING] }; // and deactivated
    go.People.List.mockResolvedValue([DANA, sample.PRIYA, owner]);
    const row = within(await screen.findByRole('row', { name: /Dana Smith/ }));
    row.getByText('Nobody else manages people, so this account stays active.');
    expect(row.getByRole('button', { name: 'Edit Dana Smith' })).toBeVisible();
    expect(row.queryByRole('button', { name: 'Deactivate Dana Smith' })).toBeNull();
    expect(screen.getAllByText(/^Nobody else/)).toHaveLength(1);
    await button('Deactivate Priya Sample');
    await button('Reactivate Sam Former');
  });
});

describe('a role', () => {
  it('says in one sentence what its boxes say', async () => {
    const { user } = as([...EVERYTHING], { name: 'settings', section: 'people' });
    await user.click(await button('Add person'));
    const form = within(await screen.findByRole('dialog', { name: 'Add a person' }));
    await user.click(form.getByRole('button', { name: 'Customise' }));
    form.getByText('See profiles, open clients who are new here, refresh and sync.');
    const ticked = form.getAllByRole<HTMLInputElement>('checkbox', { checked: true });
    expect(ticked.map((box) => box.getAttribute('aria-label'))).toEqual([
      'See profiles',
      'Open clients who are new here',
      'Refresh and sync profiles',
    ]);
    form.getByText('“See profiles” alone is read only.');
    expect(form.queryByText(/retention/i)).toBeNull(); // of which there is none here
  });
});
