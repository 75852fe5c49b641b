import { toErrorView, type ErrorView } from '$lib/api';

/** A part of a long list, and how long the whole list is. */
export interface Part<Row> {
  rows: Row[];
  total: number;
}

export type LoadPart<Row> = (offset: number, limit: number) => Promise<Part<Row>>;

const CHUNK = 50;
/** So many rows before they come into view, they are asked for. */
const AHEAD = 20;
/** Chunks kept in memory: enough for quick scrolling back, small on any list. */
const KEPT = 120;
/** So many rows at once are a leap: more than a page of a large window. */
const LEAP = 50;
/** In milliseconds: who leaps more often than this only passes by. */
const HURRY = 250;

/**
 * A long list of which only the rows near the view are in memory. Rows come from
 * Go in chunks; a row that is not here yet is `undefined`, and the view shows
 * that one is to come. After `reload` the old rows stay in view until the new
 * ones arrive, so that typing in a search does not flicker.
 */
export class RowWindows<Row> {
  total = $state(0);
  /** Whether anything was ever loaded. */
  ready = $state(false);
  problem = $state.raw<ErrorView | null>(null);

  #load: LoadPart<Row>;
  #chunks = new Map<number, Row[]>();
  #asked = new Set<number>();
  /** Chunks of before the last reload: shown until they are replaced. */
  #stale = new Set<number>();
  /** Answers to questions of an earlier generation are thrown away. */
  #generation = 0;
  #view: [first: number, last: number] = [0, 0];
  #jumped = -HURRY;
  #answers: Promise<void>[] = [];
  #arrival: ReturnType<typeof setTimeout> | undefined;
  #version = $state(0);

  constructor(load: LoadPart<Row>) {
    this.#load = load;
  }

  at(index: number): Row | undefined {
    void this.#version; // read, so that whoever asks is told of new rows
    return this.#chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  }

  /**
   * Tells which rows are in view; loads those that are not here. Of a long list
   * that is scrolled through at once, only the rows at its end.
   */
  show(first: number, last: number) {
    const jumped = Math.abs(first - this.#view[0]) >= LEAP;
    const hurries = jumped && performance.now() - this.#jumped < HURRY;
    if (jumped) this.#jumped = performance.now();
    this.#view = [first, last];
    clearTimeout(this.#arrival);
    if (!hurries) this.#askForView();
    else
      this.#arrival = setTimeout(() => {
        this.#askForView();
      }, HURRY / 2);
  }

  #askForView() {
    for (const chunk of this.#chunksInView(AHEAD)) this.#ask(chunk);
  }

  /** Asks again for what is in view. With `top`, the view goes back to the first row. */
  reload(top = false) {
    this.#generation++;
    this.#asked.clear();
    this.#answers = [];
    if (top) this.#view = [0, this.#view[1] - this.#view[0]];
    this.#stale = new Set(this.#chunks.keys());
    this.#askForView();
  }

  /** Forgets everything, at once. */
  clear() {
    clearTimeout(this.#arrival);
    this.#generation++;
    this.#chunks.clear();
    this.#asked.clear();
    this.#stale.clear();
    this.total = 0;
    this.ready = false;
    this.problem = null;
    this.#version++;
  }

  #chunksInView(ahead = 0): number[] {
    const first = Math.max(0, Math.floor((this.#view[0] - ahead) / CHUNK));
    const last = Math.max(first, Math.floor((this.#view[1] + ahead) / CHUNK));
    return Array.from({ length: last - first + 1 }, (_, step) => first + step);
  }

  #ask(chunk: number) {
    const here = this.#chunks.has(chunk) && !this.#stale.has(chunk);
    const beyond = this.ready && this.#stale.size === 0 && chunk > 0 && chunk * CHUNK >= this.total;
    if (here || beyond || this.#asked.has(chunk)) return;
    this.#asked.add(chunk);
    this.#answers.push(this.#fetch(chunk, this.#generation));
  }

  /** Waits until what was asked for since the last reload is here, or cannot be had. */
  async settled() {
    await Promise.all(this.#answers);
  }

  async #fetch(chunk: number, generation: number) {
    try {
      const part = await this.#load(chunk * CHUNK, CHUNK);
      if (generation !== this.#generation) return;
      this.#store(chunk, part);
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.#asked.delete(chunk);
      this.problem = toErrorView(thrown);
    }
  }

  #store(chunk: number, part: Part<Row>) {
    // The first answer of a generation makes every other old chunk out of date.
    for (const old of this.#stale) {
      if (this.#chunksInView().includes(old)) continue;
      this.#chunks.delete(old);
      this.#stale.delete(old);
    }
    this.#stale.delete(chunk);
    this.#asked.delete(chunk);
    this.#chunks.delete(chunk); // set again: the newest is last
    this.#chunks.set(chunk, part.rows);
    this.#forgetFar(chunk);
    this.total = part.total;
    this.ready = true;
    this.problem = null;
    this.#version++;
    // The list may have become shorter than the view: look where it now ends.
    if (part.total > 0 && part.rows.length === 0) {
      const end = part.total - 1;
      this.#view = [Math.max(0, end - (this.#view[1] - this.#view[0])), end];
      this.#askForView();
    }
  }

  #forgetFar(latest: number) {
    const inView = new Set(this.#chunksInView());
    for (const chunk of this.#chunks.keys()) {
      if (this.#chunks.size <= KEPT) return;
      if (chunk !== latest && !inView.has(chunk)) this.#chunks.delete(chunk);
    }
  }
}
