import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppState } from '$lib/api';
import { startGo } from '../../testing/go';
import { LOCKED, SIGNED_OUT } from '../../testing/samples';
import { followActivity, QUIET } from './activity';
import { App } from './app.svelte';

const press = () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
const move = () => window.dispatchEvent(new Event('pointermove'));

async function followed(patch?: Partial<AppState>) {
  const go = startGo(patch);
  go.Security.Lock.mockImplementation(async () => go.set(LOCKED));
  const told = go.Security.Active;
  const app = new App();
  await app.load();
  vi.useFakeTimers({ toFake: ['performance'] });
  const stop = followActivity(app);
  return {
    app,
    told,
    stop,
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('activity', () => {
  it('is told at most once in fifteen seconds', async () => {
    const { told, stop } = await followed();
    for (let i = 0; i < 50; i++) move();
    press();
    expect(told).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(QUIET - 1);
    press();
    expect(told).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1);
    press();
    expect(told).toHaveBeenCalledTimes(2);
    stop();
    vi.advanceTimersByTime(QUIET);
    press();
    expect(told).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['signed out', SIGNED_OUT],
    ['in the demo', { demo: true }],
  ])('is nobody’s while one is %s', async (_, patch) => {
    const { told, stop } = await followed(patch);
    press();
    move();
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('is not told while the window is locked', async () => {
    const { app, told, stop } = await followed();
    vi.useRealTimers();
    await app.lock();
    press();
    expect(app.face).toBe('locked');
    expect(told).not.toHaveBeenCalled();
    stop();
  });
});
