import { describe, expect, it, vi } from 'vitest';
import { startGo } from '../../testing/go';
import { COUNTS, manyRows, refusal, rowOf, ZOE } from '../../testing/samples';
import { keep } from './kept';
import { ProfileList } from './profiles.svelte';
import { Selection } from './selection.svelte';

describe('Selection', () => {
  it('goes from the row that was toggled last, and does to all what was done to it', () => {
    const selection = new Selection();
    selection.toggle(4, 'e');
    expect(selection.span(2)).toEqual({ first: 2, count: 3 });
    selection.extend(['c', 'd', 'e']);
    expect(selection.ids.sort()).toEqual(['c', 'd', 'e']);
    selection.toggle(2, 'c');
    expect(selection.span(3)).toEqual({ first: 2, count: 2 });
    selection.extend(['c', 'd']);
    expect(selection.ids).toEqual(['e']);
  });

  it('knows that it is the whole of a list until it changes', () => {
    const selection = new Selection();
    selection.take(['a', 'b'], 'list');
    expect([selection.isAll('list'), selection.isAll('other')]).toEqual([true, false]);
    selection.toggle(0, 'a');
    expect(selection.isAll('list')).toBe(false);
    selection.clear();
    expect(selection.size).toBe(0);
  });
});

describe('ProfileList', () => {
  /** A list of 1,200, of which the first part is loaded. */
  async function shown() {
    const go = startGo();
    go.lists.all[''] = manyRows(1200);
    const list = new ProfileList();
    list.rows.reload();
    await vi.waitFor(() => {
      expect(list.rows.ready).toBe(true);
    });
    return { go, list };
  }

  it('selects rows that were never loaded, and keeps them while others are looked for', async () => {
    const { go, list } = await shown();
    list.selection.toggle(0, list.rows.at(0)?.id ?? '');
    await list.selectTo(700);
    expect(list.selection.size).toBe(701);
    const range = expect.objectContaining({ offset: 0, limit: 701 }) as never;
    expect(go.Profiles.IDs).toHaveBeenCalledExactlyOnceWith(range);
    list.find('müller');
    expect(list.selection.size).toBe(701);
  });

  it('selects all that is shown, and nobody else', async () => {
    const { go, list } = await shown();
    go.Profiles.Find.mockResolvedValue({ rows: [rowOf(ZOE)], matched: 1, ...COUNTS });
    go.Profiles.IDs.mockResolvedValue([ZOE.id]);
    list.only({ noPhone: true });
    await vi.waitFor(() => {
      expect(list.rows.total).toBe(1);
    });
    expect(list.narrowed).toBe(true);
    await list.selectAll();
    const asked = { search: '', filter: 'all', noPhone: true, noEmail: false, changed: '' };
    const whole = { sort: 'name', desc: false, offset: 0, limit: 1 };
    expect(go.Profiles.IDs.mock.calls).toEqual([[{ ...asked, ...whole }]]);
    expect(list.selection.ids).toEqual([ZOE.id]);
    expect(list.selection.isAll(list.list)).toBe(true);
    list.widen();
    expect(list.narrowed).toBe(false);
  });

  it('takes no answer about a list that is gone', async () => {
    const { list } = await shown();
    const asked = list.selectAll();
    list.find('x');
    await asked;
    expect(list.selection.size).toBe(0);
  });

  it('says why nothing was selected', async () => {
    const { list, go } = await shown();
    go.Profiles.IDs.mockRejectedValue(refusal('signed_out'));
    await list.selectAll();
    expect(list.rows.problem?.code).toBe('signed_out');
  });

  it('remembers the order on this computer', () => {
    startGo();
    new ProfileList().order('updated');
    const again = new ProfileList();
    expect([again.sort, again.desc]).toEqual(['updated', true]);
    keep('profiles.order', { sort: 'notes' });
    expect(new ProfileList().sort).toBe('name');
  });

  it('finds the next of a name', async () => {
    const { go, list } = await shown();
    go.Profiles.FindName.mockResolvedValueOnce(712).mockResolvedValueOnce(-1);
    expect(await list.named('mül', 40)).toBe(712);
    expect(await list.named('nobody at all', 0)).toBe(-1);
    const from = (offset: number) => expect.objectContaining({ offset, limit: 0 }) as never;
    expect(go.Profiles.FindName.mock.calls).toEqual([
      [from(40), 'mül'],
      [from(0), 'nobody at all'],
    ]);
  });
});
