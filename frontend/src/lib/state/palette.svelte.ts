import { api, toErrorView, type ErrorView, type ProfileFilter, type ProfileRow } from '$lib/api';

/** One line of the box: a profile, or a pasted client (with the profile, if it is stored). */
export interface Choice {
  id: string;
  /** Named by its id, not found by its words: it may be new to this computer. */
  pasted: boolean;
  row: ProfileRow | null;
}

const MOST = 8;
/** Cliniko's ids are longer than any telephone number, except for the oldest. */
const SURELY_AN_ID = 15;

const rowsOf = async (search: string, filter: ProfileFilter, limit: number) => {
  const query = { search, filter, sort: 'name' as const, desc: false, offset: 0, limit };
  const page = await api.profiles(query);
  return { rows: page.rows ?? [], matched: page.matched };
};

/** The box over everything: what is typed, what fits, and which line is chosen. */
export class Palette {
  open = $state(false);
  text = $state('');
  choices = $state.raw<Choice[]>([]);
  /** How many profiles fit, shown or not. */
  matched = $state(0);
  active = $state(0);
  /** The choices belong to the text as it stands. */
  settled = $state(true);
  problem = $state.raw<ErrorView | null>(null);

  #turn = 0;
  #search: Promise<void> = Promise.resolve();

  show() {
    this.open = true;
    this.#clear();
  }

  close() {
    this.open = false;
    this.#clear();
  }

  type(text: string) {
    this.text = text;
    const turn = ++this.#turn;
    this.problem = null;
    if (!text.trim()) {
      this.#take([], 0);
      return;
    }
    this.settled = false;
    this.#search = this.#find(text.trim(), turn);
  }

  move(by: number) {
    const count = this.choices.length;
    if (count > 0) this.active = (this.active + by + count) % count;
  }

  /**
   * The line that Enter chooses. Enter may be quicker than the answer: then it is
   * the first line for what is typed, never one for what was typed before.
   */
  async chosen(): Promise<Choice | null> {
    const turn = this.#turn;
    await this.#search;
    return turn === this.#turn && this.open ? (this.choices[this.active] ?? null) : null;
  }

  async #find(text: string, turn: number) {
    try {
      const pasted = /\d/.test(text) ? (await api.findPasted(text)).id : '';
      // An address holds no name: look for the client whom it names.
      const bare = pasted === text.replace(/\s/g, '');
      const search = pasted && !bare ? pasted : text;
      const active = await rowsOf(search, 'all', MOST);
      const room = MOST - active.rows.length;
      const left = room > 0 ? await rowsOf(search, 'archived', room) : { rows: [], matched: 0 };
      if (turn !== this.#turn) return;
      const rows = [...active.rows, ...left.rows];
      this.#take(arrange(pasted, rows), active.matched + left.matched);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.#take([], 0);
      this.problem = toErrorView(thrown);
    }
  }

  #take(choices: Choice[], matched: number) {
    this.choices = choices;
    this.matched = matched;
    this.active = 0;
    this.settled = true;
  }

  #clear() {
    this.#turn++;
    this.text = '';
    this.problem = null;
    this.#take([], 0);
  }
}

/** The pasted client first; after the others where it may be a telephone number. */
function arrange(pasted: string, rows: ProfileRow[]): Choice[] {
  const choices: Choice[] = rows
    .filter((row) => row.id !== pasted)
    .map((row) => ({ id: row.id, pasted: false, row }));
  if (!pasted) return choices;
  const row = rows.find((each) => each.id === pasted) ?? null;
  const first: Choice = { id: pasted, pasted: true, row };
  const sure = row !== null || pasted.length >= SURELY_AN_ID;
  return sure ? [first, ...choices] : [...choices, first];
}
