import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState } from './lib/api';
import { router } from './lib/state/route.svelte';
import { midnights } from './lib/state/sync-days.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';
import { importsAtOnce } from './testing/sync';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const guide = async () => within(await screen.findByRole('region', { name: 'Getting started' }));

function integration(patch?: Partial<AppState>) {
  const go = startGo(patch);
  router.reset({ name: 'settings', section: 'integration' });
  render(App);
  return { go, user: userEvent.setup() };
}

describe('getting started', () => {
  const steps = async () =>
    (await guide()).getAllByRole('listitem').map((item) => item.textContent.trim());

  it('leads from the key through the import to the first click in Cliniko', async () => {
    const { go, user } = integration(sample.UNCONNECTED);
    go.Integration.Connect.mockImplementation(async () => {
      go.set({ clinic: sample.CLINIC });
      return sample.CONNECTION;
    });
    go.Links.SetButton.mockImplementation(async (button) => {
      go.become({ button: button as 'waiting' });
    });
    importsAtOnce(go);
    await heading('Set up Cliniko integration');
    expect(await steps()).toEqual([
      'Sign in, done',
      '2 Connect Cliniko, next',
      '3 Sync clients, later',
      '4 Button in Cliniko, later',
    ]);
    await user.type(await screen.findByLabelText('API key'), 'MS0xLWFiY2RlZmdoaWprbG1ub3A-au2');
    await user.click(await button('Save'));
    await heading('Connected to Harbour Physio');
    await user.click(await button('Sync clients'));
    await screen.findByText(
      /^You can start now\. Everybody gets a profile here; .* Nothing changes in Cliniko\./,
    );
    expect(screen.getByText('No email').parentElement).toHaveTextContent(/^No email\s*3$/);
    await user.click(await button('Start sync'));
    await user.click(await button('Close sync results'));
    await screen.findByText(/^This is the list that was synced/);
    expect(absent('Start sync')).toBeNull();
    await user.click(await button('Go back'));
    expect(go.Sync.Discard).toHaveBeenCalledOnce();

    await (await guide()).findByText('Next: the button in Cliniko');
    await user.click(await button('Set up the button'));
    const card = within(await screen.findByRole('region', { name: 'Open in TeleHab' }));
    expect(card.getByRole('heading', { name: 'Open in TeleHab' })).toHaveFocus();
    card.getByText(/support@cliniko\.com/); // the steps are there to be followed
    await user.click(card.getByRole('button', { name: 'Copy letter' }));
    const letter = card.getByRole('group', { name: 'Letter to Cliniko' });
    expect(letter).toHaveTextContent(/account of Harbour Physio\..*Thank you, Dana Smith$/);
    expect(go.About.CopyText.mock.calls).toEqual([[letter.textContent.trim()]]);
    expect(letter.textContent).toContain(
      '\nApp URL: https://app.telehab.io/app/patients/integration\n',
    );
    await user.click(card.getByRole('button', { name: 'I have written to Cliniko' }));
    expect(go.Links.SetButton.mock.calls).toEqual([['waiting']]);
    await (await guide()).findByText('Waiting for Cliniko', { selector: 'p' });
    expect(await steps()).toContain('Button in Cliniko, waiting for Cliniko');
    await card.findByText('Works on this computer. Waiting for Cliniko’s approval.');
    expect(card.queryByText('I have written to Cliniko')).toBeNull();
    card.getByText('You wrote to Cliniko.');
    const undo = card.getByRole('button', { name: 'Undo' });
    expect(undo).toHaveFocus(); // whoever pressed the key goes on from there
    await user.click(undo);
    await user.click(await card.findByRole('button', { name: 'I have written to Cliniko' }));
    expect(go.Links.SetButton.mock.calls).toEqual([['waiting'], [''], ['waiting']]);
    await card.findByText('You wrote to Cliniko.');
    expect(screen.queryByText(/^Everything is set up/)).toBeNull();

    go.become({ button: 'works' }); // somebody has clicked in Cliniko
    await screen.findByText(/^Everything is set up/);
    expect(screen.queryByText('Getting started')).toBeNull();
  });

  it('offers its last step at the end of the sync', async () => {
    const { go, user } = integration({
      button: '',
      tally: { ...sample.STATE.tally, active: 0, failed: 0 },
      sync: { ...sample.SYNC, lastSuccess: '', last: null },
    });
    importsAtOnce(go);
    const { findByRole } = await guide();
    await user.click(await findByRole('button', { name: 'Sync clients' }));
    await user.click(await button('Start sync'));
    const results = within(await screen.findByRole('region', { name: 'Sync results' }));
    await results.findByText('Next: the button in Cliniko');
    await user.click(results.getByRole('button', { name: 'Set up the button' }));
    const card = within(await screen.findByRole('region', { name: 'Open in TeleHab' }));
    await card.findByText(/support@cliniko\.com/);
    expect(card.getByRole('heading', { name: 'Open in TeleHab' })).toHaveFocus();
    expect(go.Sync.Discard).toHaveBeenCalledOnce();
  });

  it.each([
    [{ added: 0, changed: 0 }, 'Nothing is new or changed since the last sync:'],
    [
      { added: 1, changed: 2 },
      'Since the last sync 1 are new, 2 have changed, and 4 are the same as here.',
    ],
  ])('says what another sync changes: %j', async (numbers, text) => {
    const { go, user } = integration();
    importsAtOnce(go);
    const several = [...sample.REASONS, { reason: 'first_name' as const, count: 3 }];
    go.Sync.List.mockImplementation(() => {
      go.tell({ phase: 'listed' });
      return Promise.resolve({ ...sample.LISTING, ...numbers, reasons: several });
    });
    await user.click(await button('Sync clients'));
    const note = await screen.findByText(/since the last sync/i);
    expect(note).toHaveTextContent(text);
    expect(note).toHaveTextContent('The 4 that need attention stay listed until');
    expect(screen.queryByText(/gets a profile/)).toBeNull();
    screen.getByText('Whoever lacks several details is in several of these.');
  });

  it('waits where one left it, and does without the button', async () => {
    const { go, user } = integration({ button: '' });
    go.Links.SetButton.mockImplementation(async (button) => {
      go.become({ button: button as 'unused' });
    });
    await (await guide()).findByText('Next: the button in Cliniko');
    await user.click(await button('Profiles'));
    await user.click(await button('Settings'));
    expect(await steps()).toContain('4 Button in Cliniko, next');
    await user.click(await button('I do not use the button'));
    expect(go.Links.SetButton.mock.calls).toEqual([['unused']]);
    await screen.findByText(/^Everything is set up/);
  });

  it('says so once all is done, wherever one is, and not again', async () => {
    const { go, user } = integration({ button: 'waiting' });
    await (await guide()).findByText('Waiting for Cliniko', { selector: 'p' });
    go.Links.Test.mockResolvedValueOnce(true);
    await user.click(await button('Test it'));
    await screen.findByText(/^It works/); // this computer, and not yet Cliniko
    expect(screen.queryByText(/^Everything is set up/)).toBeNull();
    await user.click(await button('Profiles'));
    go.become({ button: 'works' });
    await screen.findByText(/^Everything is set up/);
    await user.click(await button('Close'));
    expect(screen.queryByText(/^Everything is set up/)).toBeNull();
    await user.click(await button('Settings'));
    await button('Sync clients');
    expect(screen.queryByText('Getting started')).toBeNull();
  });

  it('is not for those who may only look', async () => {
    const { go } = integration({ button: '' });
    await button('Set up the button');
    go.become({ person: { ...sample.DANA, permissions: ['practitioner', 'pms_link'] } });
    await (await guide()).findByText(/^Ask Dana Smith or Lee/);
    await vi.waitFor(() => expect(absent('Set up the button')).toBeNull());
    expect(absent('I do not use the button')).toBeNull();
  });
});

