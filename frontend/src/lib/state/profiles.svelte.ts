import {
  api,
  on,
  toErrorView,
  type ProfileFilter,
  type ProfileQuery,
  type ProfileRow,
  type ProfileSort,
  type TallyView,
} from '$lib/api';
import { keep, recall } from './kept';
import { Selection } from './selection.svelte';
import { RowWindows } from './windows.svelte';

/** What a list may be narrowed to, besides its filter; all of it has to hold. */
export type Narrow = Required<Pick<ProfileQuery, 'noPhone' | 'noEmail' | 'changed'>>;

const EVERYBODY: Narrow = { noPhone: false, noEmail: false, changed: '' };
const NONE = { all: 0, attention: 0, archived: 0, noPhone: 0, noEmail: 0, week: 0, month: 0 };

const SORTS: readonly ProfileSort[] = ['name', 'born', 'sex', 'email', 'phone', 'updated'];
const KEPT = 'profiles.order';

/** The Profiles screen: what is searched, filtered and sorted, and the rows. */
export class ProfileList {
  search = $state('');
  /** What the rows that are shown were found by: `search` while no answer is awaited. */
  searched = $state('');
  /** The focus is to go to the search as soon as there is one. */
  wanted = $state(false);
  /** The search has the focus. */
  searching = $state(false);
  filter = $state<ProfileFilter>('all');
  narrow = $state.raw<Narrow>(EVERYBODY);
  sort = $state<ProfileSort>('name');
  desc = $state(false);
  selection = new Selection();
  /** How many each filter would show, whatever the search. */
  counts = $state.raw(NONE);
  /** The row that the keyboard is on; kept when one comes back from a profile. */
  active = $state(0);
  /** How far the list is scrolled, kept likewise. */
  scroll = $state(0);
  /** Where the selected ones were exported to last; '' for nowhere. */
  savedTo = $state('');

  rows = new RowWindows<ProfileRow>(async (offset, limit) => {
    const query = this.#query(offset, limit);
    const { rows, matched, ...counts } = await api.profiles(query);
    if (query.search === this.search) this.searched = query.search;
    this.counts = counts;
    return { rows: rows ?? [], total: matched };
  });

  constructor() {
    const kept = recall(KEPT) as { sort?: ProfileSort; desc?: unknown } | undefined;
    if (!kept?.sort || !SORTS.includes(kept.sort)) return;
    this.sort = kept.sort;
    this.desc = kept.desc === true;
  }

  /** What is shown, in one text: another one is another list. */
  list = $derived(
    JSON.stringify([this.search, this.filter, this.narrow, this.sort, this.desc] as const),
  );
  narrowed = $derived(this.narrow.noPhone || this.narrow.noEmail || this.narrow.changed !== '');
  /** Enter in the search opens the active row, which belongs to what is typed. */
  pointed = $derived(
    this.searching && this.search !== '' && this.searched === this.search && this.rows.total > 0,
  );
  /** Of how many the rows are a part. */
  whole = $derived(this.filter === 'archived' ? this.counts.archived : this.counts.all);

  #query = (offset: number, limit: number): ProfileQuery => ({
    search: this.search,
    filter: this.filter,
    ...this.narrow,
    sort: this.sort,
    desc: this.desc,
    offset,
    limit,
  });

  /** How many each filter shows; until the rows are here, as the store counts them. */
  counted(tally: TallyView | undefined): Record<ProfileFilter, number> {
    if (this.rows.ready || !tally) return this.counts;
    return { all: tally.active, attention: tally.failed, archived: tally.archived };
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    return on('profiles', () => {
      this.rows.reload();
    });
  }

  find(search: string) {
    this.search = search;
    this.#fromTop();
  }

  /** Where a profile that was opened from this list stands in it, from 1; 0 for any other. */
  placeOf(id: string): number {
    return this.rows.at(this.active)?.id === id ? this.active + 1 : 0;
  }

  /** Goes to the row before or after the active one; undefined at the ends. */
  async step(by: 1 | -1): Promise<ProfileRow | undefined> {
    const { list } = this;
    const to = this.active + by;
    if (to < 0 || to >= this.rows.total) return undefined;
    this.rows.show(to, to);
    await this.rows.settled();
    const row = list === this.list ? this.rows.at(to) : undefined;
    if (row) this.active = to;
    return row;
  }

  /** Shows all whom a search finds. */
  showAll(search: string, filter: ProfileFilter) {
    this.search = search;
    this.filter = filter;
    this.narrow = EVERYBODY;
    this.#fromTop();
  }

  /** The row that Enter opens, of what is typed now: it may be quicker than the answer. */
  async hit(): Promise<ProfileRow | undefined> {
    const { list } = this;
    await this.rows.settled();
    return list === this.list && !this.rows.problem ? this.rows.at(this.active) : undefined;
  }

  show(filter: ProfileFilter) {
    this.filter = filter;
    this.#fromTop();
  }

  /** Narrows the list further, or no longer so. */
  only(part: Partial<Narrow>) {
    this.narrow = { ...this.narrow, ...part };
    this.#fromTop();
  }

  /** Shows all of the filter again. */
  widen() {
    this.search = '';
    this.narrow = EVERYBODY;
    this.#fromTop();
  }

  /** The row, from this one on, whose name begins so; -1 is none. */
  async named(typed: string, from: number): Promise<number> {
    return (await this.#ask(() => api.findName(this.#query(from, 0), typed))) ?? -1;
  }

  /** Selects from the row that was toggled last to this one. */
  async selectTo(index: number) {
    const { first, count } = this.selection.span(index);
    const ids = await this.#ask(() => api.profileIds(this.#query(first, count)));
    if (ids) this.selection.extend(ids);
  }

  /** Selects every row of the list, those that are not loaded too. */
  async selectAll() {
    const { list } = this;
    const ids = await this.#ask(() => api.profileIds(this.#query(0, this.rows.total)));
    if (ids) this.selection.take(ids, list);
  }

  /** Asks about the list that is shown; undefined once another one is. */
  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    const { list } = this;
    try {
      const answer = await question();
      if (list === this.list) return answer;
    } catch (thrown) {
      this.rows.problem = toErrorView(thrown);
    }
    return undefined;
  }

  /** Sorts by a column; a second time, the other way round. */
  order(sort: ProfileSort) {
    this.desc = this.sort === sort ? !this.desc : sort === 'updated';
    this.sort = sort;
    keep(KEPT, { sort, desc: this.desc });
    this.#fromTop();
  }

  #fromTop() {
    this.active = 0;
    this.selection.lift();
    this.rows.reload(true);
  }
}
