import { describe, expect, it } from 'vitest';
import { ago, calendarDate, dayTime, percent, timeLeft } from '.';
import { t } from '../i18n';
import { isolated } from '../i18n/isolate';
import { highlight } from './highlight';
import { localeFor } from './locale';
import { fullName, initials, spoken } from './person';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const before = (ms: number) => new Date(NOW - ms).toISOString();
const MINUTE = 60_000;

describe('ago', () => {
  it.each([
    [10_000, /^just now$/],
    [50_000, /^1 min/],
    [3 * MINUTE, /^3 min/],
    [59 * MINUTE, /^59 min/],
    [150 * MINUTE, /^2 (h|hr|hrs)\.? ago$/],
    [25 * 60 * MINUTE, /^yesterday$/],
    [3 * 24 * 60 * MINUTE, /^3 days ago$/],
    [30 * 24 * 60 * MINUTE, /2026/],
  ])('%i ms', (past, words) => {
    expect(ago(before(past), NOW)).toMatch(words);
  });

  /** At this time of a day of November 2026 where the test runs. */
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();

  it.each([
    [at(22, 9), at(21, 8), /^yesterday$/],
    [at(22, 9), at(20, 22), /^2 days ago$/], // 35 hours, but not yesterday
    [at(22, 9), at(16, 8), /^6 days ago$/],
    [at(22, 9), at(15, 23), /2026/],
    [at(22, 1), at(21, 23), /^2 (h|hr|hrs)\.? ago$/],
    [at(22, 9), at(21, 10), /^23 (h|hr|hrs)\.? ago$/],
  ])('counts days as the calendar does: %i after %i', (now, then, words) => {
    expect(ago(new Date(then).toISOString(), now)).toMatch(words);
  });

  it('says nothing of no time, and a date of a time to come', () => {
    expect(ago('', NOW)).toBe('');
    expect(ago(before(-20_000), NOW)).toBe('just now'); // clocks differ by seconds
    expect(ago(before(-25 * 60 * MINUTE), NOW)).toMatch(/2026/);
  });
});

describe('dayTime', () => {
  /** At this hour where the test runs, so many days before. */
  const at = (days: number, hour: number) => new Date(2026, 10, 22 - days, hour, 40).toISOString();
  const now = new Date(2026, 10, 22, 9, 0).getTime();

  it('is the time of today, yesterday with its word, or the day', () => {
    expect(dayTime(at(0, 8), now)).toMatch(/^8:40|^08:40/);
    expect(dayTime(at(1, 16), now)).toMatch(/^yesterday\s(4:40|16:40)/);
    expect(dayTime(at(1, 0), now)).toMatch(/^yesterday\s/);
    expect(dayTime(at(2, 23), now)).toMatch(/2026/);
    expect(dayTime(at(2, 23), now)).not.toMatch(/yesterday/);
  });
});

describe('calendarDate', () => {
  it('is the same day in every time zone', () => {
    expect(calendarDate('1988-02-29')).toMatch(/29/);
    expect(calendarDate('1988-02-29')).toMatch(/1988/);
  });

  it('shows what is no date as it is', () => {
    for (const text of ['', '31/02/1990', '1990-13-45', '1990-02-30', '2023-02-29', '1990-04-31'])
      expect(calendarDate(text)).toBe(text);
  });
});

describe('percent and time left', () => {
  it('never claims the end before it', () => {
    expect(percent(0.999)).toMatch(/99/);
    expect(percent(1)).toMatch(/100/);
  });

  it('rounds what nobody can know', () => {
    expect(timeLeft(-1)).toBe('');
    expect(timeLeft(1)).toBe('almost done');
    expect(timeLeft(30)).toBe('30 seconds left');
    expect(timeLeft(61)).toBe('about 2 minutes left');
  });
});

describe('highlight', () => {
  const hits = (text: string, where: number[] | null) =>
    highlight(text, where)
      .map(({ text, hit }) => (hit ? `[${text}]` : text))
      .join('');

  it.each([
    ['Müller, Zoë', [0, 4, 8, 11], '[Müll]er, [Zoë]'],
    ['0491 570 156', [5, 12], '0491 [570 156]'],
    ['Ann', [0, 3], '[Ann]'],
    ['Ann', [], 'Ann'],
    ['Ann', null, 'Ann'],
    ['', null, ''],
    ['👩🏽‍⚕️ Anna 👍', [8, 11], '👩🏽‍⚕️ [Ann]a 👍'],
    ['Le, Zoe\u0308', [4, 8], 'Le, [Zoe\u0308]'],
    ['<b>Bold</b>', [3, 7], '<b>[Bold]</b>'],
    ['Ann', [1, 9], 'A[nn]'],
  ])('%s at %j', (text, where, expected) => {
    expect(hits(text, where)).toBe(expected);
  });
});

describe('a text with letters that run to the left', () => {
  it.each([
    ['Ann', 'Ann'],
    ['Zoë O’Brien', 'Zoë O’Brien'],
    ['王小明', '王小明'],
    ['أحمد', '\u2068أحمد\u2069'],
    ['שלום, Ann', '\u2068שלום, Ann\u2069'],
    ['زهرا', '\u2068زهرا\u2069'],
  ])('%s keeps its direction to itself', (text, expected) => {
    expect(isolated(text)).toBe(expected);
    expect(t('erase.title', { name: text })).toContain(expected);
  });
});

it('calls a person as Go says, or by first and last name', () => {
  const names = { firstName: '小明', lastName: '王', familyFirst: '王小明' };
  expect(fullName(names)).toBe('王小明');
  expect(fullName({ firstName: 'Ann', lastName: 'Example', familyFirst: '' })).toBe('Ann Example');
  expect(fullName({ firstName: '', lastName: 'Example', familyFirst: '' })).toBe('Example');
  expect(fullName({ firstName: '', lastName: '', familyFirst: '' })).toBe('No name');
});

it('makes initials of any name', () => {
  expect(initials('Dana Smith')).toBe('DS');
  expect(initials('Ngozi')).toBe('N');
  expect(initials('Zoë (Zo) O’Example')).toBe('ZO');
  expect(initials('+61 "plus" @at-sign 2')).toBe('PA');
  expect(initials('')).toBe('');
});

it('says who a row is about', () => {
  const missing = {
    field: 'email' as const,
    label: 'Email',
    kind: 'missing' as const,
    text: 'Email is missing',
    value: '',
  };
  const said = spoken({
    name: 'Lee, Ann',
    preferred: 'Annie',
    born: '1990-05-01',
    state: 'archived',
    problems: [missing],
  });
  expect(said).toMatch(/^Lee, Ann, “Annie”, Archived, .*1990.*, Email is missing$/);
  expect(spoken({ name: '', born: '' })).toBe('No name');
});

it.each([
  ['C', '1,929'],
  ['POSIX', '1,929'],
  ['en-US-u-va-posix', '1,929'],
  ['en_US_POSIX', '1,929'],
  ['und', '1,929'],
  ['', '1,929'],
  ['en_GB.UTF-8', '1,929'],
  ['de-DE', '1.929'],
])('groups numbers where the web view calls its locale %s', (own, expected) => {
  expect(new Intl.NumberFormat(localeFor(own)).format(1929)).toBe(expected);
});
