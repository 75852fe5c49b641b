import type { SearchedList } from '$lib/state/searched-list.svelte';
import type { GridSelection } from './grid';

/** The selection of a list, as its grid asks for it. */
export function picked<Row>(list: SearchedList<Row, string>): GridSelection {
  const { rows, selection } = list;
  const refAt = (index: number) => {
    const row = rows.at(index);
    return row === undefined ? '' : list.refOf(row);
  };
  return {
    get size() {
      return selection.size;
    },
    get everything() {
      return list.everything;
    },
    has: (index) => selection.has(refAt(index)),
    toggle: (index) => {
      const ref = refAt(index);
      if (ref) selection.toggle(index, ref);
    },
    extend: (index) => void list.selectTo(index),
    all: () => void list.selectAll(),
    clear: () => {
      selection.clear();
    },
  };
}
