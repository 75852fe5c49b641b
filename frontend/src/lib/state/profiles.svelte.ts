import {
  api,
  on,
  type ProfileFilter,
  type ProfileQuery,
  type ProfileRow,
  type ProfileSort,
  type SheetFormat,
  type TallyView,
} from '$lib/api';
import { SearchedList } from './searched-list.svelte';

/** What a list may be narrowed to, besides its filter; all of it has to hold. */
export type Narrow = Required<Pick<ProfileQuery, 'noPhone' | 'noEmail' | 'changed'>>;

const EVERYBODY: Narrow = { noPhone: false, noEmail: false, changed: '' };
const NONE = { all: 0, attention: 0, archived: 0, noPhone: 0, noEmail: 0, week: 0, month: 0 };

const SORTS = ['name', 'born', 'sex', 'email', 'phone', 'updated'] as const;

interface Chosen {
  filter: ProfileFilter;
  narrow: Narrow;
}

/** The Profiles screen: what is searched, filtered and sorted, and the rows. */
export class ProfileList extends SearchedList<ProfileRow, ProfileSort, Chosen> {
  filter = $state<ProfileFilter>('all');
  narrow = $state.raw<Narrow>(EVERYBODY);
  /** How many each filter would show, whatever the search. */
  counts = $state.raw(NONE);
  /** A search that finds somebody, where the one that is shown is misspelt; '' for none. */
  suggestion = $state('');
  /** How many a search that finds nobody finds among the archived, or, there, among the others. */
  hitsElsewhere = $state(0);
  /** Where the selected ones were exported to last; '' for nowhere. */
  savedTo = $state('');

  constructor() {
    super('profiles.order', SORTS, ['updated']);
  }

  protected get chosenNow(): Chosen {
    return { filter: this.filter, narrow: this.narrow };
  }
  protected set chosenNow({ filter, narrow }: Chosen) {
    this.filter = filter;
    this.narrow = narrow;
  }

  /** What is shown, in one text: another one is another list. */
  list = $derived(
    JSON.stringify([this.search, this.filter, this.narrow, this.sort, this.desc] as const),
  );
  narrowed = $derived(this.narrow.noPhone || this.narrow.noEmail || this.narrow.changed !== '');
  /** Of how many the rows are a part. */
  whole = $derived(this.filter === 'archived' ? this.counts.archived : this.counts.all);

  /** Where else a search may find somebody. */
  get elsewhere(): ProfileFilter {
    return this.filter === 'archived' ? 'all' : 'archived';
  }

  protected async load(offset: number, limit: number) {
    const query = this.#query(offset, limit);
    const { rows, matched, suggestion, ...counts } = await api.profiles(query);
    const missed = query.search !== '' && matched === 0;
    const elsewhere = missed
      ? await api.profiles({ ...query, filter: this.elsewhere, limit: 0 })
      : null;
    if (query.search === this.search) this.searched = query.search;
    this.hitsElsewhere = elsewhere?.matched ?? 0;
    this.counts = counts;
    this.suggestion = suggestion;
    return { rows: rows ?? [], total: matched };
  }

  refOf(row: ProfileRow): string {
    return row.id;
  }

  protected refs(offset: number, limit: number): Promise<string[]> {
    return api.profileIds(this.#query(offset, limit));
  }

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
    this.fromTop();
  }

  show(filter: ProfileFilter) {
    this.filter = filter;
    this.fromTop();
  }

  /** Narrows the list further, or no longer so. */
  only(part: Partial<Narrow>) {
    this.narrow = { ...this.narrow, ...part };
    this.fromTop();
  }

  /** Shows all of the filter again, or all that the search finds there. */
  widen() {
    this.narrow = EVERYBODY;
    this.fromTop();
  }

  /** The row, from this one on, whose name begins so; -1 is none. */
  async named(typed: string, from: number): Promise<number> {
    return (await this.ask(() => api.findName(this.#query(from, 0), typed))) ?? -1;
  }

  /** Saves what is shown as a list for calling them; '' where it was not. Rejects as Go does. */
  async makeSheet(format: SheetFormat, password: string): Promise<string> {
    this.savedTo = '';
    this.savedTo = await api.profileSheet(this.#query(0, 0), format, password);
    return this.savedTo;
  }
}