describe('the last 30 days', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('begin at midnights here, also where a clock goes forward', () => {
    vi.stubEnv('TZ', 'Australia/Sydney');
    const days = midnights(3, new Date('2026-10-05T09:00:00+11:00'));
    expect(days).toEqual([
      '2026-10-02T14:00:00.000Z',
      '2026-10-03T14:00:00.000Z',
      '2026-10-04T13:00:00.000Z', // an hour was left out
    ]);
  });

  it('are drawn, told in a sentence, and listed', async () => {
    const { go, user } = integration();
    go.Sync.Days.mockImplementation(async (begins) =>
      begins.map((_, i) => ({
        passes: i === 5 ? 7 : 2,
        broken: i === 5 ? 3 : 0,
        failing: i < 9 ? -1 : 60 - i,
      })),
    );
    await screen.findByRole('img', {
      name: 'Syncs by day: 65 in the last 30 days, 3 of them did not finish.',
    });
    // Today is as the state says, whatever the last sync of the day has counted.
    await screen.findByRole('img', {
      name: 'Profiles that need attention by day: 4 now, between 4 and 51 in the last 30 days.',
    });
    await user.click(await button('Day by day'));
    const rows = within(await screen.findByRole('table', { name: 'Last 30 days' })).getAllByRole(
      'row',
    );
    expect(rows).toHaveLength(31);
    expect(rows[1]).toHaveTextContent('Today204');
    expect(rows[25]).toHaveTextContent(/73not known$/);
  });

  it('are not there before the first sync', async () => {
    const { go } = integration(sample.CONNECTED);
    go.Sync.Days.mockImplementation(async (begins) =>
      begins.map(() => ({ passes: 0, broken: 0, failing: -1 })),
    );
    await button('Sync clients');
    await vi.waitFor(() => expect(go.Sync.Days).toHaveBeenCalled());
    expect(screen.queryByText('Last 30 days')).toBeNull();
  });
});

