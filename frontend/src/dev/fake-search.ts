import type { ProfilePage, ProfileQuery, ProfileView, TallyView } from '../lib/api/types';
import { isFailing, rowOf } from './people';

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const changedIn = (days: number) => (person: ProfileView) =>
  Date.parse(person.updatedAt) >= Date.now() - days * 86_400_000;
const noPhone = (person: ProfileView) => person.phones.length === 0;
const noEmail = (person: ProfileView) => person.email === '';
const inWeek = changedIn(7);
const inMonth = changedIn(30);

function within(kept: ProfileView[], { filter }: ProfileQuery) {
  return kept.filter((person) =>
    filter === 'attention' ? isFailing(person) : (person.state === 'active') === (filter === 'all'),
  );
}

function rowsOf(kept: ProfileView[], query: ProfileQuery) {
  const words = fold(query.search)
    .split(/[\s,]+/)
    .filter(Boolean);
  const key = query.sort === 'updated' ? 'updatedAt' : query.sort;
  return within(kept, query)
    .filter((person) => !query.noPhone || noPhone(person))
    .filter((person) => !query.noEmail || noEmail(person))
    .filter((person) => query.changed !== 'week' || inWeek(person))
    .filter((person) => query.changed !== 'month' || inMonth(person))
    .map(rowOf)
    .filter(({ name, preferred, email, phone, id }) => {
      const text = fold([name, preferred, email, phone.replace(/ /g, ''), phone, id].join(' '));
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      // Those without a value are last in both directions.
      if (!a[key] || !b[key]) return Number(!a[key]) - Number(!b[key]);
      return a[key].localeCompare(b[key]) * (query.desc ? -1 : 1);
    });
}

/** Near enough for a look at the page: Go knows better. */
function hitsOf(text: string, search: string): number[] | null {
  const at = search ? text.toLowerCase().indexOf(search.toLowerCase()) : -1;
  return at < 0 ? null : [at, at + search.length];
}

/** Answers a query as the directory in memory does. */
export function pageOf(kept: ProfileView[], tally: TallyView, query: ProfileQuery): ProfilePage {
  const rows = rowsOf(kept, query);
  const all = within(kept, query);
  return {
    rows: rows.slice(query.offset, query.offset + query.limit).map((row) => ({
      ...row,
      hits: {
        name: hitsOf(row.name, query.search),
        preferred: hitsOf(row.preferred, query.search),
        email: hitsOf(row.email, query.search),
        phone: hitsOf(row.phone, query.search),
      },
    })),
    matched: rows.length,
    all: tally.active,
    attention: tally.failed,
    archived: tally.archived,
    noPhone: all.filter(noPhone).length,
    noEmail: all.filter(noEmail).length,
    week: all.filter(inWeek).length,
    month: all.filter(inMonth).length,
  };
}

export function idsOf(kept: ProfileView[], query: ProfileQuery): string[] {
  return rowsOf(kept, query)
    .slice(query.offset, query.offset + query.limit)
    .map(({ id }) => id);
}

export function findName(kept: ProfileView[], query: ProfileQuery, typed: string): number {
  const named = rowsOf(kept, query).map(({ name }) => fold(name).startsWith(fold(typed)));
  const next = named.indexOf(true, query.offset);
  return next >= 0 ? next : named.indexOf(true);
}
