import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ago } from '../format';
import { clock } from './clock.svelte';

const HERE = Date.parse('2026-03-02T12:00:00Z');
const DAY = 24 * 60 * 60_000;
const instant = (time: number) => new Date(time).toISOString();

beforeEach(() => {
  vi.useFakeTimers({ now: HERE });
});
afterEach(() => {
  vi.useRealTimers();
  clock.learn('');
});

describe('the time on the screen', () => {
  it.each([1, -1, 100, -100, 3650, -3650])(
    'is Cliniko’s where this computer is %i days off',
    (days) => {
      const clinic = HERE - days * DAY;
      clock.learn(instant(clinic));
      expect(clock.now).toBe(clinic);
      expect(clock.here).toBe(HERE);
      expect(ago(instant(clinic - 5 * 60_000), clock.now)).toBe('5 min ago');
      vi.advanceTimersByTime(3 * 60_000);
      expect(ago(instant(clinic - 5 * 60_000), clock.now)).toBe('8 min ago');
    },
  );

  it('does not jump with every answer', () => {
    clock.learn(instant(HERE - 20_000));
    expect(clock.now).toBe(HERE);
    clock.learn(instant(HERE + DAY));
    clock.learn(instant(HERE + DAY + 20_000));
    expect(clock.now).toBe(HERE + DAY);
    clock.learn(instant(HERE + 1000));
    expect(clock.now).toBe(HERE);
  });
});
