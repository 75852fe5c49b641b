import { describe, expect, it } from 'vitest';
import type { ErrorView, SyncedView, SyncStatus } from '$lib/api';
import { QUIET, STATE as base } from '../../testing/samples';
import { isAsked, isRunning, share, syncLine } from './sync-line';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SINCE = '2026-11-22T09:12:00Z';

const FRESH = { ...base.sync, lastSuccess: '2026-11-22T11:55:00Z' };

const line = (
  sync: Partial<SyncStatus>,
  rest: Partial<typeof base> = {},
  answer: SyncedView | null = null,
) => syncLine({ ...base, ...rest, sync: { ...FRESH, ...sync } }, { now: NOW, here: NOW }, answer);
const problem = (code: string, until = ''): ErrorView => ({ code, message: code, until, wait: 0 });

describe('the status line', () => {
  it.each([
    ['up to date', line({}), 'calm', /^Up to date$/, 'settings'],
    ['never synced', line({ lastSuccess: '' }), 'waiting', /^Not synced yet$/, 'sync'],
    ['no clinic', line({}, { clinic: null }), 'calm', /^No clinic connected$/, 'settings'],
    ['listing', line({ phase: 'listing' }), 'busy', /^Syncing…$/, 'sync'],
    ['storing', line({ phase: 'storing', done: 34, total: 100 }), 'busy', /^Syncing 34/, 'sync'],
    ['background', line({ phase: 'changes' }), 'busy', /^Syncing…$/, 'settings'],
    ['comparing', line({ phase: 'checking' }), 'busy', /^Checking/, 'settings'],
    [
      'listed, the first time',
      line({ phase: 'listed', lastSuccess: '' }),
      'waiting',
      /^Ready to start/,
      'sync',
    ],
    ['listed, and left', line({ phase: 'listed' }), 'calm', /^Up to date$/, 'settings'],
    ['cut off', line({ unfinished: true }), 'waiting', /not finished$/, 'sync'],
    ['offline', line({ offlineSince: SINCE }), 'offline', /^Offline since .*12/, 'settings'],
    [
      'out of reach',
      line({ offlineSince: SINCE, problem: problem('offline') }),
      'offline',
      /^Offline since .*12/,
      'settings',
    ],
    ['offline before', line({ problem: problem('offline') }), 'offline', /^Offline$/, 'settings'],
    ['late', line({ problem: problem('timed_out') }), 'waiting', /trying again$/, 'settings'],
    ['their fault', line({ problem: problem('cliniko_trouble') }), 'waiting', /again$/, 'settings'],
    ['no key', line({ problem: problem('not_connected') }), 'trouble', /^Key not/, 'settings'],
    [
      'everybody, by itself',
      line({ phase: 'storing', background: true }),
      'busy',
      /^Syncing…$/,
      'settings',
    ],
    ['refused', line({ problem: problem('key_refused') }), 'trouble', /^Key refused$/, 'settings'],
    ['role', line({ problem: problem('key_forbidden') }), 'trouble', /^Key refused$/, 'settings'],
    ['other', line({ problem: problem('store_full') }), 'trouble', /did not finish$/, 'settings'],
    ['cancelled', line({ problem: problem('cancelled') }), 'calm', /^Up to date$/, 'settings'],
    [
      'keyring',
      line({}, { keyring: problem('keyring_locked') }),
      'trouble',
      /^Keyring/,
      'settings',
    ],
  ])('%s', (_, got, mood, text, to) => {
    expect(got.mood).toBe(mood);
    expect(got.text).toMatch(text);
    expect(got.to.name).toBe(to);
  });

  it.each([
    ['connection_blocked', 'offline', 'Connection blocked'],
    ['tls_failed', 'offline', 'Connection blocked'],
    ['proxy_unreachable', 'offline', 'Trouble with the proxy'],
    ['proxy_refused', 'offline', 'Trouble with the proxy'],
    ['proxy_unreadable', 'trouble', 'Trouble with the proxy'],
    ['proxy_script', 'trouble', 'Trouble with the proxy'],
    ['proxy_sign_in', 'trouble', 'Proxy wants a sign-in'],
    ['certificate_untrusted', 'trouble', 'Certificate not trusted'],
    ['clock_wrong', 'trouble', 'This computer’s date is wrong'],
    ['login_page', 'offline', 'Network wants a sign-in'],
  ])('names what stands in the way: %s', (code, mood, text) => {
    expect(line({ problem: problem(code) })).toMatchObject({
      mood,
      text,
      to: { name: 'settings', section: 'integration' },
    });
  });

  it('says until when Cliniko asks us to wait, and only until then', () => {
    const waiting = { phase: 'storing' as const, done: 1, total: 2 };
    expect(line({ ...waiting, waitingUntil: '2026-11-22T12:01:00Z' })).toMatchObject({
      mood: 'waiting',
      text: expect.stringMatching(/^Cliniko asks us to wait, continuing at /) as string,
    });
    expect(line({ ...waiting, waitingUntil: '2026-11-22T11:59:00Z' }).mood).toBe('busy');
    const limited = problem('rate_limited', '2026-11-22T12:01:00Z');
    expect(line({ problem: limited }).mood).toBe('waiting');
  });

  it('says who is missing in Cliniko for as long as nobody has decided', () => {
    const gone = { problem: problem('mass_disappearance') };
    const asked = { tally: { ...base.tally, missing: 60 } };
    const question = { mood: 'trouble', text: '60 clients missing in Cliniko' };
    expect(line(gone, asked)).toMatchObject({ ...question, to: { section: 'integration' } });
    expect(line({}, asked)).toMatchObject(question); // after a restart
    expect(line(gone)).toMatchObject({ mood: 'calm', text: 'Up to date' }); // decided
  });

  it('opens the recent syncs where nothing else is the matter', () => {
    const recent = { name: 'settings', section: 'syncs' };
    expect(line({}).to).toEqual(recent);
    expect(line({ phase: 'changes', background: true }).to).toEqual(recent);
    expect(line({ offlineSince: SINCE }).to).toEqual(recent);
    expect(line({ problem: problem('key_refused') }).to).not.toEqual(recent);
  });

  it('is up to date for an hour, and then says when it was', () => {
    expect(line({ lastSuccess: '2026-11-22T11:00:00Z' }).text).toBe('Up to date');
    expect(line({ lastSuccess: '2026-11-22T10:59:59Z' })).toMatchObject({
      mood: 'waiting',
      text: 'Synced 1 hr ago',
    });
    const cancelled = { problem: problem('cancelled'), lastSuccess: '2026-11-20T12:00:00Z' };
    expect(line(cancelled).text).toBe('Synced 2 days ago');
  });

  it('says that the last sync was the service’s', () => {
    const byService = true;
    expect(line({ byService, lastSuccess: '2026-11-22T11:58:00Z' })).toMatchObject({
      mood: 'calm',
      text: 'Synced by the service, 2 min ago',
    });
    expect(line({ byService, lastSuccess: '2026-11-22T10:00:00Z' })).toMatchObject({
      mood: 'waiting',
      text: 'Synced by the service, 2 hr ago',
    });
    expect(line({ byService, problem: problem('offline') }).mood).toBe('offline');
  });

  it('says what a sync brought that somebody has asked for', () => {
    const failed = (count: number) => ({ tally: { ...base.tally, failed: count } });
    const said = (answer: SyncedView, count: number) => line({}, failed(count), answer).text;
    expect(said({ ...QUIET, changed: 1 }, 376)).toBe('1 changed, 0 new');
    expect(said(QUIET, 376)).toBe('Up to date. 376 still need attention.');
    expect(said(QUIET, 1)).toBe('Up to date. 1 still needs attention.');
    expect(said(QUIET, 0)).toBe('Up to date');
    // Trouble since then is what stands now.
    const trouble = { problem: problem('key_refused') };
    expect(line(trouble, failed(3), QUIET).text).toBe('Key refused');
  });

  it('shows what runs before what went wrong earlier', () => {
    expect(line({ phase: 'changes', problem: problem('offline') }).mood).toBe('busy');
  });
});

it('knows what runs and how far it is', () => {
  expect(isRunning({ ...base.sync, phase: 'listed' })).toBe(false);
  expect(isRunning({ ...base.sync, phase: 'checking' })).toBe(true);
  expect(isAsked({ ...base.sync, phase: 'changes' })).toBe(true);
  expect(isAsked({ ...base.sync, phase: 'changes', background: true })).toBe(false);
  expect(share({ ...base.sync, done: 5, total: 0 })).toBeNull();
  expect(share({ ...base.sync, done: 12, total: 10 })).toBe(1);
});
