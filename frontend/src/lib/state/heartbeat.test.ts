import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppState } from '$lib/api';
import { later, startGo } from '../../testing/go';
import { LOCKED } from '../../testing/samples';
import { App } from './app.svelte';
import { BEAT, followHeartbeat, SILENCE } from './heartbeat';

let stop: () => void = () => undefined;

async function watched(patch?: Partial<AppState>) {
  const go = startGo(patch);
  const app = new App();
  await app.load();
  const stops = [app.follow(), followHeartbeat(app)];
  stop = () => {
    for (const each of stops) each();
  };
  return { go, app };
}

const beats = (count: number) => vi.advanceTimersByTimeAsync(count * BEAT);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('the page', () => {
  it('hides whoever is shown when Go does not answer, and shows them when it does', async () => {
    const { go, app } = await watched();
    await beats(2 * SILENCE);
    expect(app.face).toBe('inside');
    const owner = app.owner;

    go.Security.Heartbeat.mockReturnValue(later<number>().promise);
    go.About.State.mockReturnValue(later<AppState>().promise);
    await beats(SILENCE);
    expect(app.face).toBe('inside'); // a slow computer hides nobody
    await beats(1);
    expect(app.face).toBe('broken');
    expect(app.problem?.code).toBe('timed_out');
    expect(app.owner).not.toBe(owner); // nothing of the screen is kept

    go.About.State.mockImplementation(() => Promise.resolve(go.state));
    go.Security.Heartbeat.mockImplementation(() => Promise.resolve(go.state.session));
    await beats(6);
    expect(app.face).toBe('inside');
  });

  it('hides whoever is shown within a beat when the event of the lock is lost', async () => {
    const { go, app } = await watched();
    go.set(LOCKED); // the page is not told
    go.About.State.mockReturnValue(later<AppState>().promise); // the store does not answer
    await beats(1);
    expect(app.face).toBe('starting');
    go.About.State.mockImplementation(() => Promise.resolve(go.state));
    await app.load();
    expect(app.face).toBe('locked');
  });

  it('locks at once by the event alone, and takes no late state of that session', async () => {
    const { go, app } = await watched();
    const before = structuredClone(go.state);
    go.About.State.mockReturnValue(later<AppState>().promise);
    go.emit('lock', go.state.session);
    expect(app.face).toBe('locked');
    expect(app.state?.locked).toEqual({ id: '1', name: 'Dana Smith', pin: false });
    expect(app.state?.managers).toEqual([]);
    expect(app.state?.clinic?.ownerName).toBe('');
    go.emit('state', before); // of a pass that ended in that moment
    expect(app.face).toBe('locked');
    go.become({ person: before.person, locked: null }); // the password was given
    expect(app.face).toBe('inside');
  });

  it('stays locked when Go fails to lock, and asks until it has', async () => {
    const { go, app } = await watched();
    go.Security.Lock.mockRejectedValue(new Error('the store is busy'));
    await app.lock();
    expect(app.face).toBe('locked');
    const tries = go.Security.Lock.mock.calls.length;
    await beats(2);
    expect(go.Security.Lock.mock.calls.length).toBeGreaterThan(tries);
    go.Security.Lock.mockImplementation(async () => go.set(LOCKED));
    await beats(2);
    const done = go.Security.Lock.mock.calls.length;
    await beats(5);
    expect(go.Security.Lock).toHaveBeenCalledTimes(done);
    expect(app.face).toBe('locked');
  });

  it('shows nobody while it signs out, nor when that fails', async () => {
    const { go, app } = await watched();
    const answer = later<AppState>();
    go.People.SignOut.mockReturnValue(answer.promise);
    const leaving = app.signOut();
    expect(app.face).toBe('starting');
    answer.refuse(new Error('the store is busy'));
    await leaving;
    expect(app.face).toBe('locked');
  });

  it('asks nothing while nobody is signed in', async () => {
    const { go, app } = await watched(LOCKED);
    expect(app.face).toBe('locked');
    await beats(5);
    expect(go.Security.Heartbeat).not.toHaveBeenCalled();
  });
});
