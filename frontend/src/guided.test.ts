import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { judge } from './dev/people';
import { startFake } from './dev/test-go';
import type { FakeOptions } from './dev/fake-state';
import type { FailureView } from './lib/api';
import { router } from './lib/state/route.svelte';
import { midnights } from './lib/state/sync-days.svelte';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const guide = async () => within(await screen.findByRole('region', { name: 'Getting started' }));

function integration(options?: Partial<FakeOptions>) {
  const fake = startFake(options);
  router.reset({ name: 'settings', section: 'integration' });
  render(App);
  return { fake, user: userEvent.setup() };
}

beforeEach(() => {
  router.reset();
});

describe('getting started', () => {
  const steps = async () =>
    (await guide()).getAllByRole('listitem').map((item) => item.textContent.trim());

  it('leads from the key through the button and the import to its end', async () => {
    const { user } = integration({ stage: 'unconnected' });
    await heading('Set up Cliniko integration');
    expect(await steps()).toEqual([
      'Sign in, done',
      '2 Connect Cliniko, next',
      '3 Button in Cliniko, later',
      '4 Import clients, later',
    ]);
    await user.type(await screen.findByLabelText('API key'), 'MS0xLWFiY2RlZmdoaWprbG1ub3A-au2');
    await user.click(await button('Save'));
    await heading('Connected to Harbour Physio');
    await user.click(await button('Next: the button in Cliniko'));
    const card = within(await screen.findByRole('region', { name: 'Open in TeleHab' }));
    expect(card.getByRole('heading', { name: 'Open in TeleHab' })).toHaveFocus();
    card.getByText(/support@cliniko\.com/); // the steps are there to be followed
    await user.click(card.getByRole('button', { name: 'Test it' }));
    await (await guide()).findByText('Next: import your clients');
    await user.click(await button('Import clients'));
    await user.click(await button('Start sync'));
    await user.click(await button('Show the failed ones'));
    await heading(/^Profiles that failed to sync/);
    expect(screen.queryByText('Getting started')).toBeNull();
  });

  it('waits where one left it, and does without the button', async () => {
    const { user } = integration({ stage: 'connected', patch: { button: '' } });
    await user.click(await button('I do not use the button'));
    await (await guide()).findByText('Next: import your clients');
    await user.click(await button('Profiles'));
    await user.click(await button('Settings'));
    expect(await steps()).toContain('4 Import clients, next');
    expect(await steps()).toContain('Button in Cliniko, not used');
  });

  it('says so once all is done, and not again', async () => {
    const { fake, user } = integration({ patch: { button: '' } });
    await (await guide()).findByText('Next: the button in Cliniko');
    fake.links.comesBack = false;
    await user.click(await button('Set up the button'));
    await user.click(await button('Test it'));
    await screen.findByText(/did not come back/);
    expect(fake.state.button).toBe('');
    fake.links.comesBack = true;
    await user.click(await button('Test it'));
    await screen.findByText(/^Everything is set up/);
    await user.click(await button('Profiles'));
    await user.click(await button('Settings'));
    await button('Sync patients');
    expect(screen.queryByText('Getting started')).toBeNull();
  });

  it('is not for those who may only look', async () => {
    const { fake } = integration({ stage: 'connected', patch: { button: '' } });
    if (fake.state.person) fake.state.person.permissions = ['pms_link'];
    fake.emit('state', fake.state);
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
    const { fake, user } = integration();
    fake.SyncDays = (begins) =>
      Promise.resolve(
        begins.map((_, i) => ({
          passes: i === 5 ? 7 : 2,
          broken: i === 5 ? 3 : 0,
          failing: i < 9 ? -1 : 60 - i,
        })),
      );
    const failing = fake.state.tally.failed;
    await screen.findByRole('img', {
      name: 'Syncs by day: 65 in the last 30 days, 3 of them did not finish.',
    });
    const most = Math.max(51, failing);
    const least = Math.min(32, failing);
    await screen.findByRole('img', {
      name: `Failing profiles by day: ${failing} now, between ${least} and ${most} in the last 30 days.`,
    });
    await user.click(await button('Day by day'));
    const rows = within(await screen.findByRole('table', { name: 'Last 30 days' })).getAllByRole(
      'row',
    );
    expect(rows).toHaveLength(31);
    expect(rows[1]).toHaveTextContent(`Today20${failing}`);
    expect(rows[25]).toHaveTextContent(/73not known$/);
  });

  it('are not there before the first sync', async () => {
    integration({ stage: 'connected' });
    await screen.findByText('Not synced yet', { selector: 'h3, h2, p' });
    expect(screen.queryByText('Last 30 days')).toBeNull();
  });
});

describe('failed profiles one by one', () => {
  const title = () => screen.findByRole('heading', { level: 1 });

  async function begin() {
    const started = integration();
    const { fake, user } = started;
    const all: FailureView[] = await fake.Failures();
    const group = all.filter(({ problems }) =>
      problems.some((each) => each.field === 'email' && each.kind === 'missing'),
    );
    await user.click(await button(/^No email/));
    await user.click(await button('Fix one by one'));
    await screen.findByText(`1 of ${group.length}`);
    /** Somebody writes in Cliniko what was missing. */
    const mend = (ref = '') => {
      const person = fake.people.find(({ id }) => id === ref);
      if (!person) throw new Error(`nobody is ${ref}`);
      const { firstName, lastName, born, sex } = person;
      Object.assign(
        person,
        judge({
          ...person,
          firstName: firstName || 'Alex',
          lastName: lastName || 'Baker',
          born: born || '1990-01-02',
          sex: sex || 'Female',
          email: 'alex@example.com',
        }),
      );
    };
    return { ...started, group, mend };
  }

  it('stay in the chosen group, by keys and by buttons, and lead back to it', async () => {
    const { user, group } = await begin();
    const { length } = group;
    screen.getByRole('group', { name: 'Profiles that failed to sync' });
    expect(screen.getByText(`1 of ${length}`).parentElement).toHaveTextContent(/^No email/);
    expect(absent('Previous failed profile')).toBeDisabled();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await screen.findByText(`2 of ${length}`);
    expect(await title()).toHaveFocus();
    await user.click(await button('Next failed profile'));
    await screen.findByText(`3 of ${length}`);
    expect(router.current).toMatchObject({ name: 'profile', id: group[2]?.id });
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await screen.findByText(`2 of ${length}`);
    await user.click(await button('Go back'));
    expect(await button(/^No email/)).toHaveAttribute('aria-pressed', 'true');
  });

  it('offer the next one once one is mended', async () => {
    const { user, group, mend } = await begin();
    const [first, second] = group;
    await user.click(await button('Check again'));
    await screen.findByText(/^Still not complete in Cliniko/);
    mend(first?.id);
    await user.click(await button('Check again'));
    const next = await screen.findByRole('button', { name: /^Next: / });
    await vi.waitFor(() => expect(next).toHaveFocus());
    screen.getByText(`${group.length - 1} more to go.`);
    await user.click(next);
    expect(router.current).toMatchObject({ id: second?.id });
    await screen.findByText(`1 of ${group.length - 1}`);
  });

  it('end when the last one is mended elsewhere', async () => {
    const { fake, user, group, mend } = await begin();
    for (const { id } of group) mend(id);
    fake.emit('profiles', {}); // a sync brought them all
    await screen.findByText('That was the last one.');
    await user.click(await button('Back to the list'));
    await heading(/^Profiles that failed to sync/);
  });
});
