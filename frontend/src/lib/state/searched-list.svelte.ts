import { keep, recall } from './kept';
import { RowWindows, type Part } from './windows.svelte';

/** A long list of Go's that is searched and sorted, of which the view has a part. */
export abstract class SearchedList<Row, Sort extends string> {
  search = $state('');
  /** What the rows that are shown were found by: `search` while no answer is awaited. */
  searched = $state('');
  /** The focus is to go to the search as soon as there is one. */
  wanted = $state(false);
  /** The search has the focus. */
  searching = $state(false);
  sort = $state() as Sort;
  desc = $state(false);
  /** The row that the keyboard is on; kept when one comes back from a profile. */
  active = $state(0);
  /** How far the list is scrolled, kept likewise. */
  scroll = $state(0);

  rows = new RowWindows<Row>((offset, limit) => this.load(offset, limit));

  #kept: string;
  #newestFirst: readonly Sort[];

  /**
   * @param kept under which name the order is remembered
   * @param sorts what it can be sorted by; by the first, to begin with
   * @param newestFirst those of them that begin with the last value
   */
  constructor(kept: string, sorts: readonly [Sort, ...Sort[]], newestFirst: readonly Sort[] = []) {
    this.#kept = kept;
    this.#newestFirst = newestFirst;
    const order = recall(kept) as { sort?: Sort; desc?: unknown } | undefined;
    const known = order?.sort !== undefined && sorts.includes(order.sort);
    this.sort = known && order.sort ? order.sort : sorts[0];
    this.desc = known && order.desc === true;
  }

  /** What is shown, in one text: another one is another list. */
  abstract readonly list: string;

  protected abstract load(offset: number, limit: number): Promise<Part<Row>>;

  /** Enter in the search opens the active row, which belongs to what is typed. */
  pointed = $derived(
    this.searching && this.search !== '' && this.searched === this.search && this.rows.total > 0,
  );

  find(search: string) {
    this.search = search;
    this.fromTop();
  }

  /** The row that Enter opens, of what is typed now: it may be quicker than the answer. */
  async hit(): Promise<Row | undefined> {
    const { list } = this;
    await this.rows.settled();
    return list === this.list && !this.rows.problem ? this.rows.at(this.active) : undefined;
  }

  /** Sorts by a column; a second time, the other way round. */
  order(sort: Sort) {
    this.desc = this.sort === sort ? !this.desc : this.#newestFirst.includes(sort);
    this.sort = sort;
    keep(this.#kept, { sort, desc: this.desc });
    this.fromTop();
  }

  protected fromTop() {
    this.active = 0;
    this.rows.reload(true);
  }
}
