/** What somebody sees of a list: they find it so again. No rows, and nobody's details but what was searched for. */
export interface ListView<Chosen> {
  search: string;
  /** What it is narrowed to. */
  chosen: Chosen;
  /** The row that the keyboard is on. */
  active: number;
}

/** What the lists show; null for one that was not looked at. */
export type View = Record<string, ListView<unknown> | null>;

/** Reads what Go has kept of an earlier page of this version; null for nothing. */
export function viewOf(kept: string): View | null {
  return kept ? (JSON.parse(kept) as View) : null;
}
