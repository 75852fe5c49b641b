/**
 * Numbers, dates and times in the system's own format. A birth date is a
 * calendar date: it is formatted in UTC, so that no time zone can move it.
 */
import { language, t } from '$lib/i18n';
import { localeFor } from './locale';

/** The first thing that speaks a language costs the start more than all other scripts, so each is made when it is needed. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

const system = once(() => localeFor(new Intl.DateTimeFormat().resolvedOptions().locale));
const numbers = (options: Intl.NumberFormatOptions) =>
  once(() => new Intl.NumberFormat(system(), { maximumFractionDigits: 0, ...options }));
const dates = (options: Intl.DateTimeFormatOptions) =>
  once(() => new Intl.DateTimeFormat(system(), options));

const integer = numbers({});
const part = numbers({ style: 'percent' });
const calendar = dates({ dateStyle: 'medium', timeZone: 'UTC' });
/** With all digits of the year: 1 Jan 1 looks right, and 1 Jan 0001 like the mistake it is. */
const early = (date: Date) =>
  calendar()
    .formatToParts(date)
    .map(({ type, value }) => (type === 'year' ? value.padStart(4, '0') : value))
    .join('');
const day = dates({ dateStyle: 'medium' });
const dayAndTime = dates({ dateStyle: 'medium', timeStyle: 'short' });
const clock = dates({ timeStyle: 'short' });

/** "3 min ago" stands inside sentences, so it is in the language of the words. */
const relative = once(() => {
  const fits = system().startsWith(language) && system() !== 'en-US';
  return new Intl.RelativeTimeFormat(fits ? system() : 'en-GB', {
    numeric: 'auto',
    style: 'short',
  });
});

const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const valid = (date: Date) => !Number.isNaN(date.getTime());

export const number = (value: number) => integer().format(value);

/** 0.34 → "34 %". Never says 100 % before the end. */
export const percent = (share: number) =>
  part().format(share < 1 ? Math.min(Math.floor(share * 100), 99) / 100 : 1);

/**
 * A YYYY-MM-DD as people write it; anything else comes back as it is, a day that
 * no calendar has too: some engines make 2 March of 30 February.
 */
export function calendarDate(text: string): string {
  if (!CALENDAR_DATE.test(text)) return text;
  const date = new Date(`${text}T00:00:00Z`);
  if (!valid(date) || !date.toISOString().startsWith(text)) return text;
  return text < '1000' ? early(date) : calendar().format(date);
}

/** A phone number stays on one line: no break between its digits. */
export const unbroken = (number: string) => number.replace(/(?<=[\d)]) (?=[\d(])/g, '\u00a0');

function format(how: () => Intl.DateTimeFormat, time: string): string {
  const date = new Date(time);
  return time !== '' && valid(date) ? how().format(date) : '';
}

export const dateOf = (time: string) => format(day, time);
export const dateTime = (time: string) => format(dayAndTime, time);
export const timeOfDay = (time: string) => format(clock, time);

/** Today only the hour, else also the day: for "since …" and "until …". */
export function shortTime(time: string, now: number): string {
  const date = new Date(time);
  return date.toDateString() === new Date(now).toDateString() ? timeOfDay(time) : dateTime(time);
}

/** "09:12", "yesterday 16:40", or with its day: for "since …" of a few days. */
export function dayTime(time: string, now: number): string {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  const text =
    new Date(time).toDateString() === yesterday.toDateString()
      ? t('time.yesterday', { time: timeOfDay(time) })
      : shortTime(time, now);
  return text.replaceAll(' ', '\u00a0'); // one thing, on one line
}

/** How many midnights, where this computer is, lie between two times. */
function daysBetween(then: number, now: number): number {
  const [from, to] = [then, now].map((time) => {
    const date = new Date(time);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  }) as [number, number];
  return (to - from) / DAY;
}

/**
 * How long ago, in words; a week and more as a date. '' for no time. Days are those
 * of the calendar: at nine in the morning, the evening two days before is not yesterday.
 */
export function ago(time: string, now: number): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return '';
  const past = now - then;
  if (past < -MINUTE) return dateOf(time); // a clock is wrong: say what is known
  if (past < 45_000) return t('time.justNow');
  if (past < HOUR) return relative().format(-Math.max(1, Math.round(past / MINUTE)), 'minute');
  const days = daysBetween(then, now);
  if (past < DAY || days === 0) return relative().format(-Math.floor(past / HOUR), 'hour');
  if (days < 7) return relative().format(-days, 'day');
  return dateOf(time);
}

/** Seconds left, in words that do not pretend to know better. */
export function timeLeft(seconds: number): string {
  if (seconds < 0) return '';
  if (seconds < 2) return t('progress.almost');
  if (seconds < 60) return t('progress.secondsLeft', { count: Math.round(seconds) });
  return t('progress.minutesLeft', { count: Math.ceil(seconds / 60) });
}
