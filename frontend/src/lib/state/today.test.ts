import { describe, expect, it } from 'vitest';
import { startGo } from '../../testing/go';
import { TODAY } from '../../testing/today';
import { Recents } from './recents';
import { Router } from './route.svelte';
import { Today, trendOf } from './today.svelte';

describe('the trend', () => {
  it.each([
    [[5, 4, 3], 2, [5, 4, 2]],
    [[-1, 6, -1, 5, 4], 4, [-1, 6, 6, 5, 4]],
    [[-1, -1], 0, [-1, 0]],
    [[], 7, []],
  ])('of %j and %i now', (days, now, want) => {
    expect(trendOf(days, now)).toEqual(want);
  });
});

it('tells the box over everything whom somebody opened before', async () => {
  startGo();
  const recents = new Recents();
  recents.opened('1');
  const today = new Today(recents);
  await today.look();
  expect(today.view).toEqual(TODAY);
  expect(recents.ids).toEqual(['1', ...TODAY.opened.map(({ id }) => id)]);
});

describe('where one begins', () => {
  it('moves whoever has been nowhere else, and nobody who is there', () => {
    const router = new Router();
    router.startAt({ name: 'today' }, true);
    expect(router.current).toEqual({ name: 'today' });
    router.startAt({ name: 'profiles' }, false);
    expect(router.current).toEqual({ name: 'today' });
    router.reset();
    expect(router.current).toEqual({ name: 'profiles' });
    router.reset({ name: 'sync' });
    router.startAt({ name: 'today' }, true);
    expect(router.current).toEqual({ name: 'sync' });
    router.back();
    expect(router.current).toEqual({ name: 'today' });
  });
});
