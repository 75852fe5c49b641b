/** A column of a VirtualGrid. */
export interface Column {
  id: string;
  label: string;
  /** For its header and every cell, such as the width at which it is left out. */
  class?: string;
  /** For screen readers only, as with a column of buttons. */
  quiet?: boolean;
  /** How it is sorted now; absent: it cannot be. */
  sorted?: 'ascending' | 'descending' | 'none';
  onsort?: () => void;
  /** No narrower than this, in rem. */
  least?: number;
}

/** Sets a column's width in rem, or (null) the one it comes with; `now` is how wide all are. */
export type Resize = (id: string, width: number | null, now: Record<string, number>) => void;

/** Rows that can be selected: what a VirtualGrid asks of whoever keeps the selection. */
export interface GridSelection {
  readonly size: number;
  /** Every row of the list is selected. */
  readonly everything: boolean;
  has: (index: number) => boolean;
  toggle: (index: number) => void;
  /** From the row that was toggled last to this one. */
  extend: (index: number) => void;
  all: () => void;
  clear: () => void;
}

/** Where a key moves the active row; null for keys that are none of the grid's. */
export function moved(key: string, active: number, count: number, page: number): number | null {
  const last = count - 1;
  const to: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: last,
  };
  const target = to[key];
  return target === undefined ? null : Math.max(0, Math.min(last, target));
}
