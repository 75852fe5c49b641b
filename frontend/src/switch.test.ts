import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { FakeGo } from './dev/fake-go';
import { startFake } from './dev/test-go';
import { router, type Route } from './lib/state/route.svelte';

vi.setConfig({ testTimeout: 120_000 });

const CANARY = 'Zanzibarian';

/** Every place that there is: a new screen is one more line, or `Route` does not fit. */
const SCREENS: Record<string, Route> = {
  profiles: { name: 'profiles' },
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
const NAMING = ['profiles', 'profile', 'failed', 'integration'];

/** All that a person or a screen reader may meet, attributes and typed text too. */
function met(): string {
  const typed = [...document.querySelectorAll('input, textarea')].map(
    (box) => (box as HTMLInputElement).value,
  );
  return [document.documentElement.outerHTML, document.title, ...typed].join('\n');
}

/** A clinic whose every text that names somebody has the canary in it. */
function firstClinic(): FakeGo {
  const fake = startFake({ count: 60 });
  for (const person of fake.people) {
    person.lastName = `${CANARY} ${person.lastName}`;
    person.email &&= `${CANARY}.${person.email}`;
  }
  fake.missing = fake.people.filter((person) => person.state === 'active').slice(0, 3);
  fake.state.tally.missing = 3;
  return fake;
}

/** Go shows another clinic, of the same name even, that answers nothing yet. */
function otherClinic(fake: FakeGo) {
  const silent = () => new Promise<never>(() => undefined);
  for (const name of Object.keys(fake) as (keyof FakeGo)[]) {
    if (/^[A-Z]/.test(name) && typeof fake[name] === 'function' && name !== 'State')
      (fake as unknown as Record<string, unknown>)[name] = silent;
  }
  const generation = fake.state.generation + 1;
  fake.state = {
    ...fake.state,
    generation,
    sync: { ...fake.state.sync, generation, last: null, problem: null },
    tally: { active: 7, failed: 2, archived: 0, activeInCliniko: 7, countedAt: '', missing: 2 },
  };
  fake.emit('state', fake.state);
}

async function goTo(route: Route, id: string) {
  router.go(route.name === 'profile' ? { ...route, id } : route);
  await new Promise((resolve) => setTimeout(resolve, 30));
}

beforeEach(() => {
  router.reset();
});

describe('after a change of clinic', () => {
  it('no screen shows anything of the one before', async () => {
    const fake = firstClinic();
    const failing = fake.people.filter((person) => person.failure && person.state === 'active');
    const [id, another] = failing.map((person) => person.id) as [string, string];
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Search name, email, phone'), CANARY);
    await screen.findAllByText(new RegExp(CANARY));
    for (const [name, route] of Object.entries(SCREENS)) {
      await goTo(route, name === 'failed' ? another : id);
      // This test would find what it looks for.
      if (NAMING.includes(name))
        await vi.waitFor(() => expect(met(), name).toContain(CANARY), { timeout: 60_000 });
    }
    await goTo({ name: 'settings', section: 'integration' }, id);
    await user.click(await screen.findByRole('button', { name: 'Replace key' }));
    await user.type(screen.getByLabelText('API key'), `${CANARY}-key`);
    expect(met()).toContain(`${CANARY}-key`);

    otherClinic(fake);
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
    const fake = firstClinic();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const late = async <T>(value: T) => {
      await held;
      return value;
    };
    const [failures, days, people] = [await fake.Failures(), fake.SyncDays, await fake.People()];
    fake.Failures = () => late(failures);
    fake.SyncDays = async (begins) => late(await days(begins));
    fake.People = () => late(people);
    router.reset({ name: 'settings', section: 'integration' });
    render(App);
    await screen.findByRole('button', { name: 'Replace key' });
    otherClinic(fake);
    await vi.waitFor(() => expect(document.title).toBe('Profiles – TeleHab'));
    await goTo({ name: 'settings', section: 'integration' }, '');
    answer();
    await new Promise((resolve) => setTimeout(resolve, 50)); // what the answers would do, they have done
    expect(met()).not.toContain(CANARY);
    // What the first clinic still tells is not taken for the second one's.
    const stale = structuredClone(fake.state);
    stale.generation--;
    stale.clinic = stale.clinic && { ...stale.clinic, name: CANARY };
    fake.emit('state', stale);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(met()).not.toContain(CANARY);
  });
});

describe('no module', () => {
  /** What is this window's, or nobody's: places, colours, the clock, whom Go says is signed in. */
  const WINDOWS = ['announcer', 'app', 'appearance', 'clock', 'router', 'words'];

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
