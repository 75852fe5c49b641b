import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { later, startGo } from './testing/go';
import { DANA, QUIET, refusal, SYNC } from './testing/samples';
import type { AppState, SyncedView } from './lib/api';

const button = () => screen.findByRole('button', { name: /^Sync · |^Syncing…$/ });
const footer = () => screen.findByRole('button', { name: /^Sync status/ });

function opened(patch: Partial<AppState> = {}) {
  const go = startGo(patch);
  render(App);
  return { go, user: userEvent.setup() };
}

describe('Sync', () => {
  it('is one button, which says how old the copy is and then what came', async () => {
    const { go, user } = opened({
      sync: { ...SYNC, lastSuccess: new Date(Date.now() - 5 * 60_000).toISOString() },
    });
    const answer = later<SyncedView>();
    go.Sync.Now.mockReturnValue(answer.promise);
    expect(await button()).toHaveTextContent(/^Sync · 5 min ago$/);
    await user.click(screen.getByText('· 5 min ago'));
    expect(go.Sync.Now).toHaveBeenCalledOnce();
    go.tell({ phase: 'changes' });
    await vi.waitFor(async () => expect(await button()).toHaveTextContent(/^Syncing…$/));
    await user.click(await button());
    expect(go.Sync.Now).toHaveBeenCalledOnce();

    go.tell({ phase: 'idle', lastSuccess: new Date().toISOString() });
    answer.answer({ ...QUIET, changed: 1, added: 0 });
    await vi.waitFor(async () =>
      expect(await button()).toHaveTextContent(/^Sync · 1 changed, 0 new$/),
    );
    expect(await footer()).toHaveTextContent('1 changed, 0 new');
  });

  it('that finds nothing says who still needs attention', async () => {
    const { go, user } = opened();
    go.Sync.Now.mockResolvedValue(QUIET);
    await user.click(await button());
    await vi.waitFor(async () => expect(await button()).toHaveTextContent(/^Sync · up to date$/));
    expect(await footer()).toHaveTextContent('Up to date. 4 still need attention.');
  });

  it('that another computer does is no failure', async () => {
    const { go, user } = opened({ shared: { since: new Date().toISOString(), problem: null } });
    const said = 'Another computer syncs this clinic for all of them.';
    go.Sync.Now.mockRejectedValueOnce(refusal('sync_running', said));
    await user.click(await button());
    expect(await screen.findByRole('alert')).toHaveTextContent(said);
    expect(screen.queryByText('Copy details')).toBeNull(); // as of an error
  });
});

describe('the footer of the sidebar', () => {
  it('says that the service synced last', async () => {
    const lastSuccess = new Date(Date.now() - 2 * 60_000).toISOString();
    const { go, user } = opened({ sync: { ...SYNC, lastSuccess, byService: true } });
    expect(await footer()).toHaveTextContent('Synced by the service, 2 min ago');
    expect(await footer()).toHaveAttribute('title', 'Synced by the service, 2 min ago');
    expect((await button()).title).toMatch(/^Synced by the service, .*[0-9]{4}/);
    await user.click(screen.getByRole('button', { name: 'Settings' }));
    await user.click(await screen.findByRole('button', { name: 'Software integration' }));
    await screen.findByText('2 min ago, by the service');
    go.tell({ byService: false });
    await screen.findByText('2 min ago');
    expect(await footer()).toHaveTextContent('Up to date');
  });

  it('leaves to Software integration why the service does not sync any more', async () => {
    const lost = 'The service does not sync any more. Run telehab service install again.';
    const { go, user } = opened({ service: refusal('keyring_missing', lost) });
    await user.click(await screen.findByRole('button', { name: 'Settings' }));
    await user.click(await screen.findByRole('button', { name: 'Software integration' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(lost);
    go.become({ service: null });
    await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('opens the recent syncs, for whoever may see them', async () => {
    const { go, user } = opened();
    await user.click(await footer());
    await screen.findByRole('heading', { name: 'All syncs' });
    go.become({ person: { ...DANA, permissions: ['practitioner'] } });
    await vi.waitFor(() =>
      expect(screen.queryByRole('button', { name: /^Sync status/ })).toBeNull(),
    );
    await screen.findByText('Up to date');
  });

  it('agrees with the count below the list', async () => {
    const { go } = opened();
    await screen.findByText('All 7 clients in Cliniko');
    go.tell({ phase: 'changes', background: true });
    await vi.waitFor(() => expect(screen.queryByText(/in Cliniko/)).toBeNull());
    go.tell({ phase: 'idle', background: false });
    await screen.findByText('All 7 clients in Cliniko');
    // An opened link brought somebody since Cliniko was asked for its count.
    go.counts.all = 8;
    go.emit('profiles', {});
    await vi.waitFor(() => expect(screen.queryByText(/in Cliniko/)).toBeNull());
    go.become({ tally: { ...go.state.tally, active: 8 } });
    await screen.findByText(/^7 clients in Cliniko when counted /);
  });
});
