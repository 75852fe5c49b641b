import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, NameView } from './lib/api';
import { router, type Route, type SettingsSection } from './lib/state/route.svelte';
import { later, startGo, type CannedGo } from './testing/go';
import * as sample from './testing/samples';
import { TODAY } from './testing/today';
import { importsAtOnce } from './testing/sync';

const CANARY = 'Zanzibarian';

type Place = Exclude<Route['name'], 'settings'> | SettingsSection | 'failed';

/** Every place that there is: without a line for a new one this does not compile. */
const SCREENS: Record<Place, Route> = {
  today: { name: 'today' },
  profiles: { name: 'profiles' },
  attention: { name: 'attention' },
  profile: { name: 'profile', id: '' },
  failed: { name: 'profile', id: '', failed: true },
  integration: { name: 'settings', section: 'integration' },
  syncs: { name: 'settings', section: 'syncs' },
  computers: { name: 'settings', section: 'computers' },
  people: { name: 'settings', section: 'people' },
  security: { name: 'settings', section: 'security' },
  audit: { name: 'settings', section: 'audit' },
  about: { name: 'settings', section: 'about' },
  sync: { name: 'sync' },
};

/** Those that name clients. */
const NAMING = ['today', 'profiles', 'attention', 'profile', 'failed', 'integration', 'sync'];

/**
 * All that a person or a screen reader may meet, attributes and typed text too, and
 * what the web view keeps of the page.
 */
function met(): string {
  const typed = [...document.querySelectorAll('input, textarea')].map(
    (box) => (box as HTMLInputElement).value,
  );
  // eslint-disable-next-line no-restricted-globals -- looked at, not used
  const kept = [{ ...localStorage }, { ...sessionStorage }, history.state];
  return [document.documentElement.outerHTML, document.title, ...typed, JSON.stringify(kept)].join(
    '\n',
  );
}

/** The same with the canary in every text that names a client. */
function marked<T>(value: T): T {
  const names = /"(name|firstName|lastName|email)":"(?=[^"])/g;
  return JSON.parse(JSON.stringify(value).replace(names, `$&${CANARY} `)) as T;
}

function firstClinic() {
  const go = startGo();
  go.profiles = marked(sample.PROFILES);
  const rows = marked(sample.ROWS);
  go.lists.all = { '': rows, [CANARY]: rows };
  go.Today.Look.mockResolvedValue(marked(TODAY));
  go.failing = marked(sample.FAILING);
  go.Integration.Missing.mockResolvedValue(marked(sample.MISSING));
  go.Sync.Listing.mockResolvedValue({ rows: marked([sample.LISTED]), total: 1 });
  importsAtOnce(go);
  go.set({ tally: { ...sample.STATE.tally, missing: 3 } });
  return go;
}

/** Go shows another clinic, of the same name even, that answers nothing yet. */
function otherClinic(go: CannedGo) {
  go.fallSilent();
  const generation = go.state.generation + 1;
  go.become({
    generation,
    sync: { ...sample.SYNC, generation },
    tally: { active: 7, failed: 2, archived: 0, activeInCliniko: 7, countedAt: '', missing: 2 },
  });
}

/** Two frames on, what was asked for and answered is on the screen. */
const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

async function goTo(route: Route, id: string) {
  router.go(route.name === 'profile' ? { ...route, id } : route);
  await painted();
}

