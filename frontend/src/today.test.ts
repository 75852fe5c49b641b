import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, NewsView, Permission, TodayView } from './lib/api';
import { app } from './lib/state/app.svelte';
import { router } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';
import { TODAY, WELL } from './testing/today';

const { DANA, HANA, KOFI, LUCA, MEI, NGOZI, OLIVER } = sample;

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const region = (name: string | RegExp) => screen.findByRole('region', { name });

beforeEach(() => {
  router.reset({ name: 'today' });
});

/** Opens the window for somebody who begins with Today. */
function opened(patch: Partial<AppState> = {}, view: TodayView = TODAY) {
  const go = startGo({ start: 'today', ...patch });
  go.Today.Look.mockResolvedValue(view);
  go.Today.Read.mockResolvedValue(view);
  render(App);
  return { go, user: userEvent.setup() };
}

const as = (permissions: Permission[]) => ({ person: { ...DANA, permissions } });

/** What stands in each row of a list, one after the other. */
async function rowsOf(name: string | RegExp) {
  const list = within(await region(name)).getAllByRole('listitem');
  return list.map((row) => row.textContent.replace(/\s+/g, ' ').trim());
}

describe('Today', () => {
  it('says who changed and who is new, and since when', async () => {
    const { go } = opened();
    const changed = await rowsOf(/^2 changed in Cliniko since /);
    expect(changed).toHaveLength(2);
    expect(changed[0]).toMatch(/^Abara, Ngozi First Name, Phone Numbers /);
    expect(changed[1]).toMatch(/^Visser, Luca Archived Archived in Cliniko /);
    const added = await rowsOf(/^1 new profile since /);
    expect(added).toHaveLength(1);
    expect(added[0]).toMatch(/^Müller, Mei /);
    expect(go.Today.Look).toHaveBeenCalledOnce();
    const [begins] = go.Today.Look.mock.calls[0] ?? [];
    expect(begins).toHaveLength(8);
    // The history has the values, and who reads it is in the audit trail.
    expect(go.Profiles.History).not.toHaveBeenCalled();
  });

  it('has each row under its number, the latest by the time that it shows first', async () => {
    const now = Date.now();
    const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    /** Somebody whose details changed so many minutes ago in Cliniko, or who is new here since then. */
    const news = (name: string, minutes: number, added: boolean): NewsView => ({
      client: { ...sample.ROW, id: name, name, born: '' },
      added,
      change: added
        ? { at: minutesAgo(minutes), updatedAt: '', opened: false, fields: [] }
        : {
            at: minutesAgo(1), // all of them came with the last sync
            updatedAt: minutesAgo(minutes),
            opened: false,
            fields: [{ field: 'email', label: 'Email', before: '', after: '' }],
          },
    });
    opened(
      {},
      {
        ...TODAY,
        changed: 3,
        added: 2,
        news: [
          news('Third', 50, false),
          news('New, later', 5, true),
          news('First', 10, false),
          news('New, earlier', 70, true),
          news('Second', 30, false),
        ],
      },
    );
    const names = async (title: RegExp) =>
      (await rowsOf(title)).map((row) => row.replace(/ (Email|\d).*/, ''));
    expect(await names(/^3 changed in Cliniko since /)).toEqual(['First', 'Second', 'Third']);
    expect(await names(/^2 new profiles since /)).toEqual(['New, later', 'New, earlier']);
  });

  it('says who needs attention, with what is missing, and how that was a week ago', async () => {
    opened();
    const card = await region('Needs attention');
    expect(card).toHaveTextContent(/^Needs attention 4/);
    expect(card).toHaveTextContent(/No email 2/);
    expect(card).toHaveTextContent(/Other 1/);
    expect(await rowsOf('Needs attention')).toEqual(['Chen, Oliver Email is missing']);
    expect(card).toHaveTextContent(/1 new since /);
  });

  it.each([
    [[6, 5, 5, 5, 5, 5, 5, 4], '2 fewer than a week ago'],
    [[1, 5, 5, 5, 5, 5, 5, 4], '3 more than a week ago'],
    [[4, 5, 5, 5, 5, 5, 5, 9], 'As many as a week ago'],
  ])('compares %j with now', async (days, text) => {
    opened({}, { ...TODAY, attention: { ...TODAY.attention, days } });
    expect(await region('Needs attention')).toHaveTextContent(text);
  });

  it('opens whoever is chosen, and comes back to their row', async () => {
    const { user } = opened();
    const list = await region('Recently opened');
    await user.click(within(list).getByRole('button', { name: /Patel, Kofi/ }));
    await heading(/Kofi/);
    await user.keyboard('{Escape}');
    await heading('Today');
    await vi.waitFor(() => {
      expect(document.activeElement).toHaveAttribute('data-client', KOFI.id);
    });
    expect(document.activeElement).toHaveTextContent('Patel, Kofi');
  });

  it('begins to fix with the first of all, and shows them all', async () => {
    const { user } = opened();
    await user.click(await button('Fix next'));
    await heading(/Oliver/);
    expect(router.current).toEqual({ name: 'profile', id: OLIVER.id, failed: true });
    router.go({ name: 'today' });
    await user.click(await button('Show all'));
    await screen.findByRole('grid', { name: 'Profiles that need attention' });
    expect(router.current).toEqual({ name: 'attention' });
  });

  it('shows a part of many, and leads to the rest', async () => {
    const many: NewsView[] = Array.from({ length: 20 }, (_, index) => ({
      client: { ...sample.ROW, id: String(index), name: `Sample, Number ${index}` },
      added: false,
      change: TODAY.news[1]?.change as NewsView['change'],
    }));
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const { user } = opened({}, { ...TODAY, since, changed: 20_000, added: 0, news: many });
    await region(/^20,000 changed in Cliniko since /);
    expect(await rowsOf(/^20,000/)).toHaveLength(6);
    await user.click(await button('Show 14 more'));
    expect(await rowsOf(/^20,000/)).toHaveLength(20);
    await screen.findByText(/These are the latest 20\./);
    await user.click(await button('See who changed in Profiles'));
    await button('Remove the filter Changed in the last 7 days');
  });

  it('leads to the rest of those who changed and those who are new, taken together', async () => {
    const many: NewsView[] = Array.from({ length: 20 }, (_, index) => ({
      client: { ...sample.ROW, id: String(index), name: `Sample, Number ${index}` },
      added: index % 2 === 0,
      change: TODAY.news[1]?.change as NewsView['change'],
    }));
    const { user } = opened({}, { ...TODAY, changed: 15, added: 15, news: many });
    await user.click(
      within(await region(/^15 changed/)).getByRole('button', { name: 'Show 4 more' }),
    );
    expect(await rowsOf(/^15 changed/)).toHaveLength(10);
    expect(
      within(await region(/^15 changed/)).getByText(/These are the latest 10\./),
    ).toBeVisible();
    await user.click(within(await region(/^15 new/)).getByRole('button', { name: 'Show 4 more' }));
    expect(within(await region(/^15 new/)).getByText(/These are the latest 10\./)).toBeVisible();
  });

  it('says that all is well', async () => {
    opened({}, WELL);
    await heading('All is well');
    await screen.findByText(
      /^Nothing changed in Cliniko since .*, and every profile is complete\.$/,
    );
    await screen.findByText('Pin clients on their profile to keep them here.');
    expect(screen.queryByRole('button', { name: 'Fix next' })).toBeNull();
  });

  it('says that nothing changed while somebody still needs attention', async () => {
    opened({}, { ...WELL, attention: { ...TODAY.attention, since: 0, newest: [] } });
    await region(/^Nothing changed in Cliniko since /);
    await button('Fix next');
    expect(screen.queryByText('All is well')).toBeNull();
  });

  it('follows what changes while it is shown', async () => {
    const { go } = opened();
    await region(/^2 changed/);
    go.Today.Read.mockResolvedValue({ ...TODAY, changed: 3 });
    go.emit('profiles', {});
    await region(/^3 changed/);
    expect(go.Today.Look).toHaveBeenCalledOnce();
  });

  it('asks once for many changes at a time', async () => {
    const { go } = opened();
    await region(/^2 changed/);
    const slow = later<TodayView>();
    go.Today.Read.mockReturnValueOnce(slow.promise);
    go.Today.Read.mockResolvedValue({ ...TODAY, changed: 5 });
    for (let n = 0; n < 9; n++) go.emit('profiles', {});
    slow.answer({ ...TODAY, changed: 4 });
    await region(/^5 changed/);
    expect(go.Today.Read).toHaveBeenCalledTimes(2);
  });

  it('says what it could not read, and tries again', async () => {
    const { go, user } = opened();
    await region(/^2 changed/);
    go.Today.Read.mockRejectedValue(sample.refusal('store_busy'));
    go.emit('profiles', {});
    await screen.findByText('What Go says of store_busy.');
    go.Today.Read.mockResolvedValue(TODAY);
    await user.click(await button('Try again'));
    await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('leads a clinic that has nothing yet to its next step', async () => {
    const { go } = opened(sample.CONNECTED);
    await button('Sync clients');
    expect(go.Today.Look).not.toHaveBeenCalled();
  });
});

describe('on Today, whoever', () => {
  it('may not see profiles finds counts and reasons, and nobody to open', async () => {
    opened(as(['pms_link']), {
      ...TODAY,
      changed: 0,
      added: 0,
      news: [],
      pinned: [],
      opened: [],
    });
    const card = await region('Needs attention');
    expect(within(card).queryByRole('button', { name: /Chen/ })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Fix next' })).toBeNull();
    expect(screen.queryByText(/changed in Cliniko/)).toBeNull();
    expect(screen.queryByRole('region', { name: 'Pinned' })).toBeNull();
    await userEvent.setup().click(await button('Show all'));
    expect(router.current).toEqual({ name: 'attention' });
  });

  it('may not see the integration goes through who needs attention all the same', async () => {
    opened(as(['practitioner']));
    await region('Needs attention');
    await button('Fix next');
    expect(screen.queryByRole('button', { name: /^Sync · / })).toBeNull();
  });

  it('may see neither is told so, and has no way to it', async () => {
    const { go } = opened(as(['people']));
    await heading('You don’t have access to profiles');
    expect(screen.queryByRole('button', { name: 'Today' })).toBeNull();
    expect(go.Today.Look).not.toHaveBeenCalled();
  });
});

describe('the screen to start with', () => {
  it.each(['today', 'profiles'] as const)('is %s for whoever chose that', async (start) => {
    router.reset();
    const go = startGo(sample.SIGNED_OUT);
    go.People.SignIn.mockImplementation(async () => go.set({ person: DANA, start }));
    render(App);
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText('Email'), 'dana@example.com');
    await user.type(screen.getByLabelText('Password'), 'kettle seventeen owl{Enter}');
    await heading(start === 'today' ? 'Today' : 'Profiles');
    expect(router.canGoBack).toBe(false);
  });

  it('is there at once where somebody is signed in already', async () => {
    router.reset();
    startGo({ start: 'today' });
    render(App);
    await heading('Today');
  });

  it('is chosen in the menu of the person, and moves nobody', async () => {
    const { go, user } = opened();
    go.Today.StartWith.mockImplementation(async (start) => go.set({ start }));
    await user.click(await button(/^Account of/));
    await screen.findByText('Start with'); // nothing has a place here, so no role
    await user.click(screen.getAllByText('Profiles').at(-1) as HTMLElement);
    await vi.waitFor(() => expect(app.state?.start).toBe('profiles'));
    expect(go.Today.StartWith.mock.calls).toEqual([['profiles']]);
    expect(router.current).toEqual({ name: 'today' });
  });

  it.each(['today', 'profiles'] as const)('%s gives way to a link at once', async (start) => {
    router.reset();
    const go = startGo({ start, linkWaiting: true });
    go.link = NGOZI.id;
    go.Links.Follow.mockResolvedValue(NGOZI);
    render(App);
    await heading(/Abara/);
    expect(go.Today.Look).not.toHaveBeenCalled();
    expect(go.Profiles.Find).not.toHaveBeenCalled();
  });
});

describe('a pin', () => {
  it('is set on the profile, and taken away', async () => {
    const { go, user } = opened();
    router.go({ name: 'profile', id: MEI.id });
    const pin = await button('Pin');
    expect(pin).toHaveAttribute('aria-pressed', 'false');
    await user.click(pin);
    await vi.waitFor(() => expect(pin).toHaveAttribute('aria-pressed', 'true'));
    await user.click(pin);
    await vi.waitFor(() => expect(pin).toHaveAttribute('aria-pressed', 'false'));
    expect(go.Today.Pin.mock.calls).toEqual([
      [MEI.id, true],
      [MEI.id, false],
    ]);
  });

  it('that cannot be set says why', async () => {
    const { go, user } = opened();
    go.Today.Pin.mockRejectedValue(sample.refusal('invalid', 'You have pinned 20 people already.'));
    router.go({ name: 'profile', id: MEI.id });
    await user.click(await button('Pin'));
    await screen.findByText('You have pinned 20 people already.');
    expect(await button('Pin')).toHaveAttribute('aria-pressed', 'false');
  });
});

it('leaves nobody of Today in the page after a lock', async () => {
  const { go } = opened();
  await region(/^2 changed/);
  const names = [HANA, KOFI, LUCA, MEI, NGOZI, OLIVER].map(({ lastName }) => lastName);
  const left = () => names.filter((name) => document.documentElement.outerHTML.includes(name));
  expect(left()).toEqual(names);
  const late = later<TodayView>();
  go.Today.Read.mockReturnValue(late.promise);
  go.emit('profiles', {});
  go.become(sample.LOCKED);
  await heading('TeleHab is locked');
  expect(left()).toEqual([]);
  late.answer(TODAY);
  await new Promise((resolve) => setTimeout(resolve));
  expect(left()).toEqual([]);
});
