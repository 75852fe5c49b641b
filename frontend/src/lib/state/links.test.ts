import { describe, expect, it, vi } from 'vitest';
import type { ProfileView } from '$lib/api';
import { startFake } from '../../dev/test-go';
import type { FakeGo } from '../../dev/fake-go';
import { App } from './app.svelte';
import { Links } from './links.svelte';
import { Router } from './route.svelte';

const NEWCOMER = '999000111';

async function start(options: Parameters<typeof startFake>[0] = {}) {
  const fake = startFake(options);
  fake.links.delay = 0;
  const app = new App();
  const router = new Router();
  const links = new Links(app, router);
  await app.load();
  app.follow();
  links.follow();
  return { fake, app, router, links };
}

const idOf = (fake: FakeGo, index: number) => fake.people[index]?.id ?? '';
const settled = (links: Links) => vi.waitFor(() => expect(links.arrival?.refreshing).toBe(false));

/** A turn of the event loop: what an answer does, it has done. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Holds each answer of a call back until it is let go by the id it was asked for. */
function heldBack<Answer>(call: (id: string) => Promise<Answer>) {
  const gates = new Map<string, () => void>();
  const calls = new Map<string, Promise<Answer>>();
  return {
    call: (id: string) => {
      const gate = new Promise<void>((resolve) => gates.set(id, resolve));
      const answer = gate.then(() => call(id));
      calls.set(id, answer);
      return answer;
    },
    /** Lets the call go on, and returns what it answers. */
    release: (id: string) => {
      gates.get(id)?.();
      return calls.get(id);
    },
  };
}

describe('a link', () => {
  it('opens the stored profile at once, and refreshes it', async () => {
    const { fake, router, links } = await start();
    const id = idOf(fake, 3);
    const follow = heldBack(fake.FollowLink);
    fake.FollowLink = follow.call;
    fake.arrive(id);
    await vi.waitFor(() => expect(router.current).toEqual({ name: 'profile', id }));
    expect(links.arrival?.view?.id).toBe(id);
    expect(links.arrival?.refreshing).toBe(true);
    const before = links.arrival?.view?.syncedAt;
    void follow.release(id);
    await settled(links);
    expect(links.arrival?.view?.syncedAt).not.toBe(before);
  });

  it('brings somebody who was not stored', async () => {
    const { fake, links } = await start();
    fake.links.delay = 100;
    fake.arrive(NEWCOMER);
    await vi.waitFor(() => expect(links.arrival?.missing?.code).toBe('not_found'));
    await vi.waitFor(() => expect(links.arrival?.view?.id).toBe(NEWCOMER));
    expect(links.arrival?.missing).toBeNull();
  });

  it.each(['not_found', 'key_refused', 'offline', 'rate_limited'])(
    'keeps what is stored when following it ends in %s',
    async (code) => {
      const { fake, links } = await start();
      fake.links.trouble = code;
      fake.arrive(idOf(fake, 3));
      await vi.waitFor(() => expect(links.arrival?.stale?.code).toBe(code));
      expect(links.arrival?.view?.id).toBe(idOf(fake, 3));
      // A sync that brings the profile says more than the refresh that failed.
      const person = fake.people[3] as ProfileView;
      person.syncedAt = new Date(Date.now() + 1000).toISOString();
      await links.arrival?.load();
      expect(links.arrival?.stale).toBeNull();
    },
  );

  it('beyond the ration is refreshed when a person asks for it', async () => {
    const { fake, links } = await start();
    fake.links.trouble = 'rate_limited';
    fake.arrive(idOf(fake, 3));
    await vi.waitFor(() => expect(links.arrival?.stale?.code).toBe('rate_limited'));
    await links.arrival?.refresh();
    expect(links.arrival?.stale).toBeNull();
  });

  it('of a merged client ends at the survivor and says so', async () => {
    const { fake, links } = await start({ count: 2000 });
    const merged = fake.people.find((person) => person.state === 'merged') as ProfileView;
    fake.arrive(merged.id);
    await vi.waitFor(() => expect(links.arrival?.id).toBe(merged.mergedInto));
    expect(links.arrival?.mergedFrom).toBe(merged.id);
    // The profile list changes later: the news does not go.
    await links.arrival?.load();
    expect(links.arrival?.mergedFrom).toBe(merged.id);
    expect(links.at(merged.id)).toBe(links.at(merged.mergedInto));
  });
});

describe('two links', () => {
  it('the last one wins, whichever answers first', async () => {
    const { fake, router, links } = await start();
    const [first, second] = [idOf(fake, 3), idOf(fake, 4)];
    const follow = heldBack(fake.FollowLink);
    fake.FollowLink = follow.call;
    const stored = heldBack(fake.Profile);
    fake.Profile = stored.call;
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
    const { fake, router, links } = await start();
    const follow = heldBack(fake.FollowLink);
    fake.FollowLink = vi.fn(follow.call);
    const id = idOf(fake, 3);
    fake.arrive(id);
    await vi.waitFor(() => expect(router.current.name).toBe('profile'));
    const { arrival } = links;
    const taken = vi.spyOn(fake, 'TakeLink');
    fake.arrive(id);
    await vi.waitFor(() => expect(taken).toHaveResolved());
    await turn();
    expect(links.arrival).toBe(arrival); // the screen stays as it is
    expect(fake.FollowLink).toHaveBeenCalledOnce();
  });

  it('that come while one is taken cost one call more, not one each', async () => {
    const { fake, router } = await start();
    const taken = vi.spyOn(fake, 'TakeLink');
    for (let index = 0; index < 100; index++) fake.arrive(idOf(fake, index));
    const id = idOf(fake, 99);
    await vi.waitFor(() => expect(router.current).toEqual({ name: 'profile', id }));
    expect(taken.mock.calls.length).toBeLessThan(5);
  });
});

describe('while nobody is signed in', () => {
  it('waits, and is taken after the sign-in', async () => {
    const { fake, app, router, links } = await start({ stage: 'signed-out' });
    const taken = vi.spyOn(fake, 'TakeLink');
    fake.arrive(NEWCOMER);
    await vi.waitFor(() => expect(app.state?.linkWaiting).toBe(true));
    expect(taken).not.toHaveBeenCalled();
    app.enter(await fake.SignIn('dana@example.com', 'correct horse battery'));
    const taking = links.take();
    expect(links.pending).toBe(true);
    await taking;
    expect(router.current).toEqual({ name: 'profile', id: NEWCOMER });
    expect(app.state?.linkWaiting).toBe(false);
    expect(links.pending).toBe(false);
  });

  it('goes on waiting for a person without the permission', async () => {
    const { fake, app, router, links } = await start();
    if (fake.state.person) fake.state.person.permissions = ['pms_link'];
    await app.load();
    router.go({ name: 'sync' });
    await links.take();
    expect(router.current.name).toBe('sync'); // no link, no move
    fake.arrive(NEWCOMER);
    expect(router.current.name).toBe('profiles'); // which says what is missing
    expect(fake.links.waiting).toBe(NEWCOMER);
  });

  it('shows nothing that was asked for before the person changed', async () => {
    const { fake, router, links } = await start();
    const stored = heldBack(fake.Profile);
    fake.Profile = stored.call;
    const opening = links.open(idOf(fake, 3), 'link');
    links.close();
    void stored.release(idOf(fake, 3));
    await opening;
    expect(links.arrival).toBeNull();
    expect(router.current.name).toBe('profiles');
  });
});
