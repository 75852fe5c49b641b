import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { Permission } from './lib/api';
import { Importer } from './lib/state/importer.svelte';
import { startGo } from './testing/go';
import { CONNECTED, DANA, QUIET, refusal, SYNC } from './testing/samples';
import { importsAtOnce } from './testing/sync';

const banner = () => screen.findByText(/nothing new comes from it/);
const troubled = (code: string) => ({ sync: { ...SYNC, problem: refusal(code) } });

describe('a sync by itself', () => {
  it('shows in the sidebar and nowhere else', async () => {
    const go = startGo();
    render(App);
    const button = await screen.findByRole('button', { name: /^Sync · / });
    go.tell({ phase: 'changes', background: true });
    await screen.findByText('Syncing…');
    expect(button).not.toHaveAttribute('aria-disabled');
    expect(button).toHaveTextContent(/^Sync · just now$/);
    expect(screen.queryByRole('progressbar')).toBeNull();
    go.tell({ phase: 'idle', background: false });
    await screen.findByText('Up to date');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('leaves the list alone that waits for a person', async () => {
    const go = startGo(CONNECTED);
    importsAtOnce(go);
    const importer = new Importer();
    await importer.list();
    expect(importer.step(go.state.sync)).toBe('listed');
    go.tell({ phase: 'changes', background: true });
    expect(importer.step(go.state.sync)).toBe('listed');
  });

  it('says since when there is no network', async () => {
    const go = startGo();
    render(App);
    await screen.findByText('Up to date');
    go.tell({ offlineSince: new Date().toISOString() });
    await screen.findByText(/^Offline since /);
    go.tell({ offlineSince: '' });
    await screen.findByText('Up to date');
  });
});

it('takes a complaint back once a later pass went well', async () => {
  const go = startGo();
  go.Sync.Now.mockRejectedValue(refusal('offline'));
  render(App);
  await userEvent.setup().click(await screen.findByRole('button', { name: /^Sync · / }));
  await screen.findByRole('alert');
  go.tell({ problem: refusal('offline') });
  screen.getByRole('alert');
  go.tell({ problem: null });
  await vi.waitFor(() => {
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('trouble that needs a person', () => {
  it('is one quiet banner, with the next step for whoever may take it', async () => {
    const go = startGo();
    const user = userEvent.setup();
    render(App);
    await screen.findByText('Up to date');
    go.tell({ problem: refusal('key_refused') });
    const region = (await banner()).closest('[role=status]');
    expect(region).toHaveTextContent(/Last synced/);
    expect(region).not.toHaveTextContent(/Ask whoever/);
    expect(screen.queryByRole('alert')).toBeNull();
    await user.click(within(region as HTMLElement).getByRole('button', { name: 'Replace key' }));
    // There the page says it, beside the box for the new key.
    const notice = await screen.findByText('What Go says of key_refused.');
    expect(region).toBeEmptyDOMElement();
    go.tell({ problem: null });
    await vi.waitFor(() => expect(notice).not.toBeInTheDocument());
  });

  it.each<Permission[][]>([
    [['practitioner', 'practitioner.modify']],
    [['practitioner', 'pms_link']],
  ])('says whom to ask to somebody with %j', async (permissions) => {
    startGo({ ...troubled('key_forbidden'), person: { ...DANA, permissions } });
    render(App);
    const words = await screen.findByText(/Ask whoever looks after/);
    const region = words.closest('[role=status]') as HTMLElement;
    expect(within(region).queryByRole('button')).toBeNull();
  });

  it('is tried again where that may help, and is gone then', async () => {
    const go = startGo(troubled('store_full'));
    go.Sync.Now.mockImplementation(async () => {
      go.tell({ problem: null });
      return QUIET;
    });
    const user = userEvent.setup();
    render(App);
    await screen.findByText(/^What Go says of store_full\./);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(screen.queryByText(/^What Go says of store_full\./)).toBeNull());
    expect(go.Sync.Now).toHaveBeenCalledOnce();
  });

  it.each(['offline', 'cliniko_trouble', 'rate_limited'])('%s is none', async (code) => {
    startGo(troubled(code));
    render(App);
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(screen.queryByText(new RegExp(`What Go says of ${code}`))).toBeNull();
  });
});
