import { onDestroy, onMount, tick } from 'svelte';
import { number } from '$lib/format';
import { t } from '$lib/i18n';
import { router } from '$lib/state/route.svelte';
import type { SearchedList } from '$lib/state/searched-list.svelte';

interface Surroundings<Row> {
  list: SearchedList<Row, string>;
  /** The grid, while there is one. */
  grid: () => { focus: () => void; move: (index: number) => void } | undefined;
  /** Takes the focus where there is no grid. */
  instead: () => HTMLElement | null | undefined;
  open: (row: Row) => void;
  /** Does what Enter does where a search finds nobody. */
  nobody?: () => void;
  /** What is shown of what, in words; '' until it is known. */
  shown: () => string;
  say: (text: string) => void;
  /** Finds the row that was left, before it is shown again. */
  locate?: () => Promise<void>;
}

/** How one goes between the search and the list of a screen, and comes back to a row. */
export function listScreen<Row extends { name: string }>(around: Surroundings<Row>) {
  const { list, grid, say } = around;
  let left = false;

  onMount(() => {
    list.rows.reload();
    if (router.cameBack) void backToRow();
    else if (list.restored) void rowIntoView();
    list.restored = false;
  });
  onDestroy(() => {
    left = true;
    list.wanted = false;
  });

  // Said once somebody pauses, not for each letter; nor when one just came here.
  const PAUSE = 600;
  let said = list.list;
  $effect(() => {
    const now = list.list;
    const shown = around.shown();
    const first = list.search && list.rows.at(0)?.name;
    const text = shown && first ? t('profiles.firstHit', { shown, name: first }) : shown;
    if (now === said || !text) return;
    const timer = setTimeout(() => {
      said = now;
      say(text);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  });

  let selected = list.selection.size;
  $effect(() => {
    const count = list.selection.size;
    if (count === selected) return;
    selected = count;
    say(t('profiles.selected', { count, shown: number(count) }));
  });

  /** The row that was left is in view, and the keyboard is on it. */
  async function backToRow() {
    await around.locate?.();
    await intoList();
    grid()?.move(list.active);
  }

  /** Whoever comes back after the lock sees the row; the focus is theirs to put. */
  async function rowIntoView() {
    await list.rows.settled();
    await tick();
    if (!left) grid()?.move(list.active);
  }

  async function intoList() {
    await tick();
    if (left) return;
    const there = grid();
    if (there) there.focus();
    else around.instead()?.focus();
  }

  return {
    intoList,
    /** From the search: the first row is marked already, so that the next is meant. */
    down() {
      if (list.pointed) grid()?.move(list.active + 1);
      void intoList();
    },
    /** Opens the row that is marked. */
    async openHit() {
      const hit = await list.hit();
      if (left) return;
      if (hit) around.open(hit);
      else if (list.search && list.rows.ready && list.rows.total === 0) around.nobody?.();
    },
  };
}
