import { describe, expect, it, vi } from 'vitest';
import type { HistoryView } from '$lib/api';
import { later, startGo } from '../../testing/go';
import { HISTORY, MEI, MISSING, NGOZI, PASS, refusal } from '../../testing/samples';
import { loseNobody, loseThree } from '../../testing/sync';
import { History } from './history.svelte';
import { MissingClients } from './missing.svelte';
import { Syncs } from './syncs.svelte';

const PASSWORD = 'correct horse battery';

describe('History', () => {
  const ofMei = { ...HISTORY, createdAt: '2025-05-05T05:05:05Z' };

  it('keeps what it shows when it cannot be read again, and drops another one’s', async () => {
    const go = startGo();
    const history = new History();
    await history.load(NGOZI.id);
    const { view } = history;
    expect(view).toEqual(HISTORY);
    go.Profiles.History.mockRejectedValue(refusal('offline'));
    await history.load(NGOZI.id);
    expect(history.view).toBe(view);
    expect(history.problem?.code).toBe('offline');
    await history.load(MEI.id);
    expect(history.view).toBeNull();
    expect(go.Profiles.History.mock.calls).toEqual([[NGOZI.id], [NGOZI.id], [MEI.id]]);
  });

  it('shows the later question’s answer, whichever comes last', async () => {
    const go = startGo();
    const history = new History();
    const slow = later<HistoryView>();
    go.Profiles.History.mockReturnValueOnce(slow.promise).mockResolvedValueOnce(ofMei);
    const early = history.load(NGOZI.id);
    await history.load(MEI.id);
    slow.answer(HISTORY);
    await early;
    expect(history.view).toEqual(ofMei);
  });
});

describe('Syncs', () => {
  it('reads them again when a sync begins and when it ends', async () => {
    const go = startGo();
    const syncs = new Syncs();
    await syncs.load();
    expect(syncs.all).toEqual([PASS]);
    const stop = syncs.follow();
    const running = { ...PASS, startedAt: '2026-11-03T09:15:00Z', endedAt: '' };
    go.Sync.Passes.mockResolvedValueOnce([running, PASS]);
    go.tell({ phase: 'changes', done: 0 });
    await vi.waitFor(() => expect(syncs.all).toEqual([running, PASS]));
    go.tell({ phase: 'changes', done: 5 });
    const ended = { ...running, endedAt: '2026-11-03T09:16:00Z' };
    go.Sync.Passes.mockResolvedValueOnce([ended, PASS]);
    go.tell({ phase: 'idle' });
    await vi.waitFor(() => expect(syncs.all).toEqual([ended, PASS]));
    expect(go.Sync.Passes.mock.calls).toEqual([[500], [500], [500]]);
    stop();
  });
});

