import { describe, expect, it, vi } from 'vitest';
import { startFake } from '../../dev/test-go';
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
  async function shown(count = 1200) {
    const fake = startFake({ count });
    const list = new ProfileList();
    list.rows.reload();
    await vi.waitFor(() => {
      expect(list.rows.ready).toBe(true);
    });
    return { fake, list };
  }

  it('selects rows that were never loaded, and keeps them while others are looked for', async () => {
    const { list } = await shown();
    list.selection.toggle(0, list.rows.at(0)?.id ?? '');
    await list.selectTo(700);
    expect(list.selection.size).toBe(701);
    list.find('müller');
    expect(list.selection.size).toBe(701);
  });

  it('selects all that is shown, and nobody else', async () => {
    const { list, fake } = await shown();
    list.only({ noPhone: true });
    await vi.waitFor(() => {
      expect(list.rows.total).toBe(list.counts.noPhone);
    });
    expect(list.narrowed).toBe(true);
    await list.selectAll();
    const without = fake.people.filter((each) => each.state === 'active' && !each.phones.length);
    expect(list.selection.ids.sort()).toEqual(without.map(({ id }) => id).sort());
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
    const { list, fake } = await shown();
    fake.ProfileIDs = () => Promise.reject({ code: 'signed_out', message: 'Nobody.' } as never);
    await list.selectAll();
    expect(list.rows.problem?.code).toBe('signed_out');
  });

  it('remembers the order on this computer', () => {
    startFake();
    new ProfileList().order('updated');
    const again = new ProfileList();
    expect([again.sort, again.desc]).toEqual(['updated', true]);
    keep('profiles.order', { sort: 'notes' });
    expect(new ProfileList().sort).toBe('name');
  });

  it('finds the next of a name', async () => {
    const { list } = await shown(300);
    const at = await list.named('mül', 0);
    expect(list.rows.at(at)?.name ?? (await list.named('mül', at))).toBeTruthy();
    expect(await list.named('nobody at all', 0)).toBe(-1);
  });
});
