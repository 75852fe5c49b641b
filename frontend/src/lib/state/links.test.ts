import { describe, expect, it, vi } from 'vitest';
import type { AppState } from '$lib/api';
import { later, startGo } from '../../testing/go';
import { DANA, MEI, NGOZI, NOAH, refusal, ROBIN, SIGNED_OUT } from '../../testing/samples';
import { App } from './app.svelte';
import { Links } from './links.svelte';
import { Router } from './route.svelte';

/** Whoever a link names is Robin, who is not on this computer yet. */
async function start(patch?: Partial<AppState>) {
  const go = startGo(patch);
  go.Links.Follow.mockResolvedValue(ROBIN);
  const app = new App();
  const router = new Router();
  const links = new Links(app, router);
  await app.load();
  app.follow();
  links.follow();
  return { go, app, router, links };
}

/** When Mei was synced, and when she has been once more. */
const BEFORE = '2026-11-03T09:12:00Z';
const AFTER = '2026-11-03T09:20:00Z';

const settled = (links: Links) => vi.waitFor(() => expect(links.arrival?.refreshing).toBe(false));

/** A turn of the event loop: what an answer does, it has done. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Holds each answer of a call back until it is let go by the id it was asked for. */
function heldBack<Answer>(...answers: (readonly [id: string, answer: Answer])[]) {
  const held = new Map(answers.map(([id, answer]) => [id, { ...later<Answer>(), value: answer }]));
  const of = (id: string) => {
    const each = held.get(id);
    if (!each) throw new Error(`nobody is ${id}`);
    return each;
  };
  return {
    call: (id: string) => of(id).promise,
    /** Lets the call continue, and returns what it answers. */
    release: (id: string) => {
      of(id).answer(of(id).value);
      return of(id).promise;
    },
  };
}

describe('a link', () => {
  it('opens the stored profile at once, and refreshes it', async () => {
    const { go, router, links } = await start();
    const { id } = MEI;
    const follow = heldBack([id, { ...MEI, syncedAt: AFTER }]);
    go.Links.Follow.mockImplementation(follow.call);
    go.arrive(id);
    await vi.waitFor(() => expect(router.current).toEqual({ name: 'profile', id }));
    expect(links.arrival?.view?.id).toBe(id);
    expect(links.arrival?.refreshing).toBe(true);
    expect(links.arrival?.view?.syncedAt).toBe(BEFORE);
    void follow.release(id);
    await settled(links);
    expect(links.arrival?.view?.syncedAt).toBe(AFTER);
  });

  it('brings somebody who was not stored', async () => {
    const { go, links } = await start();
    const follow = heldBack([ROBIN.id, ROBIN]);
    go.Links.Follow.mockImplementation(follow.call);
    go.arrive(ROBIN.id);
    await vi.waitFor(() => expect(links.arrival?.missing?.code).toBe('not_found'));
    void follow.release(ROBIN.id);
    await vi.waitFor(() => expect(links.arrival?.view?.id).toBe(ROBIN.id));
    expect(links.arrival?.missing).toBeNull();
  });

  it.each(['not_found', 'key_refused', 'offline', 'rate_limited'])(
    'keeps what is stored when following it ends in %s',
    async (code) => {
      const { go, links } = await start();
      go.Links.Follow.mockRejectedValue(refusal(code));
      go.arrive(MEI.id);
      await vi.waitFor(() => expect(links.arrival?.stale?.code).toBe(code));
      expect(links.arrival?.view?.id).toBe(MEI.id);
      // A sync that brings the profile says more than the refresh that failed.
      go.Profiles.Get.mockResolvedValue({ ...MEI, syncedAt: AFTER });
      await links.arrival?.load();
      expect(links.arrival?.stale).toBeNull();
    },
  );

  it('beyond the ration is refreshed when a person asks for it', async () => {
    const { go, links } = await start();
    go.Links.Follow.mockRejectedValue(refusal('rate_limited'));
    go.Profiles.Refresh.mockResolvedValue(MEI);
    go.arrive(MEI.id);
    await vi.waitFor(() => expect(links.arrival?.stale?.code).toBe('rate_limited'));
    await links.arrival?.refresh();
    expect(links.arrival?.stale).toBeNull();
    expect(go.Profiles.Refresh.mock.calls).toEqual([[MEI.id]]);
    expect(go.Links.Follow).toHaveBeenCalledOnce();
  });

  it('of a merged client ends at the survivor and says so', async () => {
    const { go, links } = await start();
    go.Links.Follow.mockResolvedValue({ ...NGOZI, mergedFrom: NOAH.id });
    go.arrive(NOAH.id);
    await vi.waitFor(() => expect(links.arrival?.id).toBe(NGOZI.id));
    expect(links.arrival?.mergedFrom).toBe(NOAH.id);
    // The profile list changes later: the news does not go.
    await links.arrival?.load();
    expect(links.arrival?.mergedFrom).toBe(NOAH.id);
    expect(links.at(NOAH.id)).toBe(links.at(NGOZI.id));
  });
});

