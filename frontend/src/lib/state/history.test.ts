import { describe, expect, it, vi } from 'vitest';
import { startFake } from '../../dev/test-go';
import { History } from './history.svelte';
import { MissingClients } from './missing.svelte';
import { Syncs } from './syncs.svelte';

const offline = () => Promise.reject({ code: 'offline', message: 'No connection.' } as never);

describe('History', () => {
  it('keeps what it shows when it cannot be read again, and drops another one’s', async () => {
    const fake = startFake();
    const history = new History();
    const [one, other] = fake.people;
    if (!one || !other) throw new Error('too few people');
    await history.load(one.id);
    const { view } = history;
    expect(view?.createdAt).toBe(one.createdAt);
    fake.ProfileHistory = offline;
    await history.load(one.id);
    expect(history.view).toBe(view);
    expect(history.problem?.code).toBe('offline');
    await history.load(other.id);
    expect(history.view).toBeNull();
  });

  it('shows the later question’s answer, whichever comes last', async () => {
    const fake = startFake();
    const history = new History();
    const [one, other] = fake.people;
    if (!one || !other) throw new Error('too few people');
    let answer: () => void = () => undefined;
    const read = fake.ProfileHistory;
    fake.ProfileHistory = async (id) => {
      if (id === one.id) await new Promise<void>((resolve) => (answer = resolve));
      return read(id);
    };
    const early = history.load(one.id);
    await history.load(other.id);
    answer();
    await early;
    expect(history.view?.createdAt).toBe(other.createdAt);
  });
});

describe('Syncs', () => {
  it('reads them again when a sync begins and when it ends', async () => {
    const fake = startFake();
    const syncs = new Syncs();
    await syncs.load();
    const asked = vi.spyOn(fake, 'Syncs');
    const stop = syncs.follow();
    const before = syncs.all?.length ?? 0;
    await fake.SyncNow();
    await vi.waitFor(() => expect(syncs.all).toHaveLength(before + 1));
    expect(asked).toHaveBeenCalledTimes(2);
    expect(asked).toHaveBeenLastCalledWith(500);
    stop();
  });
});

describe('MissingClients', () => {
  async function lost(count: number) {
    const fake = startFake();
    fake.lose(count);
    const missing = new MissingClients();
    await missing.load();
    expect(missing.people).toHaveLength(count);
    return { fake, missing };
  }

  it('names them in the order of the profile list', async () => {
    const { missing } = await lost(60);
    const names = (missing.people ?? []).map(({ name }) => name).filter(Boolean);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
  });

  it('keeps them, and removes nobody', async () => {
    const { fake, missing } = await lost(60);
    const removed = vi.spyOn(fake, 'RemoveMissing');
    await missing.keep();
    expect(missing.outcome).toBe('kept');
    expect(fake.state.tally.missing).toBe(0);
    expect(removed).not.toHaveBeenCalled();
    missing.close();
    expect(missing.outcome).toBe('');
  });

  it('removes them once, however often it is asked', async () => {
    const { fake, missing } = await lost(60);
    const removed = vi.spyOn(fake, 'RemoveMissing');
    await Promise.all([missing.remove(), missing.remove(), missing.keep()]);
    expect(removed).toHaveBeenCalledOnce();
    expect(missing.outcome).toBe('removed');
    expect(missing.working).toBe('');
  });

  it('says why it could not, and forgets that with the next try', async () => {
    const { fake, missing } = await lost(60);
    const remove = fake.RemoveMissing.bind(fake);
    fake.RemoveMissing = offline;
    await missing.remove();
    expect(missing.problem?.code).toBe('offline');
    expect(missing.outcome).toBe('');
    fake.RemoveMissing = remove;
    await missing.remove();
    expect(missing.problem).toBeNull();
    expect(missing.outcome).toBe('removed');
  });

  it('that could not keep them tries just that again', async () => {
    const { fake, missing } = await lost(60);
    const keep = fake.KeepMissing.bind(fake);
    const removed = vi.spyOn(fake, 'RemoveMissing');
    fake.KeepMissing = offline;
    await missing.keep();
    expect(missing.problem?.code).toBe('offline');
    fake.KeepMissing = keep;
    await missing.again();
    expect(missing.outcome).toBe('kept');
    expect(removed).not.toHaveBeenCalled();
  });

  it('that was stopped removed nobody, and is no error', async () => {
    const { fake, missing } = await lost(60);
    fake.RemoveMissing = () => Promise.reject({ code: 'cancelled', message: 'Stopped.' } as never);
    await missing.remove();
    expect([missing.outcome, missing.problem]).toEqual(['stopped', null]);
  });

  it('asks once more when still more are gone', async () => {
    const { fake, missing } = await lost(60);
    fake.RemoveMissing = () =>
      Promise.reject({ code: 'mass_disappearance', message: 'More.' } as never);
    await missing.remove();
    expect([missing.outcome, missing.problem, missing.working]).toEqual(['', null, '']);
  });
});
