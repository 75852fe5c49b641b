import { describe, expect, it, vi } from 'vitest';
import { startGo } from '../../testing/go';
import { COUNTS, LUCA, manyRows, MEI, NGOZI, refusal, rowOf, ZOE } from '../../testing/samples';
import { Palette } from './palette.svelte';

const ADDRESS = 'https://harbour.au2.cliniko.com/patients/836447129235999999';
const STRANGER = '836447129235999999';

type Go = ReturnType<typeof startGo>;

/** The box with this text in it, once all is found. */
async function typed(text: string, prepare: (go: Go) => void = () => undefined) {
  const go = startGo();
  // As the search answers: abara and zhang fit somebody each, or two.
  go.lists.all.abara = [rowOf(NGOZI), rowOf(MEI)];
  go.lists.all.zhang = [rowOf(ZOE)];
  prepare(go);
  const palette = new Palette();
  palette.show();
  palette.type(text);
  await vi.waitFor(() => expect(palette.settled).toBe(true));
  return { go, palette };
}

describe('Palette', () => {
  it('finds up to eight profiles and says how many fit', async () => {
    const { go, palette } = await typed('sample', ({ Profiles }) => {
      Profiles.Find.mockResolvedValue({ rows: manyRows(8), matched: 30, ...COUNTS });
    });
    expect(palette.choices).toHaveLength(8);
    expect(palette.matched).toBe(30);
    // Nobody is looked for among the archived, where no room is left.
    expect(go.Profiles.Find.mock.calls).toEqual([
      [{ search: 'sample', filter: 'all', sort: 'name', desc: false, offset: 0, limit: 8 }],
    ]);
  });

  it('finds those who are archived, after the others', async () => {
    const { go, palette } = await typed('vis', ({ lists }) => {
      lists.all.vis = [rowOf(MEI)];
      lists.archived.vis = [rowOf(LUCA)];
    });
    expect(palette.choices.map(({ row }) => row?.state)).toEqual(['active', 'archived']);
    expect(palette.matched).toBe(2);
    expect(go.Profiles.Find.mock.calls.map(([{ limit }]) => limit)).toEqual([8, 7]);
  });

  it('offers a pasted client first, known or not', async () => {
    const { go, palette } = await typed(ADDRESS, ({ Links }) => {
      Links.FindPasted.mockResolvedValue({ id: STRANGER });
    });
    expect(palette.choices).toEqual([{ id: STRANGER, pasted: true, row: null }]);
    expect(go.Links.FindPasted.mock.calls).toEqual([[ADDRESS]]);
    // An address holds no name: who is looked for is the client whom it names.
    expect(go.Profiles.Find.mock.calls.map(([{ search }]) => search)).toEqual([STRANGER, STRANGER]);
    const known = await typed(NGOZI.id, ({ Links, lists }) => {
      Links.FindPasted.mockResolvedValue({ id: NGOZI.id });
      lists.all[NGOZI.id] = [rowOf(NGOZI)];
    });
    expect(known.palette.choices).toEqual([{ id: NGOZI.id, pasted: true, row: rowOf(NGOZI) }]);
  });

  it('takes a few digits for a telephone number first', async () => {
    const { palette } = await typed('0491', ({ Links, lists }) => {
      Links.FindPasted.mockResolvedValue({ id: '0491' });
      lists.all['0491'] = [rowOf(NGOZI)];
    });
    expect(palette.choices.map(({ id, pasted }) => [id, pasted])).toEqual([
      [NGOZI.id, false],
      ['0491', true],
    ]);
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
