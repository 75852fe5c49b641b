import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import type { AppState, ListingView } from './lib/api';
import { router, type Route } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';

const bar = () => screen.findByRole('region', { name: 'Demo clinic' });

/** Go leaves the demo for a computer on which nothing is set up, or this. */
function inDemo(after: Parameters<typeof startGo>[0] = sample.NEW) {
  const go = startGo({ demo: true });
  go.Clinics.LeaveDemo.mockImplementation(async () => {
    const generation = go.state.generation + 1;
    return go.set({ ...after, demo: false, generation, sync: { ...sample.SYNC, generation } });
  });
  return { go, user: userEvent.setup() };
}

describe('the demo', () => {
  it('says that a link of the clinic waits until it is left, and opens it then', async () => {
    const { go, user } = inDemo({});
    go.Links.Follow.mockResolvedValue(sample.NGOZI);
    go.Links.Take.mockResolvedValueOnce({ id: '' }); // at the start
    render(App);
    expect(await bar()).toHaveTextContent('Everybody here is made up.');
    await waitFor(() => {
      expect(go.About.State).toHaveBeenCalledTimes(2); // whether one waits on
    });
    go.Links.Take.mockResolvedValueOnce({ id: '' });
    go.arrive(sample.NGOZI.id);
    const waits = await within(await bar()).findByRole('status');
    expect(waits).toHaveTextContent(
      'A client from your Cliniko is waiting to open. Leave the demo to see the profile.',
    );
    await user.click(await screen.findByRole('button', { name: 'Leave demo' }));
    await screen.findByText('Opened from Cliniko');
  });

  it('says that it is one on every screen, with the ways out', async () => {
    const { go } = inDemo();
    go.Sync.List.mockReturnValue(later<ListingView>().promise);
    render(App);
    const routes: Route[] = [
      { name: 'today' },
      { name: 'profiles' },
      { name: 'attention' },
      { name: 'profile', id: sample.OLIVER.id },
      { name: 'sync' },
      ...(['integration', 'syncs', 'people', 'security', 'audit', 'about'] as const).map(
        (section) => ({ name: 'settings' as const, section }),
      ),
    ];
    for (const route of routes) {
      router.go(route);
      const ways = within(await bar()).getAllByRole('button');
      expect(ways.map(({ textContent }) => textContent.trim())).toEqual([
        'Leave demo',
        'Set up my clinic',
      ]);
    }
  });

  it('is left for where one came from', async () => {
    const { user } = inDemo();
    render(App);
    await user.click(within(await bar()).getByRole('button', { name: 'Leave demo' }));
    await screen.findByRole('heading', { name: 'Welcome to TeleHab' });
    expect(screen.queryByRole('region', { name: 'Demo clinic' })).toBeNull();
  });

  it('leads to the first step of setting up a clinic', async () => {
    const { user } = inDemo();
    render(App);
    await user.click(within(await bar()).getByRole('button', { name: 'Set up my clinic' }));
    await screen.findByRole('heading', { name: 'Create your TeleHab account' });
  });

  it('leads whoever has an account to the next one', async () => {
    const { user } = inDemo(sample.UNCONNECTED);
    render(App);
    await user.click(within(await bar()).getByRole('button', { name: 'Set up my clinic' }));
    await screen.findByRole('heading', { name: 'Set up Cliniko integration' });
  });

  it('says why it cannot be left, and stays', async () => {
    const { go, user } = inDemo();
    go.Clinics.LeaveDemo.mockRejectedValue(sample.refusal('internal', 'Try again.'));
    render(App);
    await user.click(within(await bar()).getByRole('button', { name: 'Leave demo' }));
    expect(await within(await bar()).findByText('Try again.')).toBeVisible();
  });
});

const making = () =>
  screen.queryByRole('progressbar', {
    name: 'Setting up the demo clinic, with a month of history',
  });

describe('a demo that is made', () => {
  it.each([
    ['the welcome screen', sample.NEW, 'Welcome to TeleHab'],
    ['Settings', sample.UNCONNECTED, 'Set up Cliniko integration'],
  ])('says how far it is on %s, where it was asked for', async (_, state, heading) => {
    const go = startGo(state);
    if (state !== sample.NEW) router.reset({ name: 'settings', section: 'integration' });
    go.Clinics.OpenDemo.mockReturnValue(later<AppState>().promise);
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('heading', { name: heading });
    await user.click(await screen.findByRole('button', { name: 'Try the demo clinic' }));
    expect(making()).toBeNull();
    go.emit('demo', 0.256);
    await waitFor(() => {
      expect(making()).toHaveAttribute('aria-valuenow', '25');
    });
    go.emit('demo', 1);
    await waitFor(() => {
      expect(making()).toBeNull();
    });
  });

  it('is said to be one when it has opened', async () => {
    const go = startGo(sample.NEW);
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('heading', { name: 'Welcome to TeleHab' });
    go.Clinics.OpenDemo.mockImplementation(async () => {
      const generation = go.state.generation + 1;
      return go.set({
        ...sample.STATE,
        demo: true,
        generation,
        sync: { ...sample.SYNC, generation },
      });
    });
    await user.click(await screen.findByRole('button', { name: 'Try the demo clinic' }));
    await waitFor(() => {
      expect(screen.getAllByRole('status').map((each) => each.textContent)).toContain(
        'This is the demo clinic',
      );
    });
  });

  it('says so while the window starts on it', async () => {
    const go = startGo();
    go.About.State.mockReturnValue(later<AppState>().promise);
    render(App);
    go.emit('demo', 0.5);
    await waitFor(() => {
      expect(making()).toHaveAttribute('aria-valuenow', '50');
    });
  });

  it('is shown though the window has given up waiting for it', async () => {
    const go = startGo({ demo: true });
    go.About.State.mockRejectedValueOnce(sample.refusal('timeout', 'TeleHab does not answer.'));
    render(App);
    await screen.findByText('TeleHab does not answer.');
    go.emit('demo', 1);
    await bar();
  });

  it('leaves no bar where it failed', async () => {
    const go = startGo(sample.NEW);
    const asked = later<AppState>();
    go.Clinics.OpenDemo.mockReturnValue(asked.promise);
    const user = userEvent.setup();
    render(App);
    await user.click(await screen.findByRole('button', { name: 'Try the demo clinic' }));
    go.emit('demo', 0.5);
    await waitFor(() => {
      expect(making()).toBeVisible();
    });
    asked.refuse(sample.refusal('internal', 'Try once more.'));
    await screen.findByText('Try once more.');
    expect(making()).toBeNull();
  });
});

describe('a clinic of one’s own', () => {
  it('has nothing of the demo', async () => {
    startGo();
    render(App);
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(screen.queryByText('Leave demo')).toBeNull();
    expect(screen.queryByText('Set up my clinic')).toBeNull();
  });
});
