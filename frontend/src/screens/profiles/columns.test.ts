import { expect, it } from 'vitest';
import { layout } from './columns';

/** What a window of this width, in pixels, leaves to the columns, in rem: less the sidebar, the margins and the boxes to tick. */
const ROOM = { 1200: 54.25, 1024: 43.25, 960: 39.25, 640: 26 };
const GAP = 0.75;

it.each([
  [1200, ['name', 'born', 'sex', 'email', 'phone', 'updated']],
  [1024, ['name', 'born', 'email', 'phone']],
  [960, ['name', 'born', 'email', 'phone']],
  [640, ['name', 'born']],
] as const)('in a window %d pixels wide', (width, shown) => {
  layout.fit(ROOM[width], GAP);
  expect(layout.shown.map(({ id }) => id)).toEqual(shown);
});

it('lets Sex go first, then Updated', () => {
  layout.fit(48, GAP);
  expect(layout.isShown('sex')).toBe(false);
  expect(layout.isShown('updated')).toBe(true);
});
