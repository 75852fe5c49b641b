import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGo } from '../../testing/go';
import { DANA, LOCKED, MEI } from '../../testing/samples';
import { App } from './app.svelte';
import { followRest, recallPlace, REST } from './rest';
import { router } from './route.svelte';

let stop: () => void = () => undefined;

/** A page that was locked while Mei was shown. */
async function locked() {
  const go = startGo();
  const app = new App();
  await app.load();
  app.follow();
  router.reset({ name: 'profile', id: MEI.id });
  go.become(LOCKED);
  const reload = vi.fn();
  stop = followRest(app, reload);
  return { go, app, reload };
}

const press = () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  document.body.replaceChildren();
  history.replaceState(null, '');
});

describe('the locked page', () => {
  it('is loaded anew once nobody has used it for a while', async () => {
    const { reload } = await locked();
    vi.advanceTimersByTime(REST - 1);
    press();
    vi.advanceTimersByTime(REST - 1);
    expect(reload).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('takes away nothing that is typed', async () => {
    const { reload } = await locked();
    const box = document.createElement('input');
    document.body.append(box);
    box.value = 'correct horse';
    vi.advanceTimersByTime(10 * REST);
    expect(reload).not.toHaveBeenCalled();
    box.value = '';
    vi.advanceTimersByTime(REST);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('comes back to the same place, for the same person alone', async () => {
    const { go } = await locked();
    const view = { profiles: { search: MEI.email, chosen: { filter: 'all' }, active: 3 } };
    router.bring(view);
    vi.advanceTimersByTime(REST);
    expect(JSON.stringify(history.state)).not.toContain(MEI.email);
    const [[kept = ''] = []] = go.Security.KeepView.mock.calls;
    expect(JSON.parse(kept)).toEqual(view);
    router.reset(); // the next page
    const next = new App();
    recallPlace(next);
    expect(history.state).toBeNull();
    await next.load();
    expect(next.face).toBe('locked');
    expect(router.view).toBeNull();
    next.take(go.set({ person: DANA, locked: null, view: kept }));
    expect(router.current).toEqual({ name: 'profile', id: MEI.id });
    expect(router.view).toEqual(view);
  });

  it('of a page that has shown nobody stays', async () => {
    startGo(LOCKED);
    const app = new App();
    await app.load();
    const reload = vi.fn();
    stop = followRest(app, reload);
    vi.advanceTimersByTime(10 * REST);
    expect(reload).not.toHaveBeenCalled();
  });
});
