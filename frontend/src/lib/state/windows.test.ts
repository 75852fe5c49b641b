import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { RowWindows, type Part } from './windows.svelte';

/** A list of numbers whose answers are let go one by one. */
function list(size: number) {
  const asked: { offset: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = [];
  let length = size;
  let shift = 0;
  const load = (offset: number, limit: number) =>
    new Promise<Part<number>>((resolve, reject) => {
      const settled = async () => {
        await Promise.resolve();
        await Promise.resolve();
        flushSync();
      };
      asked.push({
        offset,
        answer: () => {
          const rows = Array.from(
            { length: Math.max(0, Math.min(limit, length - offset)) },
            (_, index) => offset + index + shift,
          );
          resolve({ rows, total: length });
          return settled();
        },
        fail: () => {
          reject({ code: 'store_busy', message: 'Busy.' });
          return settled();
        },
      });
    });
  return {
    rows: new RowWindows(load),
    asked,
    offsets: () => asked.map((each) => each.offset),
    change: (to: { length?: number; shift?: number }) => {
      length = to.length ?? length;
      shift = to.shift ?? shift;
    },
  };
}

describe('RowWindows', () => {
  it('asks for the parts in view, each once', async () => {
    const { rows, asked, offsets } = list(5000);
    rows.show(0, 20);
    rows.show(3, 23);
    expect(offsets()).toEqual([0]);
    await asked[0]?.answer();
    expect(rows.total).toBe(5000);
    expect(rows.at(7)).toBe(7);
    rows.show(120, 125);
    expect(offsets()).toEqual([0, 100]);
    expect(rows.at(120)).toBeUndefined();
    await asked[1]?.answer();
    expect(rows.at(120)).toBe(120);
  });

  it('asks for what comes next before it is in view', async () => {
    const { rows, asked, offsets } = list(5000);
    rows.show(0, 20);
    await asked[0]?.answer();
    rows.show(15, 35);
    expect(offsets()).toEqual([0, 50]);
    rows.show(325, 335);
    expect(offsets()).toEqual([0, 50, 300, 350]);
  });

  it('keeps old rows in view until the new ones come', async () => {
    const { rows, asked, change } = list(500);
    rows.show(0, 20);
    await asked[0]?.answer();
    change({ shift: 1000 });
    rows.reload();
    expect(rows.at(0)).toBe(0);
    await asked[1]?.answer();
    expect(rows.at(0)).toBe(1000);
  });

  it('throws away answers to earlier questions', async () => {
    const { rows, asked, change } = list(500);
    rows.show(0, 20);
    rows.reload(true);
    change({ shift: 1000 });
    await asked[1]?.answer();
    change({ shift: 0 });
    await asked[0]?.answer();
    expect(rows.at(0)).toBe(1000);
  });

  it('drops far rows after a reload, so that none is out of date', async () => {
    const { rows, asked, change } = list(500);
    rows.show(0, 20);
    await asked[0]?.answer();
    rows.show(270, 275);
    await asked[1]?.answer();
    change({ shift: 7 });
    rows.reload();
    await asked[2]?.answer();
    expect(rows.at(0)).toBeUndefined();
    expect(rows.at(270)).toBe(277);
  });

  it('finds its way when the list becomes shorter than the view', async () => {
    const { rows, asked, change } = list(500);
    rows.show(0, 20);
    await asked[0]?.answer();
    rows.show(470, 475);
    await asked[1]?.answer();
    change({ length: 50 });
    rows.reload();
    await asked[2]?.answer();
    expect(rows.total).toBe(50);
    await asked[3]?.answer();
    expect(rows.at(49)).toBe(49);
  });

  it('says what went wrong and tries again on demand', async () => {
    const { rows, asked } = list(500);
    rows.show(0, 20);
    await asked[0]?.fail();
    expect(rows.problem?.code).toBe('store_busy');
    rows.reload();
    await asked[1]?.answer();
    expect(rows.problem).toBeNull();
    expect(rows.at(0)).toBe(0);
  });

  it('does not ask for all that somebody scrolls past in a hurry', () => {
    vi.useFakeTimers();
    const { rows, asked, offsets } = list(50_000);
    rows.show(0, 20);
    void asked[0]?.answer();
    for (let first = 1020; first < 40_000; first += 1000) {
      rows.show(first, first + 5);
      vi.advanceTimersByTime(16);
    }
    expect(offsets()).toEqual([0, 1000]);
    vi.advanceTimersByTime(200);
    expect(offsets()).toEqual([0, 1000, 39_000]);
    vi.advanceTimersByTime(300);
    rows.show(20_020, 20_025); // one leap, such as the End key, waits for nothing
    expect(offsets()).toEqual([0, 1000, 39_000, 20_000]);
    vi.useRealTimers();
  });

  it('keeps no more than some thousand rows', async () => {
    const load = vi.fn((offset: number, limit: number) =>
      Promise.resolve({ rows: Array.from({ length: limit }, (_, i) => offset + i), total: 50_000 }),
    );
    const rows = new RowWindows(load);
    for (let first = 0; first < 20_000; first += 40) {
      rows.show(first, first + 30);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(rows.at(0)).toBeUndefined();
    expect(rows.at(19_910)).toBe(19_910);
  });
});
