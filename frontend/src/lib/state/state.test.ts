import { describe, expect, it, vi } from 'vitest';
import { moved } from '$lib/components/grid/grid';
import type { AppState, PassView } from '$lib/api';
import { t } from '$lib/i18n';
import { words } from '$lib/i18n/words.svelte';
import { App } from './app.svelte';
import { AttentionList } from './attention.svelte';
import { Importer } from './importer.svelte';
import { judged, unjudged } from './password';
import { OneProfile } from './profile.svelte';
import { ProfileList } from './profiles.svelte';
import { Router } from './route.svelte';
import { later, startGo } from '../../testing/go';
import * as sample from '../../testing/samples';
import { importsAtOnce } from '../../testing/sync';

describe('App', () => {
  it.each([
    ['new', 'welcome', sample.NEW],
    ['signed-out', 'sign-in', sample.SIGNED_OUT],
    ['locked', 'locked', sample.LOCKED],
    ['unconnected', 'inside', sample.UNCONNECTED],
  ])('a %s installation opens on %s', async (_, face, patch) => {
    startGo(patch);
    const app = new App();
    expect(app.face).toBe('starting');
    await app.load();
    expect(app.face).toBe(face);
  });

  it('says that the data cannot be opened before anything else', async () => {
    startGo({ ...sample.NEW, store: sample.refusal('store_key_lost') });
    const app = new App();
    await app.load();
    expect(app.face).toBe('store');
  });

  it('takes what it asked for last, whatever is answered first', async () => {
    const go = startGo();
    const app = new App();
    const [first, second] = [later<AppState>(), later<AppState>()];
    go.About.State.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise);
    const both = [app.load(), app.load()];
    second.answer({ ...go.state, clientWord: 'patient' });
    first.answer({ ...go.state, clientWord: 'client' });
    await Promise.all(both);
    expect(app.state?.clientWord).toBe('patient');
  });

  it('is broken without Go', async () => {
    const app = new App();
    await app.load();
    expect(app.face).toBe('broken');
  });

  it('has another owner when the clinic or the person is another, and no other time', async () => {
    const go = startGo();
    const app = new App();
    await app.load();
    const { owner } = app;
    app.take({ ...go.state, clientWord: 'patient' });
    expect(app.owner).toBe(owner);
    app.take({ ...go.state, person: null });
    expect(app.owner).not.toBe(owner);
    app.take({ ...go.state });
    expect(app.owner).toBe(owner);
    // The very same clinic and person to look at, and still another one.
    app.take({ ...go.state, generation: go.state.generation + 1 });
    expect(app.owner).not.toBe(owner);
  });

  it('has another owner once an area is taken from the person, so that nobody of it stays in the page', async () => {
    const go = startGo();
    const app = new App();
    await app.load();
    const { owner } = app;
    const { person } = go.state;
    if (!person) throw new Error('nobody is signed in');
    const without = (...gone: string[]) =>
      person.permissions.filter((each) => !gone.includes(each));
    app.take({ ...go.state, person: { ...person, permissions: without('export') } });
    expect(app.owner).toBe(owner);
    app.take({ ...go.state, person: { ...person, permissions: without('practitioner') } });
    expect(app.owner).not.toBe(owner);
    expect(app.face).toBe('inside');
  });

  it('drops what still comes from the clinic before', async () => {
    const go = startGo();
    const app = new App();
    await app.load();
    const stop = app.follow();
    const before = structuredClone(go.state);
    const generation = before.generation + 1;
    const sync = { ...before.sync, generation };
    app.take({ ...before, generation, sync, clinic: null });
    go.emit('state', before);
    expect(app.state?.clinic).toBeNull();
    go.emit('sync', { ...before.sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('idle');
    go.emit('sync', { ...sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('changes');
    stop();
  });

  it('is not set back by what was told earlier and comes later', async () => {
    const go = startGo();
    const app = new App();
    await app.load();
    const stop = app.follow();
    const { sync } = go.state;
    go.emit('sync', { ...sync, number: 7, phase: 'listed' });
    go.emit('sync', { ...sync, number: 6, phase: 'listing', done: 75, total: 75 });
    expect(app.sync?.phase).toBe('listed');
    app.take({
      ...go.state,
      clientWord: 'patient',
      sync: { ...sync, number: 5, phase: 'listing' },
    });
    expect(app.sync?.phase).toBe('listed');
    expect(app.state?.clientWord).toBe('patient');
    stop();
  });

  it('follows the sync, and asks for the counts when a pass ends', async () => {
    const go = startGo();
    const app = new App();
    await app.load();
    const stop = app.follow();
    go.About.State.mockClear();
    go.emit('sync', { ...go.state.sync, phase: 'changes' });
    expect(app.sync?.phase).toBe('changes');
    go.emit('sync', { ...go.state.sync, phase: 'idle' });
    expect(go.About.State).toHaveBeenCalledOnce();
    stop();
  });
});

describe('ProfileList', () => {
  const settled = (list: ProfileList) => vi.waitFor(() => expect(list.rows.ready).toBe(true));

  it('searches, filters and sorts from the top', async () => {
    const go = startGo();
    go.lists.all['müller'] = [sample.rowOf(sample.MEI)];
    const list = new ProfileList();
    list.rows.reload();
    await settled(list);
    expect(list.rows.total).toBe(7);
    expect(list.counts.all).toBe(7);
    list.active = 40;
    list.find('müller');
    expect(list.active).toBe(0);
    await vi.waitFor(() => expect(list.rows.total).toBe(1));
    expect(list.counts.all).toBe(7); // the tabs do not follow the search
    list.find('');
    list.show('attention');
    await vi.waitFor(() => expect(list.rows.total).toBe(4));
    expect(go.Profiles.Find).toHaveBeenLastCalledWith({
      search: '',
      filter: 'attention',
      noPhone: false,
      noEmail: false,
      changed: '',
      sort: 'name',
      desc: false,
      offset: 0,
      limit: 50,
    });
  });

  it('turns the order round when a column is chosen twice', () => {
    startGo();
    const list = new ProfileList();
    list.order('name');
    expect([list.sort, list.desc]).toEqual(['name', true]);
    list.order('born');
    expect([list.sort, list.desc]).toEqual(['born', false]);
    list.order('updated');
    expect([list.sort, list.desc]).toEqual(['updated', true]); // newest first
  });
});

describe('Importer', () => {
  it('lists, stores and shows the results', async () => {
    const go = startGo(sample.CONNECTED);
    importsAtOnce(go);
    const importer = new Importer();
    expect(importer.step(go.state.sync)).toBe('start');
    const listing = importer.list();
    expect(importer.step(go.state.sync)).toBe('busy');
    await listing;
    expect(importer.step(go.state.sync)).toBe('listed');
    await importer.store();
    expect(importer.step(go.state.sync)).toBe('results');
    expect(importer.results).toEqual(sample.PASS);
    importer.close();
    expect(importer.step(go.state.sync)).toBe('imported');
    await importer.discard();
    expect(importer.step(go.state.sync)).toBe('start');
  });

  it('knows what was stopped, and how it continues', async () => {
    const go = startGo(sample.CONNECTED);
    importsAtOnce(go);
    const pass = later<PassView>();
    go.Sync.Import.mockReturnValue(pass.promise);
    go.Sync.Cancel.mockImplementation(async () => {
      go.tell({ phase: 'idle', unfinished: true });
      pass.refuse(sample.refusal('cancelled'));
    });
    go.Sync.Now.mockResolvedValue(sample.QUIET);
    const importer = new Importer();
    await importer.list();
    const storing = importer.store();
    await importer.cancel();
    await storing;
    expect(importer.step(go.state.sync)).toBe('stopped');
    expect(importer.stoppedWhile).toBe('store');
    await importer.again();
    expect(go.Sync.Now).toHaveBeenCalledOnce();
    expect(importer.step(go.state.sync)).toBe('results');
  });

  it('takes up a list that waits', async () => {
    const go = startGo({ ...sample.CONNECTED, sync: { ...sample.SYNC, phase: 'listed' } });
    go.Sync.ListingSummary.mockResolvedValue(sample.LISTING);
    const importer = new Importer();
    await importer.recall();
    expect(importer.step(go.state.sync)).toBe('listed');
    expect(go.Sync.List).not.toHaveBeenCalled();
  });
});

describe('AttentionList', () => {
  /** The list as a screen shows it: its first rows are here. */
  async function shown() {
    const go = startGo();
    const said: string[] = [];
    const list = new AttentionList((text) => said.push(text));
    list.rows.reload();
    await list.rows.settled();
    const names = () => Array.from({ length: list.rows.total }, (_, at) => list.rows.at(at)?.name);
    return { go, list, names, said };
  }

  it('is narrowed by a reason, and not by one that nobody has any more', async () => {
    const { go, list, names } = await shown();
    expect(list.reasons).toEqual([
      { reason: 'email', count: 3 },
      { reason: 'sex', count: 1 },
    ]);
    list.show('sex');
    await list.rows.settled();
    expect(names()).toEqual(['Patel, Kofi']);
    expect(list.all).toBe(4);
    go.failing = sample.FAILING.filter(({ id }) => id !== sample.KOFI.id);
    go.reasons = [{ reason: 'email', count: 3 }];
    list.rows.reload();
    await vi.waitFor(() => {
      expect(names()).toEqual(['Chen, Oliver', 'Ivanova, Hana', 'Quinn, Ruby']);
    });
    expect(list.reason).toBeNull();
  });

  it('drops a row that is complete now, and says so of one that is not', async () => {
    const { go, list, names, said } = await shown();
    const [first, second] = sample.FAILING;
    if (!first || !second) throw new Error('too few need attention');
    go.Attention.Retry.mockImplementationOnce(async () => {
      go.failing = sample.FAILING.slice(1);
      return null;
    }).mockResolvedValueOnce(sample.HANA.failure);
    await list.check(first);
    expect(names()).toEqual(['Ivanova, Hana', 'Patel, Kofi', 'Quinn, Ruby']);
    expect(list.news).toBe('Chen, Oliver is complete now.');
    await list.check(second);
    expect(list.notes.get(second.ref)).toBe('Not complete in Cliniko yet.');
    expect(said).toEqual(['Chen, Oliver is complete now.', 'Not complete in Cliniko yet.']);
    expect(go.Attention.Retry.mock.calls).toEqual([[first.ref], [second.ref]]);
  });

  it('finds the row of a profile, wherever it is by now', async () => {
    const { list } = await shown();
    await list.locate(sample.RUBY.id);
    expect(list.active).toBe(3);
    await list.locate(sample.NGOZI.id);
    expect(list.active).toBe(3);
  });
});

describe('OneProfile', () => {
  it('keeps what it shows when a refresh fails', async () => {
    const go = startGo();
    const { id } = sample.NGOZI;
    const profile = new OneProfile(id);
    await profile.load();
    go.Profiles.Refresh.mockRejectedValue(sample.refusal('offline'));
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

describe('the strength of a password', () => {
  it('is said at once where it is too short', () => {
    expect(unjudged('')?.level).toBe(0);
    expect(unjudged('short')).toEqual({ level: 1, text: '7 more characters needed.' });
    expect(unjudged('kettle owl rain')).toBeNull();
  });

  it.each([
    [0, 'Too easy.', 1, 'Too easy.'],
    [4, 'It is the name.', 1, 'It is the name.'],
    [3, '', 2, 'Good. Longer is stronger.'],
    [4, '', 3, 'Strong.'],
  ])('is what Go says: %i %s', (score, problem, level, text) => {
    expect(judged({ score, problem })).toEqual({ level, text });
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
