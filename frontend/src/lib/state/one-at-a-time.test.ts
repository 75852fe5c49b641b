import { describe, expect, it, vi } from 'vitest';
import type { NameView, ProfileView } from '$lib/api';
import { later, startGo } from '../../testing/go';
import * as sample from '../../testing/samples';
import { FailedRound } from './failed-round.svelte';
import { oneAtATime } from './one-at-a-time';
import { OneProfile } from './profile.svelte';
import { Router } from './route.svelte';

const { KOFI, NGOZI } = sample;

describe('many changes while one answer is on its way', () => {
  it('read a profile once more, and show the last answer', async () => {
    const go = startGo();
    const profile = new OneProfile(NGOZI.id);
    const slow = later<ProfileView>();
    go.Profiles.Get.mockReturnValueOnce(slow.promise);
    go.Profiles.Get.mockResolvedValue({ ...NGOZI, email: 'new@example.com' });
    const stop = profile.follow();
    for (let n = 0; n < 9; n++) go.emit('profiles', {});
    expect(go.Profiles.Get).toHaveBeenCalledTimes(1);
    slow.answer(NGOZI);
    await vi.waitFor(() => expect(profile.view?.email).toBe('new@example.com'));
    expect(go.Profiles.Get).toHaveBeenCalledTimes(2);
    stop();
  });

  it('read the names of a round once more', async () => {
    const go = startGo();
    const round = new FailedRound(new Router());
    const slow = later<NameView[]>();
    go.Attention.Names.mockReturnValueOnce(slow.promise);
    go.Attention.Names.mockResolvedValue([{ id: KOFI.id, name: 'Patel, Kofi' }]);
    const stop = round.follow(KOFI.id);
    for (let n = 0; n < 9; n++) go.emit('profiles', {});
    expect(go.Attention.Names).toHaveBeenCalledTimes(1);
    slow.answer([{ id: '1', name: 'Sample, Ann' }]);
    await vi.waitFor(() => expect(round.place(KOFI.id)?.of).toBe(1));
    expect(go.Attention.Names).toHaveBeenCalledTimes(2);
    stop();
  });

  it('are read after a reading that failed', async () => {
    const read = vi.fn(() => Promise.resolve());
    read.mockRejectedValueOnce(new Error('no answer'));
    const load = oneAtATime(read);
    await expect(load()).rejects.toThrow('no answer');
    await load();
    expect(read).toHaveBeenCalledTimes(2);
  });
});