describe('profiles that need attention, one by one', () => {
  const title = () => screen.findByRole('heading', { level: 1 });
  const { OLIVER, HANA, RUBY } = sample;

  /** Opens the first of the three without an email. */
  async function begin() {
    const { go, user } = integration();
    await user.click(
      await button(
        '4 profiles need attention They lack a detail that TeleHab requires. Complete it in Cliniko.',
      ),
    );
    await user.click(await button(/^No email/));
    await user.click(await button('Fix one by one'));
    await screen.findByText('Fixing 1 of 3');
    /** Somebody writes in Cliniko what was missing of these, and Go has read it. */
    const mend = (...whom: { id: string }[]) => {
      const ids = whom.map(({ id }) => id);
      for (const each of go.profiles) if (ids.includes(each.id)) each.failure = null;
      go.failing = go.failing.filter(({ id }) => !ids.includes(id));
      go.emit('profiles', {});
    };
    return { go, user, mend };
  }

  it('stay in the chosen group, by keys and by buttons, and lead back to it', async () => {
    const { user } = await begin();
    screen.getByRole('group', { name: 'Profiles that need attention' });
    expect(screen.getByText('Fixing 1 of 3').parentElement).toHaveTextContent(/^No email/);
    expect(absent('Previous profile that needs attention')).toBeDisabled();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await screen.findByText('Fixing 2 of 3');
    expect(await title()).toHaveFocus();
    expect(router.current).toMatchObject({ name: 'profile', id: HANA.id });
    await user.click(await button('Next profile that needs attention'));
    await screen.findByText('Fixing 3 of 3');
    expect(absent('Skip')).toBeNull();
    expect(router.current).toMatchObject({ name: 'profile', id: RUBY.id });
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await screen.findByText('Fixing 2 of 3');
    await user.keyboard('{Escape}');
    expect(await button(/^No email/)).toHaveAttribute('aria-pressed', 'true');
    // The row of whoever was seen last is the active one.
    const grid = await screen.findByRole('grid', { name: 'Profiles that need attention' });
    await vi.waitFor(() => expect(grid).toHaveFocus());
    expect(grid.querySelector('[data-active]')).toHaveTextContent(/^Ivanova, Hana/);
  });

  it('have what is wrong, Skip and Done in one place', async () => {
    const { user } = await begin();
    await user.click(await button('Skip'));
    await screen.findByText('Fixing 2 of 3');
    expect(router.current).toMatchObject({ name: 'profile', id: HANA.id });
    const place = screen.getByRole('group', { name: 'Profiles that need attention' });
    const all = within(place.parentElement?.parentElement as HTMLElement);
    all.getByText('Email is missing.');
    all.getByRole('button', { name: 'Fix in Cliniko' });
    await user.click(all.getByRole('button', { name: 'Back to the list' }));
    await heading('Needs attention');
    expect(await button(/^No email/)).toHaveAttribute('aria-pressed', 'true');
  });

  it('offer the next one once one is mended', async () => {
    const { go, user, mend } = await begin();
    go.Profiles.Refresh.mockResolvedValueOnce(OLIVER);
    await user.click(await button('Refresh'));
    await screen.findByText(/^It still needs attention/);
    go.Profiles.Refresh.mockImplementationOnce(async () => {
      mend(OLIVER);
      return { ...OLIVER, email: 'alex@example.com', failure: null };
    });
    await user.click(await button('Refresh'));
    const next = await screen.findByRole('button', { name: 'Next: Ivanova, Hana' });
    await vi.waitFor(() => expect(next).toHaveFocus());
    screen.getByText('2 more to go.');
    await user.click(next);
    expect(router.current).toMatchObject({ id: HANA.id });
    await screen.findByText('Fixing 2 of 3');
    expect(go.Profiles.Refresh.mock.calls).toEqual([[OLIVER.id], [OLIVER.id]]);
  });

  it('end when the last one is mended elsewhere', async () => {
    const { user, mend } = await begin();
    mend(OLIVER, HANA, RUBY); // a sync brought them all
    await screen.findByText('That was the last one.');
    await user.click(await button('Back to the list'));
    await heading('Needs attention');
  });
});