describe('two links', () => {
  it('the last one wins, whichever answers first', async () => {
    const { go, router, links } = await start();
    const [first, second] = [NGOZI.id, MEI.id];
    const follow = heldBack([first, NGOZI], [second, MEI]);
    go.Links.Follow.mockImplementation(follow.call);
    const stored = heldBack([first, NGOZI], [second, MEI]);
    go.Profiles.Get.mockImplementation(stored.call);
    const opened = [links.open(first, 'link'), links.open(second, 'link')];
    void stored.release(second);
    await vi.waitFor(() => expect(links.arrival?.view?.id).toBe(second));
    await stored.release(first);
    await follow.release(first);
    await Promise.all(opened);
    await turn();
    expect(router.current).toEqual({ name: 'profile', id: second });
    expect(links.arrival?.view?.id).toBe(second);
    router.back();
    expect(router.current.name).toBe('profiles'); // the first was never on the screen
  });

  it('of the same client cost one refresh while it runs', async () => {
    const { go, router, links } = await start();
    const { id } = MEI;
    go.Links.Follow.mockImplementation(heldBack([id, MEI]).call);
    go.arrive(id);
    await vi.waitFor(() => expect(router.current.name).toBe('profile'));
    const { arrival } = links;
    go.Links.Take.mockClear();
    go.arrive(id);
    await vi.waitFor(() => expect(go.Links.Take).toHaveResolved());
    await turn();
    expect(links.arrival).toBe(arrival); // the screen stays as it is
    expect(go.Links.Follow).toHaveBeenCalledOnce();
  });

  it('that come while one is taken cost one call more, not one each', async () => {
    const { go, router } = await start();
    const { id } = MEI;
    go.Links.Follow.mockImplementation(async (asked) => ({ ...MEI, id: asked }));
    for (let index = 1; index < 100; index++) go.arrive(String(index));
    go.arrive(id);
    await vi.waitFor(() => expect(router.current).toEqual({ name: 'profile', id }));
    expect(go.Links.Take.mock.calls.length).toBeLessThan(5);
  });
});

describe('while nobody is signed in', () => {
  it('waits, and is taken after the sign-in', async () => {
    const { go, app, router, links } = await start(SIGNED_OUT);
    go.arrive(ROBIN.id);
    await vi.waitFor(() => expect(app.state?.linkWaiting).toBe(true));
    expect(go.Links.Take).not.toHaveBeenCalled();
    app.enter(structuredClone(go.set({ person: DANA })));
    const taking = links.take();
    expect(links.pending).toBe(true);
    await taking;
    expect(router.current).toEqual({ name: 'profile', id: ROBIN.id });
    expect(app.state?.linkWaiting).toBe(false);
    expect(links.pending).toBe(false);
  });

  it('continues waiting for a person without the permission', async () => {
    const { go, router, links } = await start({ person: { ...DANA, permissions: ['pms_link'] } });
    router.go({ name: 'sync' });
    await links.take();
    expect(router.current.name).toBe('sync'); // no link, no move
    go.arrive(ROBIN.id);
    expect(router.current.name).toBe('profiles'); // which says what is missing
    expect(go.Links.Take).not.toHaveBeenCalled();
  });

  it('shows nothing that was asked for before the person changed', async () => {
    const { go, router, links } = await start();
    const stored = heldBack([MEI.id, MEI]);
    go.Profiles.Get.mockImplementation(stored.call);
    const opening = links.open(MEI.id, 'link');
    links.close();
    void stored.release(MEI.id);
    await opening;
    expect(links.arrival).toBeNull();
    expect(router.current.name).toBe('profiles');
  });
});
