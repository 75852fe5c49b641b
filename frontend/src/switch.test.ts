import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, AttentionPage, DayView, PersonView } from './lib/api';
import { router, type Route } from './lib/state/route.svelte';
import { later, startGo, type CannedGo } from './testing/go';
import * as sample from './testing/samples';
import { TODAY } from './testing/today';
import { importsAtOnce } from './testing/sync';

const CANARY = 'Zanzibarian';

/** Every place that there is: a new screen is one more line, or `Route` does not fit. */
const SCREENS: Record<string, Route> = {
  today: { name: 'today' },
  profiles: { name: 'profiles' },
  attention: { name: 'attention' },
  profile: { name: 'profile', id: '' },
  failed: { name: 'profile', id: '', failed: true },
  integration: { name: 'settings', section: 'integration' },
  syncs: { name: 'settings', section: 'syncs' },
  people: { name: 'settings', section: 'people' },
  security: { name: 'settings', section: 'security' },
  audit: { name: 'settings', section: 'audit' },
  about: { name: 'settings', section: 'about' },
  sync: { name: 'sync' },
};

/** Those that name clients. */
const NAMING = ['today', 'profiles', 'attention', 'profile', 'failed', 'integration', 'sync'];

/** All that a person or a screen reader may meet, attributes and typed text too. */
function met(): string {
  const typed = [...document.querySelectorAll('input, textarea')].map(
    (box) => (box as HTMLInputElement).value,
  );
  return [document.documentElement.outerHTML, document.title, ...typed].join('\n');
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

beforeEach(() => {
  router.reset();
});

describe('after a change of clinic', () => {
  it('no screen shows anything of the one before', async () => {
    const go = firstClinic();
    const [id, another] = [sample.OLIVER.id, sample.HANA.id];
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Search name, email, phone'), CANARY);
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

  it('an answer that comes late changes nothing, and is not announced', async () => {
    const go = firstClinic();
    const [failing, days, people] = [
      later<AttentionPage>(),
      later<DayView[]>(),
      later<PersonView[]>(),
    ];
    go.Attention.Find.mockReturnValue(failing.promise);
    go.Sync.Days.mockReturnValue(days.promise);
    go.People.List.mockReturnValue(people.promise);
    router.reset({ name: 'settings', section: 'integration' });
    render(App);
    await screen.findByRole('button', { name: 'Replace key' });
    router.go({ name: 'attention' });
    await vi.waitFor(() => expect(go.Attention.Find).toHaveBeenCalled());
    otherClinic(go);
    await vi.waitFor(() => expect(document.title).toBe('Profiles – TeleHab'));
    await goTo({ name: 'settings', section: 'integration' }, '');
    failing.answer({
      rows: marked(sample.FAILING),
      matched: 4,
      all: 4,
      reasons: sample.REASONS,
    });
    days.answer([sample.DAY]);
    people.answer([sample.DANA]);
    await painted();
    expect(met()).not.toContain(CANARY);
    // What the first clinic still tells is not taken for the second one's.
    const stale: AppState = {
      ...go.state,
      generation: go.state.generation - 1,
      clinic: { ...sample.CLINIC, name: CANARY },
    };
    go.emit('state', stale);
    await painted();
    expect(met()).not.toContain(CANARY);
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

  it('keeps an object with state, which would outlive its clinic', () => {
    const modules = import.meta.glob<Record<string, unknown>>(
      ['./lib/**/*.svelte.ts', './screens/**/*.svelte.ts'],
      { eager: true },
    );
    const kept = Object.values(modules).flatMap((module) =>
      Object.entries(module).filter(
        ([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value),
      ),
    );
    expect(Object.keys(modules).length).toBeGreaterThan(20);
    expect(kept.map(([name]) => name).sort()).toEqual(WINDOWS);
  });

  it('has state of its own beside what it exports', () => {
    const sources = import.meta.glob<string>(
      ['./lib/**/*.{ts,svelte}', './screens/**/*.{ts,svelte}'],
      {
        eager: true,
        query: '?raw',
        import: 'default',
      },
    );
    const offenders = Object.entries(sources).flatMap(([path, source]) => {
      if (path.endsWith('.test.ts')) return [];
      const module = path.endsWith('.svelte')
        ? (/<script module[^>]*>(.*?)<\/script>/s.exec(source)?.[1] ?? '')
        : source;
      const indent = path.endsWith('.svelte') ? ' {2}' : '';
      const state = new RegExp(
        `^${indent}(?:export )?(?:let|const) (\\w+)[^=\\n]*= (?:\\$state|new (?:Svelte)?(?:Map|Set|Date)\\b)`,
        'gm',
      );
      const variable = new RegExp(`^${indent}(?:export )?let (\\w+)`, 'gm');
      return [...module.matchAll(state), ...module.matchAll(variable)].map(
        ([, name]) => `${path}: ${name}`,
      );
    });
    expect(offenders).toEqual([]);
  });
});
