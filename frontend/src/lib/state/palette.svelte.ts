import {
  api,
  toErrorView,
  type ClinicPlace,
  type ErrorView,
  type ProfileFilter,
  type ProfileRow,
} from '$lib/api';
import { matching, type Action } from './actions';

/** One line of the box. */
export type Choice =
  | { kind: 'profile'; id: string; row: ProfileRow }
  /** A client named by a pasted address or number, with the profile if it is stored. */
  | { kind: 'pasted'; id: string; row: ProfileRow | null }
  /** All that fit, in the list of profiles. */
  | { kind: 'all'; id: ProfileFilter; search: string; filter: ProfileFilter; count: number }
  /** What finds somebody, where the text finds nobody and is misspelt. */
  | { kind: 'meant'; id: string }
  | { kind: 'action'; id: string; action: Action };

const MOST = 8;
/** Cliniko's ids are longer than any telephone number, except for the oldest. */
const SURELY_AN_ID = 15;

const rowsOf = async (search: string, filter: ProfileFilter, limit: number) => {
  const query = { search, filter, sort: 'match' as const, desc: false, offset: 0, limit };
  const page = await api.profiles(query);
  return { rows: page.rows ?? [], matched: page.matched, suggestion: page.suggestion };
};

interface Surroundings {
  /** Whose profiles were opened last. */
  recents: () => readonly string[];
  /** What may be done now, given the clinics to switch to. */
  actions: (others: readonly ClinicPlace[]) => Action[];
  /** How to open a client in one of these clinics. */
  elsewhere: (others: readonly ClinicPlace[], client: string) => Action[];
}

/** The box over everything: what is typed, what fits, and which line is chosen. */
export class Palette {
  open = $state(false);
  text = $state('');
  choices = $state.raw<Choice[]>([]);
  active = $state(0);
  /** The choices belong to the text as it stands. */
  settled = $state(true);
  problem = $state.raw<ErrorView | null>(null);

  #turn = 0;
  #search: Promise<void> = Promise.resolve();
  #around: Surroundings;
  #others: readonly ClinicPlace[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  show() {
    this.open = true;
    this.#clear();
    this.#search = this.#start(this.#turn);
  }

  close() {
    this.open = false;
    this.#clear();
  }

  type(text: string) {
    this.text = text;
    const turn = ++this.#turn;
    this.problem = null;
    this.settled = false;
    this.#search = text.trim() ? this.#find(text.trim(), turn) : this.#start(turn);
  }

  /** The ids of the profiles that are offered, in their order. */
  get people(): string[] {
    return this.choices.flatMap((choice) => (choice.kind === 'profile' ? [choice.id] : []));
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

  /**
   * Does what a line stands for that opens no profile. The box closes, unless it
   * has to say what went wrong.
   */
  async run(action: Action) {
    const turn = ++this.#turn;
    this.problem = null;
    try {
      await action.run();
      if (turn === this.#turn) this.close();
    } catch (thrown) {
      if (turn === this.#turn) this.problem = toErrorView(thrown);
    }
  }

  /** Before anything is typed: who was opened last, and what can be done. */
  async #start(turn: number) {
    const before = await Promise.all(this.#around.recents().map(rowOf)).catch(() => []);
    // Most computers have one clinic, and what goes wrong with the others is said in Settings.
    this.#others = (await api.clinics().catch(() => [])).filter(({ current }) => !current);
    if (turn !== this.#turn) return;
    this.#take(
      before.flatMap((row) => (row ? [chosenFrom(row)] : [])),
      this.#actions(''),
    );
  }

  async #find(text: string, turn: number) {
    try {
      const pasted = /\d/.test(text) ? (await api.findPasted(text)).id : '';
      // An address holds no name: look for the client whom it names.
      const bare = pasted === text.replace(/\s/g, '');
      const search = pasted && !bare ? pasted : text;
      const active = await rowsOf(search, 'all', MOST);
      const room = MOST - active.rows.length;
      const left =
        room > 0
          ? await rowsOf(search, 'archived', room)
          : { rows: [], matched: 0, suggestion: '' };
      if (turn !== this.#turn) return;
      const people = arrange(pasted, [...active.rows, ...left.rows]);
      const more = [
        ...allOf(search, 'all', active.matched, active.rows.length),
        ...allOf(search, 'archived', left.matched, left.rows.length),
      ];
      const meant = people.length === 0 ? active.suggestion || left.suggestion : '';
      if (meant) more.push({ kind: 'meant', id: meant });
      this.#take([...people, ...more], this.#actions(text));
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const problem = toErrorView(thrown);
      this.#take(problem.code === 'other_clinic' ? this.#elsewhere(text) : [], this.#actions(text));
      this.problem = problem;
    }
  }

  /** An address of another clinic's Cliniko may be of one that is on this computer. */
  #elsewhere(address: string): Choice[] {
    const client = /\/patients\/(\d+)/.exec(address)?.[1];
    if (!client) return [];
    const actions = this.#around.elsewhere(this.#others, client);
    return actions.map((action) => ({ kind: 'action', id: action.id, action }));
  }

  #actions(text: string): Choice[] {
    const actions = this.#around.actions(this.#others);
    return matching(actions, text).map((action) => ({ kind: 'action', id: action.id, action }));
  }

  #take(people: Choice[], actions: Choice[]) {
    this.choices = [...people, ...actions];
    this.active = 0;
    this.settled = true;
  }

  #clear() {
    this.#turn++;
    this.text = '';
    this.problem = null;
    this.#take([], []);
  }
}

const chosenFrom = (row: ProfileRow): Choice => ({ kind: 'profile', id: row.id, row });

/** Who was opened before, as they are now; undefined for somebody who is not here any more. */
async function rowOf(id: string): Promise<ProfileRow | undefined> {
  for (const filter of ['all', 'archived'] as const) {
    const { rows } = await rowsOf(id, filter, MOST);
    const row = rows.find((each) => each.id === id);
    if (row) return row;
  }
  return undefined;
}

/** A line for those of a search who are not shown. */
function allOf(search: string, filter: ProfileFilter, count: number, shown: number): Choice[] {
  return count > shown ? [{ kind: 'all', id: filter, search, filter, count }] : [];
}

/** The pasted client first. A short number that finds people is a telephone number. */
function arrange(pasted: string, rows: ProfileRow[]): Choice[] {
  const choices = rows.filter((row) => row.id !== pasted).map(chosenFrom);
  const row = rows.find((each) => each.id === pasted) ?? null;
  const anId = row !== null || pasted.length >= SURELY_AN_ID || rows.length === 0;
  // No id of Cliniko's begins with 0, and many telephone numbers do.
  if (!pasted || pasted.startsWith('0') || !anId) return choices;
  return [{ kind: 'pasted', id: pasted, row }, ...choices];
}
