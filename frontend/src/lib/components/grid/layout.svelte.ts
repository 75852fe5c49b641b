import { keep, recall } from '$lib/state/kept';

/** A column as it comes: what a person has not changed. All lengths in rem. */
export interface ColumnSpec<Id extends string = string> {
  id: Id;
  /** No narrower than this. */
  least: number;
  /** As wide as this; or, where it is left out, a `share` of what is left. */
  width?: number;
  share?: number;
  /** Where there is no room for all, those with the highest go first; 0 never goes. */
  spare: number;
}

type Widths = Record<string, number>;

/** Which columns of a list are shown and how wide, as a person has set them; remembered. */
export class Layout<Id extends string = string> {
  readonly columns: readonly ColumnSpec<Id>[];
  #name: string;
  #hidden = $state.raw<ReadonlySet<string>>(new Set());
  #widths = $state.raw<Widths>({});
  /** The room that there is for all columns, gaps apart. */
  #room = $state(Infinity);

  /** @param name under which it is remembered */
  constructor(name: string, columns: readonly ColumnSpec<Id>[]) {
    this.#name = name;
    this.columns = columns;
    this.#recall();
  }

  /** Whether a person wants to see it. */
  wanted = (id: Id) => !this.#hidden.has(id);

  /** Those that are shown, in their order. */
  shown = $derived.by(() => {
    const shown = this.columns.filter(({ id }) => this.wanted(id));
    const needs = () => shown.reduce((sum, { least }) => sum + least, 0);
    while (needs() > this.#room) {
      const [first] = shown.filter(({ spare }) => spare > 0).sort((a, b) => b.spare - a.spare);
      if (!first) break;
      shown.splice(shown.indexOf(first), 1);
    }
    return shown;
  });

  /** The tracks of a CSS grid. There is always one column that takes what is left. */
  tracks = $derived.by(() => {
    const flexible = this.shown.some(({ id, share }) => share && this.#widths[id] === undefined);
    const last = this.shown.at(-1);
    return this.shown.map((column) => {
      const set = this.#widths[column.id];
      const share = set === undefined ? column.share : undefined;
      if (share) return `minmax(${column.least}rem, ${share}fr)`;
      if (column === last && !flexible) return `minmax(${column.least}rem, 1fr)`;
      return `minmax(${column.least}rem, ${set ?? column.width}rem)`;
    });
  });

  /** Whether anything is not as it comes. */
  changed = $derived(this.#hidden.size > 0 || Object.keys(this.#widths).length > 0);

  isShown = (id: Id) => this.shown.some((column) => column.id === id);

  /** Tells how much room there is; each column costs a gap besides. */
  fit(room: number, gap: number) {
    this.#room = room - gap * Math.max(0, this.columns.length - this.#hidden.size - 1);
  }

  toggle(id: Id) {
    const hidden = new Set(this.#hidden);
    if (!hidden.delete(id)) hidden.add(id);
    this.#hidden = hidden;
    this.#keep();
  }

  /**
   * Sets the width of a column; null is the one it comes with. The columns before
   * it keep the widths that they have now, or else it would move away from under
   * the pointer.
   */
  resize(id: Id, width: number | null, now: Widths) {
    const widths = { ...this.#widths };
    const place = this.columns.findIndex((column) => column.id === id);
    const column = this.columns[place];
    if (!column) return;
    if (width === null) {
      this.#widths = Object.fromEntries(Object.entries(widths).filter(([key]) => key !== id));
    } else {
      for (const before of this.columns.slice(0, place)) {
        const wide = now[before.id];
        if (before.share && wide !== undefined) widths[before.id] ??= wide;
      }
      this.#widths = { ...widths, [id]: Math.max(column.least, Math.round(width * 16) / 16) };
    }
    this.#keep();
  }

  reset() {
    this.#hidden = new Set();
    this.#widths = {};
    this.#keep();
  }

  #keep() {
    keep(this.#name, { hidden: [...this.#hidden], widths: this.#widths });
  }

  /** Takes over what makes sense of what was kept, by whatever version. */
  #recall() {
    const kept = (recall(this.#name) ?? {}) as { hidden?: unknown; widths?: Widths };
    const hidden = Array.isArray(kept.hidden) ? kept.hidden : [];
    const may = this.columns.filter(({ id, spare }) => spare > 0 && hidden.includes(id));
    this.#hidden = new Set(may.map(({ id }) => id));
    for (const { id, least } of this.columns) {
      const width: unknown = kept.widths?.[id];
      if (typeof width !== 'number' || !(width >= least && width < 200)) continue;
      this.#widths = { ...this.#widths, [id]: width };
    }
  }
}
