import { afterEach, describe, expect, it, vi } from 'vitest';
import { startFake } from '../../dev/test-go';
import { followActivity, QUIET } from './activity';
import { App } from './app.svelte';

const press = () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
const move = () => window.dispatchEvent(new Event('pointermove'));

async function followed(options?: Parameters<typeof startFake>[0]) {
  const fake = startFake(options);
  const told = vi.spyOn(fake, 'Active');
  const app = new App();
  await app.load();
  vi.useFakeTimers({ toFake: ['performance'] });
  const stop = followActivity(app);
  return {
    app,
    fake,
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
    ['signed out', { stage: 'signed-out' as const }],
    ['in the demo', { patch: { demo: true } }],
  ])('is nobody’s while one is %s', async (_, options) => {
    const { told, stop } = await followed(options);
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
