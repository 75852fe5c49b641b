import { afterEach, describe, expect, it, vi } from 'vitest';
import { startFake } from '../../dev/test-go';
import { App } from './app.svelte';
import { followFocus } from './focus';

async function start(stage: 'imported' | 'signed-out' = 'imported') {
  const fake = startFake({ stage });
  const told = vi.spyOn(fake, 'Focused');
  const app = new App();
  const stop = followFocus(app);
  return { fake, told, app, stop };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the focus', () => {
  it.each([
    ['the window comes to the front', () => window.dispatchEvent(new Event('focus'))],
    ['the network is back', () => window.dispatchEvent(new Event('online'))],
    ['the page is seen', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('is told to Go when %s', async (_, happens) => {
    const { told, app, stop } = await start();
    await app.load();
    happens();
    expect(told).toHaveBeenCalledOnce();
    stop();
    happens();
    expect(told).toHaveBeenCalledOnce();
  });

  it('is told while nobody is signed in too', async () => {
    const { told, app, stop } = await start('signed-out');
    await app.load();
    window.dispatchEvent(new Event('focus'));
    expect(told).toHaveBeenCalledOnce();
    stop();
  });

  it('is not told before Go has answered, while the data cannot be opened, or of a hidden page', async () => {
    const { fake, told, app, stop } = await start();
    window.dispatchEvent(new Event('focus'));
    fake.state.store = { code: 'store_key_lost', message: 'Lost.', until: '' };
    await app.load();
    window.dispatchEvent(new Event('focus'));
    fake.state.store = null;
    await app.load();
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('does not mind that Go is busy', async () => {
    const { fake, app, stop } = await start();
    await app.load();
    fake.Focused = () => Promise.reject({ code: 'cancelled', message: 'Closing.' } as never);
    window.dispatchEvent(new Event('focus'));
    await new Promise((resolve) => setTimeout(resolve));
    stop();
  });
});