describe('after a change of clinic', () => {
  it('no screen shows anything of the one before', async () => {
    const go = firstClinic();
    const [id, another] = [sample.OLIVER.id, sample.HANA.id];
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Search name, birth date, phone, email'), CANARY);
    await screen.findAllByText(new RegExp(CANARY));
    for (const [name, route] of Object.entries(SCREENS)) {
      await goTo(route, name === 'failed' ? another : id);
      // This test would find what it looks for.
      if (NAMING.includes(name)) await vi.waitFor(() => expect(met(), name).toContain(CANARY));
    }
    await goTo({ name: 'settings', section: 'integration' }, id);
    await user.click(await screen.findByRole('button', { name: 'Replace key' }));
    await user.type(screen.getByLabelText('API key'), `${CANARY}-key`);
    expect(met()).toContain(`${CANARY}-key`);

    otherClinic(go);
    await vi.waitFor(() => expect(met()).not.toContain(CANARY));
    for (const [name, route] of Object.entries(SCREENS)) {
      await goTo(route, '4711');
      expect(met(), name).not.toContain(CANARY);
    }
    router.back();
    expect(JSON.stringify(router.current)).not.toContain(id);
    await goTo({ name: 'settings', section: 'integration' }, '');
    expect(screen.queryByLabelText('API key')).toBeNull();
  });

  it.each(Object.entries(SCREENS))(
    'an answer that comes late to the screen %s changes nothing, and is not announced',
    async (name, route) => {
      const go = firstClinic();
      const held = go.hold((answer) => (answer === undefined ? answer : marked(answer)));
      const id = sample.OLIVER.id;
      render(App);
      await vi.waitFor(() => expect(document.querySelector('main')).not.toBeNull());
      await goTo(route, id);
      if (NAMING.includes(name)) expect(held.asked()).toBeGreaterThan(1);
      otherClinic(go);
      await goTo(route, '4711');
      held.release();
      for (let frame = 0; frame < 5; frame++) {
        await painted(); // one answer may lead to the next question
        expect(met()).not.toContain(CANARY);
      }
      expect(JSON.stringify(router.current)).not.toContain(id);
    },
  );

  it('what the first clinic still tells is not taken for the second one’s', async () => {
    const go = firstClinic();
    render(App);
    await screen.findAllByText(new RegExp(CANARY));
    otherClinic(go);
    await vi.waitFor(() => expect(met()).not.toContain(CANARY));
    const stale: AppState = {
      ...go.state,
      generation: go.state.generation - 1,
      clinic: { ...sample.CLINIC, name: CANARY },
    };
    go.emit('state', stale);
    await painted();
    expect(met()).not.toContain(CANARY);
  });

  /** Whoever begins with Today is there after the change as before. */
  const onToday = async () => {
    const go = firstClinic();
    go.set({ start: 'today' });
    render(App);
    await screen.findByRole('heading', { name: 'Today' });
    return { go, user: userEvent.setup() };
  };

  it('the first of those to fix is not opened, though it was asked for', async () => {
    const { go, user } = await onToday();
    const names = later<NameView[]>();
    go.Attention.Names.mockReturnValue(names.promise);
    await user.click(await screen.findByRole('button', { name: 'Fix next' }));
    otherClinic(go);
    await painted();
    names.answer([{ id: sample.OLIVER.id, name: CANARY }]);
    await painted();
    expect(router.current).toEqual({ name: 'today' });
  });

  it('the hit that Enter chose is not opened, though the box waited for it', async () => {
    const { go, user } = await onToday();
    await user.keyboard('{Control>}k{/Control}');
    const box = await screen.findByRole('combobox');
    const held = go.hold((answer) => answer);
    await user.type(box, CANARY);
    await user.keyboard('{Enter}');
    otherClinic(go);
    await painted();
    held.release();
    await painted();
    await painted();
    expect(router.current).toEqual({ name: 'today' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('no module', () => {
  /** What is this window's, or nobody's: places, colours, sizes, the clock, whom Go says is signed in. */
  const WINDOWS = [
    'announcer',
    'app',
    'appearance',
    'clock',
    'plainKeys',
    'router',
    'words',
    'zoom',
  ];

  /** How the columns of two lists are laid out. */
  const LAYOUTS = ['screens/attention/columns.ts: layout', 'screens/profiles/columns.ts: layout'];

  const sources = Object.entries(
    import.meta.glob<string>(['./App.svelte', './{lib,screens}/**/*.{ts,svelte}'], {
      eager: true,
      query: '?raw',
      import: 'default',
    }),
  ).filter(([path]) => !path.endsWith('.test.ts'));

  /** What is run once, when a module is loaded: of a component, not what each of them runs. */
  const moduleOf = (path: string, source: string) =>
    path.endsWith('.svelte')
      ? (/<script module[^>]*>(.*?)<\/script>/s.exec(source)?.[1] ?? '').replace(/^ {2}/gm, '')
      : source;

  /** The names of what matches, with their files. */
  const found = (pattern: RegExp) =>
    sources.flatMap(([path, source]) =>
      [...moduleOf(path, source).matchAll(pattern)].map(
        ([, name]) => `${path.replace('./', '')}: ${name}`,
      ),
    );

  it('makes an object of a class, which would outlive its clinic', () => {
    const classes = sources.flatMap(([, source]) =>
      [...source.matchAll(/^export (?:abstract )?class (\w+)/gm)].map(([, name]) => name),
    );
    expect(classes).toEqual(expect.arrayContaining(['Workspace', 'Today', 'Clinics', 'TypeAhead']));
    const made = found(/^(?:export )?const (\w+)[^=\n]*= new /gm);
    const named = made.filter((each) => !LAYOUTS.includes(each));
    expect(named.map((each) => each.split(': ')[1]).sort()).toEqual(WINDOWS);
    expect(made).toEqual(expect.arrayContaining(LAYOUTS));
  });

  it('has a variable, a state, or a list or an object to fill', () => {
    expect(found(/^(?:export )?(?:let|var) (\w+)/gm)).toEqual([]);
    expect(found(/^(?:export )?const (\w+)[^=\n]*= (?:\$state|\[\]|\{\})/gm)).toEqual([]);
    // A class has them for all of its objects.
    expect(found(/^ +static (?!readonly )(?:async )?(#?\w+)/gm)).toEqual([]);
  });
});
