import { describe, expect, it } from 'vitest';
import { keep } from '$lib/state/kept';
import { Layout } from './layout.svelte';

const SPECS = [
  { id: 'name', least: 8, share: 2, spare: 0 },
  { id: 'born', least: 6, width: 7, spare: 1 },
  { id: 'email', least: 7, share: 1, spare: 2 },
  { id: 'phone', least: 6, width: 7, spare: 1 },
] as const;
type Id = (typeof SPECS)[number]['id'];
const make = () => new Layout<Id>('test', SPECS);
const ids = (layout: Layout<Id>) => layout.shown.map(({ id }) => id);

describe('Layout', () => {
  it('remembers what was hidden and how wide the columns are', () => {
    const layout = make();
    expect(layout.changed).toBe(false);
    layout.toggle('born');
    layout.resize('phone', 9.5, {});
    const again = make();
    expect(ids(again)).toEqual(['name', 'email', 'phone']);
    expect(again.tracks[2]).toBe('minmax(6rem, 9.5rem)');
    again.reset();
    expect(make().changed).toBe(false);
  });

  it('takes nothing over that makes no sense', () => {
    for (const kept of [7, 'x', { hidden: 7, widths: { born: 'x', phone: 1, email: 1e9 } }]) {
      keep('test', kept);
      expect(make().changed).toBe(false);
    }
    keep('test', { hidden: ['name', 'nobody'] });
    expect(ids(make())).toContain('name');
  });

  it('leaves out what has no room, and shows it again', () => {
    const layout = make();
    layout.fit(24, 1);
    expect(ids(layout)).toEqual(['name', 'born', 'phone']);
    expect(layout.wanted('email')).toBe(true);
    expect(layout.isShown('email')).toBe(false);
    layout.fit(5, 1);
    expect(ids(layout)).toEqual(['name']);
    layout.fit(30, 1);
    expect(ids(layout)).toHaveLength(4);
  });

  it('keeps the columns before the one that is resized where they are', () => {
    const layout = make();
    layout.resize('born', 9, { name: 20, born: 7, email: 10, phone: 7 });
    expect(layout.tracks).toEqual([
      'minmax(8rem, 20rem)',
      'minmax(6rem, 9rem)',
      'minmax(7rem, 1fr)',
      'minmax(6rem, 7rem)',
    ]);
    layout.resize('born', 1, {});
    expect(layout.tracks[1]).toBe('minmax(6rem, 6rem)'); // no narrower than it may be
    layout.resize('born', null, {});
    expect(layout.tracks[1]).toBe('minmax(6rem, 7rem)');
  });

  it('always has a column that takes what is left', () => {
    const layout = make();
    layout.resize('email', 12, { name: 20 });
    expect(layout.tracks.at(-1)).toBe('minmax(6rem, 1fr)');
  });
});
