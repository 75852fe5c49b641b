import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppState } from '$lib/api';
import { startGo } from '../../testing/go';
import { refusal, SIGNED_OUT } from '../../testing/samples';
import { App } from './app.svelte';
import { followFocus } from './focus';

function start(patch?: Partial<AppState>) {
  const go = startGo(patch);
  const told = go.About.Focused;
  const app = new App();
  const stop = followFocus(app);
  return { go, told, app, stop };
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
    const { told, app, stop } = start();
    await app.load();
    happens();
    expect(told).toHaveBeenCalledOnce();
    stop();
    happens();
    expect(told).toHaveBeenCalledOnce();
  });

  it('is told while nobody is signed in too', async () => {
    const { told, app, stop } = start(SIGNED_OUT);
    await app.load();
    window.dispatchEvent(new Event('focus'));
    expect(told).toHaveBeenCalledOnce();
    stop();
  });

  it('is not told before Go has answered, while the data cannot be opened, or of a hidden page', async () => {
    const { go, told, app, stop } = start();
    window.dispatchEvent(new Event('focus'));
    go.set({ store: refusal('store_key_lost') });
    await app.load();
    window.dispatchEvent(new Event('focus'));
    go.set({ store: null });
    await app.load();
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('does not mind that Go is busy', async () => {
    const { go, app, stop } = start();
    await app.load();
    go.About.Focused.mockRejectedValue(refusal('cancelled'));
    window.dispatchEvent(new Event('focus'));
    await new Promise((resolve) => setTimeout(resolve));
    stop();
  });
});
