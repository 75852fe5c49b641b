import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import {
  api,
  on,
  toErrorView,
  type AttentionRow,
  type AttentionSort,
  type ErrorView,
  type ProfileQuery,
  type Reason,
  type ReasonCount,
  type SheetFormat,
} from '$lib/api';
import { t } from '$lib/i18n';
import { SearchedList } from './searched-list.svelte';

const SORTS = ['name', 'born', 'phone', 'reason', 'since'] as const;

/** The profiles that need attention: what is searched, for which reason, and the rows. */
export class AttentionList extends SearchedList<AttentionRow, AttentionSort, Reason | null> {
  reason = $state<Reason | null>(null);
  /** How many need attention, whatever the search and the reason. */
  all = $state(0);
  /** How many for each reason; those that nobody has are left out. */
  reasons = $state.raw<ReasonCount[]>([]);
  checking = new SvelteSet<string>();
  /** What Check again said of a row that still needs attention. */
  notes = new SvelteMap<string, string>();
  /** What went wrong with the last thing that was tried with one of them. */
  problem = $state.raw<ErrorView | null>(null);
  /** The last good news, shown quietly. */
  news = $state('');

  /** Whose page in Cliniko was opened last. */
  #fixing: AttentionRow | null = null;
  /** When the last sync of which it was told ended. */
  #syncedBefore = '';
  #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    super('attention.order', SORTS);
    this.#say = say;
  }

  list = $derived(JSON.stringify([this.search, this.reason, this.sort, this.desc] as const));

  protected get chosenNow(): Reason | null {
    return this.reason;
  }
  protected set chosenNow(reason: Reason | null) {
    this.reason = reason;
  }

  /** What is shown, for whatever else is done with it. */
  get query(): ProfileQuery {
    const { search, reason, sort, desc } = this;
    return { search, filter: 'attention', reason: reason ?? '', sort, desc, offset: 0, limit: 0 };
  }

  protected async load(offset: number, limit: number) {
    const query = { ...this.query, offset, limit };
    const page = await api.attention(query);
    if (query.search === this.search) this.searched = query.search;
    this.all = page.all;
    this.reasons = page.reasons;
    // The last one of the chosen reason is complete: there is no chip for it any more.
    if (this.reason && !page.reasons.some(({ reason }) => reason === this.reason)) this.show(null);
    return { rows: page.rows, total: page.matched };
  }

  refOf(row: AttentionRow): string {
    return row.ref;
  }

  protected refs(offset: number, limit: number): Promise<string[]> {
    return api.attentionRefs({ ...this.query, offset, limit });
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    this.problem = null; // both were read when the list was left
    this.news = '';
    const stops = [
      on('profiles', () => {
        this.rows.reload();
        void this.#review();
        void this.#lookAtFixed(false);
      }),
      on('sync', ({ phase, problem, lastSuccess }) => {
        if (phase !== 'idle' || problem || lastSuccess === this.#syncedBefore) return;
        this.#syncedBefore = lastSuccess;
        void this.#lookAtFixed(document.hasFocus());
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Nobody stays selected who is complete by now. */
  async #review() {
    const { size } = this.selection;
    if (size === 0) return;
    const refs = await api.attentionRefs({ ...this.chosen, limit: size }).catch(() => null);
    if (refs) this.selection.keep(refs);
  }

  /**
   * Says who left the list, of those whom a person has just seen to in Cliniko;
   * `back`: also who has not, to a person who is back and would wait for it.
   */
  async #lookAtFixed(back: boolean) {
    const row = this.#fixing;
    if (!row) return;
    const whole = { ...this.query, search: '', reason: '' as const, refs: [row.ref], limit: 1 };
    const still = await api.attentionRefs(whole).catch(() => null);
    if (!still || row !== this.#fixing) return;
    if (still.length === 0) {
      this.#fixing = null;
      this.#tellFixed(row);
    } else if (back) {
      this.notes.set(row.ref, t('attention.still'));
      this.#say(t('profile.still'));
    }
  }

  #tellFixed(row: AttentionRow) {
    this.news = t('attention.fixed', { name: row.name || t('person.noName') });
    this.#say(this.news);
  }

  show(reason: Reason | null) {
    if (this.reason === reason) return;
    this.reason = reason;
    this.fromTop();
  }

  /** Shows everybody again. */
  widen() {
    this.search = '';
    this.reason = null;
    this.fromTop();
  }

  /** The row, from this one on, whose name begins so; -1 is none. */
  async named(typed: string, from: number): Promise<number> {
    const { list } = this;
    const at = await api.findName({ ...this.query, offset: from }, typed).catch(() => -1);
    return list === this.list ? at : -1;
  }

  /** Makes the row of this profile the active one, wherever it is by now. */
  async locate(id: string) {
    if (!id) return;
    const names = await api.attentionNames(this.query).catch(() => []);
    const at = names.findIndex((each) => each.id === id);
    if (at >= 0) this.active = at;
  }

  /** Reads one client from Cliniko again. */
  async check(row: AttentionRow) {
    const { ref } = row;
    if (this.checking.has(ref)) return;
    this.checking.add(ref);
    this.notes.delete(ref);
    this.problem = null;
    this.news = '';
    try {
      const still = await api.retry(ref);
      if (still) {
        const text = t('attention.still');
        this.notes.set(ref, text);
        this.#say(text);
      } else {
        this.#tellFixed(row);
      }
      this.rows.reload();
      await this.rows.settled();
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.checking.delete(ref);
    }
  }

  /** Opens the page of one client in Cliniko. */
  async fix(row: AttentionRow) {
    const { id } = row;
    this.problem = null;
    this.news = '';
    this.notes.delete(row.ref);
    this.#fixing = row;
    try {
      await api.openInCliniko(id);
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Who is selected, in the order that is shown; who is complete by now is left out. */
  get chosen(): ProfileQuery {
    return { ...this.query, search: '', reason: '', refs: this.selection.ids };
  }

  /** Saves these through the system's own dialog. Rejects as Go does. */
  async exportCSV(who: ProfileQuery, password: string) {
    await this.#saved(() => api.exportAttention(who, password));
  }

  /** Saves these as a list for calling them. Rejects as Go does. */
  async makeSheet(who: ProfileQuery, format: SheetFormat, password: string) {
    await this.#saved(() => api.attentionSheet(who, format, password));
  }

  /** Says where something was saved, if anywhere. */
  async #saved(save: () => Promise<string>) {
    this.news = '';
    const path = await save();
    if (!path) return;
    this.news = t('security.exported', { path });
    this.#say(this.news);
  }
}
