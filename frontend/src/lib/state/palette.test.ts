import { describe, expect, it, vi } from 'vitest';
import { rejected } from '../../testing/answers';
import { startGo } from '../../testing/go';
import { COUNTS, LUCA, manyRows, MEI, NGOZI, refusal, rowOf, ZOE } from '../../testing/samples';
import type { Action } from './actions';
import { Palette } from './palette.svelte';

const ADDRESS = 'https://harbour.au2.cliniko.com/patients/836447129235999999';
const STRANGER = '836447129235999999';

const nothing = () => Promise.resolve();
const ACTIONS: Action[] = [
  { id: 'sync', label: 'Sync now', run: nothing },
  { id: 'lock', label: 'Lock', keys: 'Ctrl L', run: nothing },
  { id: 'settings.people', label: 'Settings: People', run: nothing },
  { id: 'clinic.2', label: 'Switch to Café Rehab', run: nothing },
];
const action = (id: string) => ACTIONS.find((each) => each.id === id);

/** Each line as its kind and whom or what it opens. */
const lines = (palette: Palette) => palette.choices.map(({ kind, id }) => `${kind} ${id}`);

type Go = ReturnType<typeof startGo>;

/** The box with this text in it, once all is found. */
async function typed(
  text: string,
  prepare: (go: Go) => void = () => undefined,
  recent: readonly string[] = [],
) {
  const go = startGo();
  // As the search answers: abara and zhang fit somebody each, or two.
  go.lists.all.abara = [rowOf(NGOZI), rowOf(MEI)];
  go.lists.all.zhang = [rowOf(ZOE)];
  prepare(go);
  const palette = new Palette({
    recents: () => recent,
    actions: () => ACTIONS,
    elsewhere: () => [],
  });
  palette.show();
  palette.type(text);
  await vi.waitFor(() => expect(palette.settled).toBe(true));
  return { go, palette };
}