describe('MissingClients', () => {
  async function lost() {
    const go = startGo();
    loseThree(go);
    go.Integration.KeepMissing.mockImplementation(async () => {
      loseNobody(go);
    });
    go.Integration.RemoveMissing.mockResolvedValue(PASS);
    const missing = new MissingClients();
    await missing.load();
    expect(missing.people).toHaveLength(3);
    return { go, missing };
  }

  it('names them in the order of the profile list', async () => {
    const go = startGo();
    const [abara, mueller, zhang] = MISSING;
    const nameless = { id: '4711', name: '', born: '' };
    go.Integration.Missing.mockResolvedValue(
      [nameless, zhang, abara, mueller].flatMap((each) => each ?? []),
    );
    const missing = new MissingClients();
    await missing.load();
    const names = (missing.people ?? []).map(({ name }) => name);
    expect(names).toEqual(['Abara, Ngozi', 'Müller, Mei', 'Zhang, Zoë', '']);
  });

  it('keeps them, and removes nobody', async () => {
    const { go, missing } = await lost();
    await missing.keep();
    expect(missing.outcome).toBe('kept');
    expect(go.Integration.KeepMissing).toHaveBeenCalledOnce();
    expect(go.Integration.RemoveMissing).not.toHaveBeenCalled();
    missing.close();
    expect(missing.outcome).toBe('');
  });

  it('removes them once, however often it is asked', async () => {
    const { go, missing } = await lost();
    await Promise.all([
      missing.remove(MISSING, PASSWORD),
      missing.remove(MISSING, PASSWORD),
      missing.keep(),
    ]);
    expect(go.Integration.RemoveMissing.mock.calls).toEqual([
      [MISSING.map(({ id }) => id), PASSWORD],
    ]);
    expect(go.Integration.KeepMissing).not.toHaveBeenCalled();
    expect(missing.outcome).toBe('removed');
    expect(missing.working).toBe('');
  });

  it('says why it could not, and forgets that with the next try', async () => {
    const { go, missing } = await lost();
    go.Integration.RemoveMissing.mockRejectedValueOnce(refusal('offline'));
    await missing.remove(MISSING, PASSWORD);
    expect(missing.problem?.code).toBe('offline');
    expect(missing.outcome).toBe('');
    await missing.remove(MISSING, PASSWORD);
    expect(missing.problem).toBeNull();
    expect(missing.outcome).toBe('removed');
  });

  it('that could not keep them knows that it was to keep them', async () => {
    const { go, missing } = await lost();
    go.Integration.KeepMissing.mockRejectedValueOnce(refusal('offline'));
    await missing.keep();
    expect(missing.problem?.code).toBe('offline');
    expect(missing.last).toBe('keep');
    await missing.keep();
    expect(missing.outcome).toBe('kept');
    expect(go.Integration.RemoveMissing).not.toHaveBeenCalled();
  });

  it('with a wrong password says so, and the question stays', async () => {
    const { go, missing } = await lost();
    go.Integration.RemoveMissing.mockRejectedValueOnce(refusal('sign_in_refused'));
    await expect(missing.remove(MISSING, 'no')).rejects.toMatchObject({ code: 'sign_in_refused' });
    expect([missing.outcome, missing.problem, missing.working]).toEqual(['', null, '']);
    await missing.remove(MISSING, PASSWORD);
    expect(missing.outcome).toBe('removed');
  });

  it('that was stopped removed nobody, and is no error', async () => {
    const { go, missing } = await lost();
    go.Integration.RemoveMissing.mockRejectedValue(refusal('cancelled'));
    await missing.remove(MISSING, PASSWORD);
    expect([missing.outcome, missing.problem]).toEqual(['stopped', null]);
  });

  it('asks once more when still more are gone', async () => {
    const { go, missing } = await lost();
    go.Integration.RemoveMissing.mockRejectedValue(refusal('mass_disappearance'));
    go.Integration.Missing.mockResolvedValue([{ id: '4711', name: 'Later, Lou', born: '' }]);
    await missing.remove(MISSING, PASSWORD);
    expect([missing.outcome, missing.problem, missing.working]).toEqual(['', null, '']);
    expect(missing.grown).toBe(true);
    expect(missing.people?.map(({ id }) => id)).toEqual(['4711']);
  });

  it('removes those who were shown, whoever is missing by then', async () => {
    const { go, missing } = await lost();
    const shown = missing.people ?? [];
    go.Integration.Missing.mockResolvedValue([
      ...MISSING,
      { id: '4711', name: 'Later, Lou', born: '' },
    ]);
    await missing.load();
    go.Integration.RemoveMissing.mockRejectedValueOnce(refusal('offline'));
    await missing.remove(shown, PASSWORD);
    expect(missing.last).toBe('remove');
    await missing.remove(missing.shown, PASSWORD);
    const ids = MISSING.map(({ id }) => id);
    expect(go.Integration.RemoveMissing.mock.calls).toEqual([
      [ids, PASSWORD],
      [ids, PASSWORD],
    ]);
  });
});
