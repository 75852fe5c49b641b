import type { ProfilePage, ProfileQuery, ProfileView, TallyView } from '../lib/api/types';
import { isFailing, rowOf } from './people';

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Answers a query as the directory in memory does. */
export function pageOf(kept: ProfileView[], tally: TallyView, query: ProfileQuery): ProfilePage {
  const words = fold(query.search)
    .split(/[\s,]+/)
    .filter(Boolean);
  const rows = kept
    .filter((person) => {
      if (query.filter === 'attention') return isFailing(person);
      return (person.state === 'active') === (query.filter === 'all');
    })
    .map(rowOf)
    .filter((row) => {
      const { name, preferred, email, phone, id } = row;
      const text = fold([name, preferred, email, phone.replace(/ /g, ''), phone, id].join(' '));
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      const key = query.sort === 'updated' ? 'updatedAt' : query.sort;
      return a[key].localeCompare(b[key]) * (query.desc ? -1 : 1);
    });
  return {
    rows: rows.slice(query.offset, query.offset + query.limit),
    matched: rows.length,
    all: tally.active,
    attention: tally.failed,
    archived: tally.archived,
  };
}
