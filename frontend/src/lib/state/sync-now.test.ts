import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGo } from '../../testing/go';
import { QUIET, refusal } from '../../testing/samples';
import { app } from './app.svelte';
import { SyncNow } from './sync-now.svelte';

function given() {
  const go = startGo();
  app.take(go.state);
  const said: string[] = [];
  const sync = new SyncNow((text) => said.push(text));
  return { go, sync, said };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a sync that somebody asks for', () => {
  it('says what it brought', async () => {
    const { go, sync, said } = given();
    go.Sync.Now.mockResolvedValue({ ...QUIET, changed: 1200, added: 2 });
    await sync.run();
    expect(sync.answer).toMatchObject({ changed: 1200, added: 2 });
    go.Sync.Now.mockResolvedValue(QUIET);
    await sync.run();
    expect(said).toEqual(['1,200 changed, 2 new', 'Up to date. 4 still need attention.']);
  });

  it('says so for a minute', async () => {
    vi.useFakeTimers();
    const { go, sync } = given();
    go.Sync.Now.mockResolvedValue(QUIET);
    await sync.run();
    vi.advanceTimersByTime(59_000);
    expect(sync.answer).not.toBeNull();
    vi.advanceTimersByTime(2_000);
    expect(sync.answer).toBeNull();
  });

  it('says so no longer once the clock is set back', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-30T09:00:00Z') });
    const { go, sync } = given();
    go.Sync.Now.mockResolvedValue(QUIET);
    await sync.run();
    expect(sync.answer).not.toBeNull();
    vi.setSystemTime(new Date('2026-11-29T09:00:00Z'));
    vi.advanceTimersByTime(2_000);
    expect(sync.answer).toBeNull();
  });

  it.each(['sync_running', 'cancelled', 'key_refused'])('is silent about %s', async (code) => {
    const { go, sync } = given();
    go.Sync.Now.mockRejectedValue(refusal(code));
    await sync.run();
    expect(sync.problem).toBeNull();
    expect(sync.answer).toBeNull();
  });

  it('keeps its complaint until a later pass went well', async () => {
    const { go, sync } = given();
    const stop = sync.follow();
    go.Sync.Now.mockRejectedValue(refusal('offline'));
    await sync.run();
    expect(sync.problem?.code).toBe('offline');
    go.tell({ problem: refusal('offline') });
    expect(sync.problem?.code).toBe('offline');
    go.tell({ problem: null });
    expect(sync.problem).toBeNull();
    stop();
  });
});
