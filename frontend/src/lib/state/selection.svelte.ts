/**
 * Which profiles are selected, by id. They stay selected while other rows are
 * looked for, so that one search after the other adds to them.
 */
export class Selection {
  #ids = new Set<string>();
  /** Told of each change: a set of 50,000 is not copied for one of them. */
  #version = $state(0);
  /** The row that was toggled last, and to what. */
  #anchor = { index: 0, on: true };
  #all = $state('');

  get size(): number {
    void this.#version;
    return this.#ids.size;
  }

  get ids(): string[] {
    void this.#version;
    return [...this.#ids];
  }

  has(id: string): boolean {
    void this.#version;
    return this.#ids.has(id);
  }

  /** Whether `take` was the last thing that happened, to the whole of this list. */
  isAll(list: string): boolean {
    return this.#all === list && this.size > 0;
  }

  toggle(index: number, id: string) {
    const on = !this.#ids.has(id);
    this.#anchor = { index, on };
    this.#put([id], on);
  }

  /** From where to where a selection up to this row goes. */
  span(index: number): { first: number; count: number } {
    const first = Math.min(index, this.#anchor.index);
    return { first, count: Math.abs(index - this.#anchor.index) + 1 };
  }

  /** Makes all of these as the row that was toggled last. */
  extend(ids: string[]) {
    this.#put(ids, this.#anchor.on);
  }

  /** Selects the whole of a list. */
  take(ids: string[], list: string) {
    this.#put(ids, true);
    this.#all = list;
  }

  /** Leaves those out who are not among these. */
  keep(ids: readonly string[]) {
    const left = new Set(ids);
    this.#put(
      this.ids.filter((id) => !left.has(id)),
      false,
    );
  }

  /** Other rows are shown: the next range starts at the top. */
  lift() {
    this.#anchor = { index: 0, on: true };
  }

  clear() {
    this.#ids.clear();
    this.lift();
    this.#all = '';
    this.#version++;
  }

  #put(ids: string[], on: boolean) {
    for (const id of ids) {
      if (on) this.#ids.add(id);
      else this.#ids.delete(id);
    }
    this.#all = '';
    this.#version++;
  }
}
