import { toErrorView } from '$lib/api';
import { keep, recall } from './kept';
import { Selection } from './selection.svelte';
import type { ListView } from './view';
import { RowWindows, type Part } from './windows.svelte';

/** A long list of Go's that is searched and sorted, of which the view has a part. */
export abstract class SearchedList<Row, Sort extends string, Chosen = unknown> {
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
  /** It was left with the lock: the active row is to come into view. */
  restored = false;

  rows = new RowWindows<Row>((offset, limit) => this.load(offset, limit));
  selection = new Selection();

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

  /** What it is narrowed to, besides the search. */
  protected abstract chosenNow: Chosen;

  /** What is seen of it; null where nobody has looked. */
  get view(): ListView<Chosen> | null {
    const { search, chosenNow, active } = this;
    return this.rows.ready ? { search, chosen: chosenNow, active } : null;
  }

  /** It was left so, and is found so again: with the row in view that the keyboard was on. */
  restore({ search, chosen, active }: ListView<Chosen>) {
    this.search = search;
    this.chosenNow = chosen;
    this.active = active;
    this.restored = true;
    this.rows.show(active, active);
  }

  /** By what a row is selected. */
  abstract refOf(row: Row): string;
  /** The refs of these rows, in memory or not. */
  protected abstract refs(offset: number, limit: number): Promise<string[]>;

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

  /** Selects every row of the list, those that are not loaded too. */
  async selectAll() {
    const { list } = this;
    const refs = await this.ask(() => this.refs(0, this.rows.total));
    if (refs) this.selection.take(refs, list);
  }

  /** Every row is selected, as nothing else has happened since it was. */
  get everything(): boolean {
    return this.selection.isAll(this.list) && this.selection.size >= this.rows.total;
  }

  /** Selects from the row that was toggled last to this one. */
  async selectTo(index: number) {
    const { first, count } = this.selection.span(index);
    const refs = await this.ask(() => this.refs(first, count));
    if (refs) this.selection.extend(refs);
  }

  /** Asks about the list that is shown; undefined once another one is. */
  protected async ask<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    const { list } = this;
    try {
      const answer = await question();
      if (list === this.list) return answer;
    } catch (thrown) {
      this.rows.problem = toErrorView(thrown);
    }
    return undefined;
  }

  protected fromTop() {
    this.active = 0;
    this.selection.lift();
    this.rows.reload(true);
  }
}
