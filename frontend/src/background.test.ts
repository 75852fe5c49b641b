import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { Permission } from './lib/api';
import { shownList, startFake } from './dev/test-go';
import type { FakeGo } from './dev/fake-go';
import { Importer } from './lib/state/importer.svelte';
import { router } from './lib/state/route.svelte';

const problem = (code: string) => ({ code, message: `What Go says of ${code}.`, until: '' });
const banner = () => screen.findByText(/nothing new comes from it/);

let asked: Promise<unknown>[] = [];

/** Go with few clients; a test ends when every answer has come, as the next one has another Go. */
function start(stage: 'connected' | 'imported' = 'imported') {
  const fake = startFake({ stage, count: 12 });
  const state = fake.State;
  fake.State = () => {
    const answer = state();
    asked.push(answer);
    return answer;
  };
  return fake;
}

/** Something runs, or ends, that nobody asked for. */
function byItself(fake: FakeGo, sync: Partial<FakeGo['state']['sync']>) {
  Object.assign(fake.state.sync, sync);
  fake.emit('sync', fake.state.sync);
}

afterEach(async () => {
  await Promise.all(asked);
  asked = [];
});

beforeEach(() => {
  router.reset();
});

describe('a sync by itself', () => {
  it('shows in the sidebar and nowhere else', async () => {
    const fake = start();
    render(App);
    const button = await screen.findByRole('button', { name: 'Sync with Cliniko now' });
    byItself(fake, { phase: 'changes', background: true });
    await screen.findByText('Syncing…');
    expect(button).not.toHaveAttribute('aria-disabled');
    expect(screen.queryByText('Syncing')).toBeNull();
    expect(screen.queryByRole('progressbar')).toBeNull();
    byItself(fake, { phase: 'idle', background: false });
    await screen.findByText('Up to date');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('leaves the list alone that waits for a person', async () => {
    const fake = start('connected');
    const importer = new Importer();
    await importer.list();
    expect(importer.step(fake.state.sync)).toBe('listed');
    byItself(fake, { phase: 'changes', background: true });
    expect(importer.step(fake.state.sync)).toBe('listed');
  });

  it('says since when there is no network', async () => {
    const fake = start();
    render(App);
    await screen.findByText('Up to date');
    byItself(fake, { offlineSince: new Date().toISOString() });
    await screen.findByText(/^Offline since /);
    byItself(fake, { offlineSince: '' });
    await screen.findByText('Up to date');
  });
});

it('takes a complaint back once a later pass went well', async () => {
  const fake = start();
  render(App);
  await screen.findByText('Up to date');
  shownList().syncProblem = problem('offline');
  await screen.findByRole('alert');
  byItself(fake, { problem: problem('offline') });
  screen.getByRole('alert');
  byItself(fake, { problem: null });
  await vi.waitFor(() => {
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('trouble that needs a person', () => {
  it('is one quiet banner, with the next step for whoever may take it', async () => {
    const fake = start();
    const user = userEvent.setup();
    render(App);
    await screen.findByText('Up to date');
    byItself(fake, { problem: problem('key_refused') });
    const region = (await banner()).closest('[role=status]');
    expect(region).toHaveTextContent(/Last synced/);
    expect(region).not.toHaveTextContent(/Ask whoever/);
    expect(screen.queryByRole('alert')).toBeNull();
    await user.click(within(region as HTMLElement).getByRole('button', { name: 'Replace key' }));
    // There the page says it, beside the box for the new key.
    const notice = await screen.findByText('What Go says of key_refused.');
    expect(region).toBeEmptyDOMElement();
    byItself(fake, { problem: null });
    await vi.waitFor(() => expect(notice).not.toBeInTheDocument());
  });

  it.each<Permission[][]>([
    [['practitioner', 'practitioner.modify']],
    [['practitioner', 'pms_link']],
  ])('says whom to ask to somebody with %j', async (permissions) => {
    const fake = start();
    if (fake.state.person) fake.state.person.permissions = permissions;
    fake.state.sync.problem = problem('key_forbidden');
    render(App);
    const words = await screen.findByText(/Ask whoever looks after/);
    const region = words.closest('[role=status]') as HTMLElement;
    expect(within(region).queryByRole('button')).toBeNull();
  });

  it('is tried again where that may help, and is gone then', async () => {
    const fake = start();
    const user = userEvent.setup();
    fake.state.sync.problem = problem('store_full');
    render(App);
    await screen.findByText(/^What Go says of store_full\./);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(screen.queryByText(/^What Go says of store_full\./)).toBeNull());
  });

  it.each(['offline', 'cliniko_trouble', 'rate_limited'])('%s is none', async (code) => {
    const fake = start();
    fake.state.sync.problem = problem(code);
    render(App);
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(screen.queryByText(new RegExp(`What Go says of ${code}`))).toBeNull();
  });
});
