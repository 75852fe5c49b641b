/** What Go may answer of the Today screen, on the clients of the other samples. */
import type { ChangeView, FieldChangeView, TodayView } from '../lib/api/types';
import { HANA, KOFI, LUCA, MEI, NGOZI, OLIVER, rowOf } from './samples';

const changed = (at: string, ...fields: FieldChangeView[]): ChangeView => ({
  at,
  updatedAt: at,
  opened: false,
  fields,
});

/** The Today screen of Dana: two changed and one is new since the evening. */
export const TODAY: TodayView = {
  since: '2026-11-02T05:40:00Z',
  changed: 2,
  added: 1,
  news: [
    { client: rowOf(MEI), added: true, change: changed('2026-11-03T01:12:00Z') },
    {
      client: rowOf(NGOZI),
      added: false,
      change: changed(
        '2026-11-02T23:20:00Z',
        { field: 'first_name', label: 'First Name', before: '', after: '' },
        { field: 'phones', label: 'Phone Numbers', before: '', after: '' },
      ),
    },
    {
      client: rowOf(LUCA),
      added: false,
      change: changed('2026-11-02T23:10:00Z', {
        field: 'state',
        label: 'State',
        before: 'active',
        after: 'archived',
      }),
    },
  ],
  attention: {
    all: 4,
    since: 1,
    newest: [rowOf(OLIVER)],
    reasons: [
      { field: 'email', count: 2 },
      { field: 'other', count: 1 },
    ],
    days: [-1, 6, 6, -1, 5, 5, 4, 4],
  },
  pinned: [rowOf(HANA)],
  opened: [rowOf(KOFI), rowOf(NGOZI)],
};
/** All is well. */
export const WELL: TodayView = {
  ...TODAY,
  changed: 0,
  added: 0,
  news: [],
  attention: { all: 0, since: 0, newest: [], reasons: [], days: [0, 0, 0, 0, 0, 0, 0, 0] },
  pinned: [],
  opened: [],
};
