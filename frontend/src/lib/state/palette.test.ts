import { describe, expect, it, vi } from 'vitest';
import { startFake } from '../../dev/test-go';
import { Palette } from './palette.svelte';

const ADDRESS = 'https://harbour.au2.cliniko.com/patients/836447129235999999';

async function typed(text: string, options?: Parameters<typeof startFake>[0]) {
  const fake = startFake(options);
  const palette = new Palette();
  palette.show();
  palette.type(text);
  await vi.waitFor(() => expect(palette.settled).toBe(true));
  return { fake, palette };
}

describe('Palette', () => {
  it('finds up to eight profiles and says how many fit', async () => {
    const { fake, palette } = await typed('muller', { count: 2000 });
    expect(palette.choices).toHaveLength(8);
    const all = fake.people.filter((person) => person.lastName === 'Müller');
    expect(palette.matched).toBe(all.filter((person) => person.state === 'active').length);
  });

  it('finds those who are archived, after the others', async () => {
    const fake = startFake();
    Object.assign(fake.people[5] ?? {}, { lastName: 'Onlyone', state: 'archived' });
    const palette = new Palette();
    palette.show();
    palette.type('onlyone');
    await vi.waitFor(() => expect(palette.choices[0]?.row?.state).toBe('archived'));
  });

  it('offers a pasted client first, known or not', async () => {
    const { palette } = await typed(ADDRESS);
    expect(palette.choices).toEqual([{ id: '836447129235999999', pasted: true, row: null }]);
    const known = await typed('836447129235000000');
    expect(known.palette.choices[0]).toMatchObject({ pasted: true, id: '836447129235000000' });
    expect(known.palette.choices[0]?.row?.name).toBeTruthy();
  });

  it('takes a few digits for a telephone number first', async () => {
    const { palette } = await typed('0491');
    expect(palette.choices[0]?.pasted).toBe(false);
    expect(palette.choices.at(-1)).toMatchObject({ pasted: true, id: '0491' });
  });

  it('never chooses somebody whom only an earlier text fitted', async () => {
    const { fake, palette } = await typed('abara');
    const earlier = palette.choices.map((choice) => choice.id);
    palette.move(1);
    palette.type('zhang');
    const choice = await palette.chosen(); // Enter, before the answer
    expect(earlier).not.toContain(choice?.id);
    expect(fake.people.find((person) => person.id === choice?.id)?.lastName).toBe('Zhang');
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
    const fake = startFake();
    fake.Profiles = () => Promise.reject({ code: 'store_busy', message: 'Busy.' } as never);
    const palette = new Palette();
    palette.show();
    palette.type('abara');
    await vi.waitFor(() => expect(palette.problem?.code).toBe('store_busy'));
    expect(palette.settled).toBe(true);
  });
});