describe('Palette', () => {
  it('offers what a misspelt name may mean, and looks for that', async () => {
    const { go, palette } = await typed('zhagn', (asked) => {
      asked.suggestions.zhagn = 'Zhang';
      asked.lists.all.Zhang = [rowOf(ZOE)];
    });
    expect(lines(palette)).toEqual(['meant Zhang']);
    expect(go.Profiles.Find).toHaveBeenCalledTimes(2);
  });

  it('finds up to eight profiles and says how many fit', async () => {
    const { go, palette } = await typed('sample', ({ Profiles }) => {
      Profiles.Find.mockResolvedValue({ rows: manyRows(8), matched: 30, ...COUNTS });
    });
    expect(palette.choices).toHaveLength(9);
    expect(palette.choices[8]).toEqual({
      kind: 'all',
      id: 'all',
      search: 'sample',
      filter: 'all',
      count: 30,
    });
    // Nobody is looked for among the archived, where no room is left.
    expect(go.Profiles.Find.mock.calls).toEqual([
      [{ search: 'sample', filter: 'all', sort: 'match', desc: false, offset: 0, limit: 8 }],
    ]);
  });

  it('finds those who are archived, after the others', async () => {
    const { go, palette } = await typed('vis', ({ lists }) => {
      lists.all.vis = [rowOf(MEI)];
      lists.archived.vis = [rowOf(LUCA)];
    });
    expect(lines(palette)).toEqual([`profile ${MEI.id}`, `profile ${LUCA.id}`]);
    expect(go.Profiles.Find.mock.calls.map(([{ limit }]) => limit)).toEqual([8, 7]);
  });

  it('offers a pasted client first, known or not', async () => {
    const { go, palette } = await typed(ADDRESS, ({ Links }) => {
      Links.FindPasted.mockResolvedValue({ id: STRANGER });
    });
    expect(palette.choices).toEqual([{ kind: 'pasted', id: STRANGER, row: null }]);
    expect(go.Links.FindPasted.mock.calls).toEqual([[ADDRESS]]);
    // An address holds no name: who is looked for is the client whom it names.
    expect(go.Profiles.Find.mock.calls.map(([{ search }]) => search)).toEqual([STRANGER, STRANGER]);
    const known = await typed(NGOZI.id, ({ Links, lists }) => {
      Links.FindPasted.mockResolvedValue({ id: NGOZI.id });
      lists.all[NGOZI.id] = [rowOf(NGOZI)];
    });
    expect(known.palette.choices).toEqual([{ kind: 'pasted', id: NGOZI.id, row: rowOf(NGOZI) }]);
  });

  it.each([
    { text: '0491', finds: true, lines: [`profile ${NGOZI.id}`] },
    { text: '20255501', finds: true, lines: [`profile ${NGOZI.id}`] },
    { text: '20255501', finds: false, lines: ['pasted 20255501'] },
    { text: '0491570156', finds: false, lines: [] }, // no id begins with 0
  ])('takes $text for a telephone number where it can be one', async (each) => {
    const { palette } = await typed(each.text, ({ Links, lists }) => {
      Links.FindPasted.mockResolvedValue({ id: each.text });
      if (each.finds) lists.all[each.text] = [rowOf(NGOZI)];
    });
    expect(lines(palette)).toEqual(each.lines);
  });

  it('begins with whoever was opened last, as they are now, and with every action', async () => {
    const go = startGo();
    go.lists.all[NGOZI.id] = [rowOf(NGOZI)];
    go.lists.archived[LUCA.id] = [rowOf(LUCA)];
    const recents = () => [LUCA.id, STRANGER, NGOZI.id]; // one of them was erased since
    const palette = new Palette({ recents, actions: () => ACTIONS, elsewhere: () => [] });
    palette.show();
    await vi.waitFor(() =>
      expect(lines(palette)).toEqual([
        `profile ${LUCA.id}`,
        `profile ${NGOZI.id}`,
        'action sync',
        'action lock',
        'action settings.people',
        'action clinic.2',
      ]),
    );
  });

  it.each([
    { text: 'abara', lines: [`profile ${NGOZI.id}`, `profile ${MEI.id}`] },
    { text: 'loc', lines: ['action lock'] },
    { text: 'people sett', lines: ['action settings.people'] },
    { text: 'CAFE', lines: ['action clinic.2'] },
    { text: 'ync', lines: [] }, // the beginning of a word, not its middle
  ])('finds $text', async ({ text, lines: expected }) => {
    const { palette } = await typed(text);
    expect(lines(palette)).toEqual(expected);
  });

  it('says what went wrong with an action, and closes where nothing did', async () => {
    const { palette } = await typed('lock');
    await palette.run({ id: 'fix', label: '', run: () => rejected(refusal('store_busy')) });
    expect([palette.open, palette.problem?.code]).toEqual([true, 'store_busy']);
    const lock = action('lock');
    if (lock) await palette.run(lock);
    expect([palette.open, palette.problem]).toEqual([false, null]);
  });

  it('never chooses somebody whom only an earlier text fitted', async () => {
    const { palette } = await typed('abara');
    palette.move(1);
    palette.type('zhang');
    const choice = await palette.chosen(); // Enter, before the answer
    expect(choice?.id).toBe(ZOE.id);
  });

  it('goes round at the ends, and forgets all when it closes', async () => {
    const { palette } = await typed('abara');
    palette.move(-1);
    expect(palette.active).toBe(palette.choices.length - 1);
    palette.move(1);
    expect(palette.active).toBe(0);
    palette.close();
    expect([palette.text, palette.choices.length]).toEqual(['', 0]);
  });

  it('says why nothing could be found', async () => {
    const { palette } = await typed('abara', ({ Profiles }) => {
      Profiles.Find.mockRejectedValue(refusal('store_busy'));
    });
    expect(palette.problem?.code).toBe('store_busy');
    expect(palette.choices).toEqual([]);
  });
});
