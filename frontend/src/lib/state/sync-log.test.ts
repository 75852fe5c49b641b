import { describe, expect, it } from 'vitest';
import type { PassView } from '$lib/api';
import { endOf, isCalm, syncLog } from './sync-log';

/** A sync that began so many minutes before midnight of somebody's day. */
function pass(minutes: number, rest: Partial<PassView> = {}): PassView {
  const at = new Date(new Date(2026, 10, 22).getTime() - minutes * 60_000).toISOString();
  return {
    kind: 'changes',
    startedAt: at,
    endedAt: at,
    read: 0,
    synced: 0,
    unchanged: 0,
    failed: 0,
    archived: 0,
    requests: 2,
    error: '',
    ...rest,
  };
}

/** How many syncs each line stands for. */
const shape = (passes: PassView[]) =>
  syncLog(passes).map(({ rows }) => rows.map((row) => ('pass' in row ? 1 : row.quiet.length)));

describe('the list of syncs', () => {
  it('makes one line of neighbours that brought nothing', () => {
    const passes = [1, 2, 3, 4, 5, 6].map((minutes) => pass(minutes));
    Object.assign(passes[2] ?? {}, { synced: 1, read: 1 });
    expect(shape(passes)).toEqual([[2, 1, 3]]);
    expect(shape([])).toEqual([]);
  });

  it('leaves a single one as it is', () => {
    expect(shape([pass(1), pass(2, { synced: 1 })])).toEqual([[1, 1]]);
  });

  it('begins anew with each day', () => {
    expect(shape([pass(-2), pass(-1), pass(1), pass(2)])).toEqual([[2], [2]]);
  });

  it('takes those who fail every time for no news, and one more for news', () => {
    const failing = (minutes: number, failed: number) => pass(minutes, { failed, read: failed });
    const full = pass(9, { kind: 'full', read: 100, failed: 3, synced: 97 });
    expect(shape([failing(1, 3), failing(2, 3), full])).toEqual([[2, 1]]);
    expect(shape([failing(1, 3), failing(2, 4), failing(3, 3), full])).toEqual([[1, 1, 1, 1]]);
    // The newest four are quiet: one of them is even better than before.
    const retry = pass(3, { kind: 'retry', failed: 1, read: 1 });
    expect(shape([failing(1, 2), failing(2, 3), retry, failing(4, 3), full])).toEqual([[4, 1]]);
  });

  it('never hides an archived one, a mended one, a full sync or trouble', () => {
    const archived = pass(2, { archived: 1, read: 1 });
    const mended = pass(3, { kind: 'retry', synced: 1, read: 1 });
    const full = pass(4, { kind: 'full' });
    const cut = pass(5, { error: 'offline' });
    const unended = pass(6, { endedAt: '' });
    expect(shape([pass(1), archived, mended, full, cut, unended, pass(7)])).toEqual([
      [1, 1, 1, 1, 1, 1, 1],
    ]);
  });

  it('says how each ended, and never with a code', () => {
    expect(endOf(pass(1), false)).toBe('Done');
    expect(endOf(pass(1, { error: 'timed_out' }), false)).toBe('Cliniko did not answer in time');
    expect(endOf(pass(1, { error: 'proxy_refused' }), false)).toBe('Trouble with the proxy');
    expect(endOf(pass(1, { error: 'proxy_sign_in' }), false)).toBe('The proxy wanted a sign-in');
    expect(endOf(pass(1, { error: 'clock_wrong' }), false)).toBe('This computer’s date was wrong');
    expect(endOf(pass(1, { error: 'tls_failed' }), false)).toBe('The connection was blocked');
    expect(endOf(pass(1, { error: 'certificate_untrusted' }), false)).toMatch(/^Certificate/);
    expect(endOf(pass(1, { error: 'answer_incomplete' }), false)).toBe('Trouble at Cliniko');
    expect(endOf(pass(1, { error: 'store_busy' }), false)).toMatch(/data on this computer/);
    expect(endOf(pass(1, { error: 'store_full' }), false)).toMatch(/disk/);
    expect(endOf(pass(1, { error: 'never_heard_of' }), false)).toBe('Did not finish');
    expect(endOf(pass(1, { error: 'mass_disappearance' }), false)).toMatch(/^Clients missing/);
    expect(endOf(pass(1, { endedAt: '' }), true)).toBe('Running now');
    expect(endOf(pass(1, { endedAt: '' }), false)).toBe('Cut off');
    const later = pass(1, { kind: 'full', endedAt: '', error: 'offline' });
    expect(endOf(later, false)).toBe('No connection, resumes later');
    expect(isCalm(later)).toBe(false);
    expect(isCalm(pass(1, { error: 'cancelled' }))).toBe(true);
  });
});
