import { describe, expect, it, vi } from 'vitest';
import { moved } from '$lib/components/grid/grid';
import type { AppState } from '$lib/api';
import { t } from '$lib/i18n';
import { words } from '$lib/i18n/words.svelte';
import { startFake } from '../../dev/test-go';
import { App } from './app.svelte';
import { Failures, groupsOf } from './failures.svelte';
import { Importer } from './importer.svelte';
import { strength } from './password';
import { OneProfile } from './profile.svelte';
import { ProfileList } from './profiles.svelte';
import { Router } from './route.svelte';

describe('App', () => {
  it.each([
    ['new', 'welcome'],
    ['signed-out', 'sign-in'],
    ['unconnected', 'inside'],
  ] as const)('a %s installation opens on %s', async (stage, face) => {
    startFake({ stage });
    const app = new App();
    expect(app.face).toBe('starting');
    await app.load();
    expect(app.face).toBe(face);
  });

  it('says that the data cannot be opened before anything else', async () => {
    const fake = startFake({ stage: 'new' });
    fake.state.store = { code: 'store_key_lost', message: 'Lost.', until: '' };
    const app = new App();
    await app.load();
    expect(app.face).toBe('store');
  });

  it('takes what it asked for last, whatever is answered first', async () => {
    const fake = startFake();
    const app = new App();
    const answers: ((state: AppState) => void)[] = [];
    fake.State = () => new Promise((resolve) => answers.push(resolve));
    const both = [app.load(), app.load()];
    answers[1]?.({ ...fake.state, clientWord: 'patient' });
    answers[0]?.({ ...fake.state, clientWord: 'client' });
    await Promise.all(both);
    expect(app.state?.clientWord).toBe('patient');
  });

  it('is broken without Go', async () => {
    const app = new App();
    await app.load();
    expect(app.face).toBe('broken');
  });

  it('has another owner when the clinic or the person is another, and no other time', async () => {
    const fake = startFake();
    const app = new App();
    await app.load();
    const { owner } = app;
    app.take({ ...fake.state, clientWord: 'patient' });
    expect(app.owner).toBe(owner);
    app.take({ ...fake.state, person: null });
    expect(app.owner).not.toBe(owner);
    app.take({ ...fake.state });
    expect(app.owner).toBe(owner);
    // The very same clinic and person to look at, and still another one.
    app.take({ ...fake.state, generation: fake.state.generation + 1 });
    expect(app.owner).not.toBe(owner);
  });

  it('drops what still comes from the clinic before', async () => {
    const fake = startFake();
    const app = new App();
    await app.load();
    const stop = app.follow();
    const before = structuredClone(fake.state);
    const generation = before.generation + 1;
    const sync = { ...before.sync, generation };
    app.take({ ...before, generation, sync, clinic: null });
    fake.emit('state', before);
    expect(app.state?.clinic).toBeNull();
    fake.emit('sync', { ...before.sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('idle');
    fake.emit('sync', { ...sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('changes');
    stop();
  });

  it('is not set back by what was told earlier and comes later', async () => {
    const fake = startFake();
    const app = new App();
    await app.load();
    const stop = app.follow();
    const { sync } = fake.state;
    fake.emit('sync', { ...sync, number: 7, phase: 'listed' });
    fake.emit('sync', { ...sync, number: 6, phase: 'listing', done: 75, total: 75 });
    expect(app.sync?.phase).toBe('listed');
    app.take({
      ...fake.state,
      clientWord: 'patient',
      sync: { ...sync, number: 5, phase: 'listing' },
    });
    expect(app.sync?.phase).toBe('listed');
    expect(app.state?.clientWord).toBe('patient');
    stop();
  });

  it('follows the sync, and asks for the counts when a pass ends', async () => {
    const fake = startFake();
    const app = new App();
    await app.load();
    const stop = app.follow();
    const asked = vi.spyOn(fake, 'State');
    fake.emit('sync', { ...fake.state.sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('changes');
    fake.emit('sync', { ...fake.state.sync, phase: 'idle' });
    expect(asked).toHaveBeenCalledOnce();
    stop();
  });
});

describe('ProfileList', () => {
  const settled = (list: ProfileList) => vi.waitFor(() => expect(list.rows.ready).toBe(true));

  it('searches, filters and sorts from the top', async () => {
    startFake();
    const list = new ProfileList();
    list.rows.reload();
    await settled(list);
    const all = list.rows.total;
    expect(list.counts.all).toBe(all);
    list.active = 40;
    list.find('müller');
    expect(list.active).toBe(0);
    await vi.waitFor(() => expect(list.rows.total).toBeLessThan(all));
    expect(list.counts.all).toBe(all); // the tabs do not follow the search
    list.find('');
    list.show('attention');
    await vi.waitFor(() => expect(list.rows.total).toBe(list.counts.attention));
  });

  it('turns the order round when a column is chosen twice', () => {
    startFake();
    const list = new ProfileList();
    list.order('name');
    expect([list.sort, list.desc]).toEqual(['name', true]);
    list.order('born');
    expect([list.sort, list.desc]).toEqual(['born', false]);
    list.order('updated');
    expect([list.sort, list.desc]).toEqual(['updated', true]); // newest first
  });

  it('keeps silent when a sync runs already', async () => {
    const fake = startFake();
    const list = new ProfileList();
    fake.SyncNow = () => Promise.reject({ code: 'sync_running', message: 'Runs.' } as never);
    await list.sync();
    expect(list.syncProblem).toBeNull();
    fake.SyncNow = () => Promise.reject({ code: 'offline', message: 'No connection.' } as never);
    await list.sync();
    expect(list.syncProblem?.code).toBe('offline');
  });
});

describe('Importer', () => {
  it('lists, stores and shows the results', async () => {
    const fake = startFake({ stage: 'connected' });
    const importer = new Importer();
    expect(importer.step(fake.state.sync)).toBe('start');
    const listing = importer.list();
    expect(importer.step(fake.state.sync)).toBe('busy');
    await listing;
    expect(importer.step(fake.state.sync)).toBe('listed');
    await importer.store();
    expect(importer.step(fake.state.sync)).toBe('results');
    expect(importer.results?.failed).toBeGreaterThan(0);
    importer.close();
    expect(importer.step(fake.state.sync)).toBe('start');
  });

  it('knows what was stopped, and how it goes on', async () => {
    const fake = startFake({ stage: 'connected', passTime: 200 });
    const importer = new Importer();
    await importer.list();
    const storing = importer.store();
    await importer.cancel();
    await storing;
    expect(importer.step(fake.state.sync)).toBe('stopped');
    expect(importer.stoppedWhile).toBe('store');
    const resumed = vi.spyOn(fake, 'SyncNow');
    await importer.again();
    expect(resumed).toHaveBeenCalledOnce();
    expect(importer.step(fake.state.sync)).toBe('results');
  });

  it('takes up a list that waits', async () => {
    const fake = startFake({ stage: 'connected' });
    await fake.ListPatients();
    const importer = new Importer();
    await importer.recall();
    expect(importer.step(fake.state.sync)).toBe('listed');
  });
});

describe('Failures', () => {
  it('counts what is missing and filters by it', async () => {
    startFake();
    const failures = new Failures(() => undefined);
    await failures.load();
    const email = failures.groups.find((each) => each.group === 'email');
    expect(email?.count).toBeGreaterThan(0);
    failures.toggle('email');
    expect(failures.shown).toHaveLength(email?.count ?? 0);
    failures.toggle('email');
    expect(failures.shown).toHaveLength(failures.all?.length ?? 0);
  });

  it('puts what is there but wrong under other', () => {
    expect(groupsOf({ problems: [] })).toEqual(['other']);
    const problem = { field: 'email', label: 'Email', text: '' } as const;
    expect(groupsOf({ problems: [{ ...problem, kind: 'missing' }] })).toEqual(['email']);
    expect(groupsOf({ problems: [{ ...problem, kind: 'not_an_email' }] })).toEqual(['other']);
  });

  it('drops a row that is complete now, and says so of one that is not', async () => {
    const fake = startFake();
    const failures = new Failures(() => undefined);
    await failures.load();
    const [first, second] = failures.all ?? [];
    if (!first || !second) throw new Error('too few failures');
    fake.RetryFailure = (ref) => Promise.resolve(ref === first.ref ? null : second);
    await failures.check(first);
    expect(failures.all).not.toContainEqual(first);
    expect(failures.news).toContain('is complete now');
    await failures.check(second);
    expect(failures.notes.get(second.ref)).toMatch(/^Still not complete/);
  });
});

describe('OneProfile', () => {
  it('keeps what it shows when a refresh fails', async () => {
    const fake = startFake();
    const id = fake.people[0]?.id ?? '';
    const profile = new OneProfile(id);
    await profile.load();
    fake.RefreshProfile = () =>
      Promise.reject({ code: 'offline', message: 'No connection.' } as never);
    await profile.refresh();
    expect(profile.view?.id).toBe(id);
    expect(profile.stale?.code).toBe('offline');
    expect(profile.refreshing).toBe(false);
  });
});

describe('Router', () => {
  it('goes back the way one came', () => {
    const router = new Router();
    router.go({ name: 'profile', id: '1' });
    router.go({ name: 'profile', id: '1' });
    router.back();
    expect(router.current.name).toBe('profiles');
    router.back({ name: 'sync' });
    expect(router.current.name).toBe('sync');
  });
});

describe('strength', () => {
  it.each([
    ['', 0],
    ['short', 1],
    ['aaaaaaaaaaaaaaaa', 1],
    ['password123456', 1],
    ['dana-smith-clinic', 1],
    ['kettle owl rain', 2],
    ['kettle seventeen owl', 3],
  ])('%s', (password, level) => {
    expect(strength(password, ['Dana Smith', 'dana@example.com']).level).toBe(level);
  });
});

it('moves the active row by keys, and not beyond the ends', () => {
  expect(moved('ArrowUp', 0, 10, 5)).toBe(0);
  expect(moved('PageDown', 7, 10, 5)).toBe(9);
  expect(moved('Home', 7, 10, 5)).toBe(0);
  expect(moved('End', 0, 10, 5)).toBe(9);
  expect(moved('a', 3, 10, 5)).toBeNull();
});

it('uses the clinic’s own word', () => {
  words.use('patient');
  expect(t('action.syncClients')).toBe('Sync patients');
  expect(t('profile.number')).toBe('Patient');
  words.use('something else');
  expect(t('action.syncClients')).toBe('Sync clients');
});
