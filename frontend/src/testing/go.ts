// The larger part of the page is loaded by its first screen; here it is there at once.
import '$screens/shell/Inside.svelte';
import { vi, type Mock, type Mocked } from 'vitest';
import type { AppState, SyncStatus } from '../lib/api';
import type { Services } from '../lib/api/bridge';
import type { EventMap } from '../lib/api/events';
import { app } from '$lib/state/app.svelte';
import { answers, found, none, rejected, type Found } from './answers';
import { refusal, STATE } from './samples';
import { unanswered } from './unanswered';

/** Each method is a mock: it records what is asked, and takes other answers. */
type Mocks = { [Service in keyof Services]: Mocked<Services[Service]> };

/** As Wails lets it cross: as JSON, which no side changes for the other. */
function crossed<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** How many times somebody has signed in, in all tests: the window has one page. */
let sessions = 0;

/** With the number of the session, as Go counts them. */
const numbered = <T extends Partial<AppState>>(state: T): T =>
  crossed({ ...state, session: state.person ? ++sessions : 0 });

/**
 * Puts a Go side on the window that knows no rule and no clinic: it answers what
 * every screen asks with the samples, and anything else with what the test gave it.
 */
export function startGo(patch: Partial<AppState> = {}) {
  const here = found(numbered({ ...STATE, ...patch }));
  const mocks = each<Mocks>(answers(here), (method, name) =>
    vi.fn(method === none ? () => refused(name) : method),
  );
  app.state = null; // each test opens the window anew
  window.go = {
    window: each<Services>(mocks, (mock) => async (...given: unknown[]) => {
      return crossed(await mock(...given.map(crossed)));
    }),
  };
  /** From now on nothing is answered, but for the state. */
  const fallSilent = () => {
    for (const mock of Object.values(mocks).flatMap<Mock>(Object.values)) {
      if (mock !== mocks.About.State) mock.mockReturnValue(later().promise);
    }
  };
  /** From now on every answer waits for `release`, but for the state; `asked` is how many do. */
  const hold = (change: <T>(answer: T) => T) => {
    const gate = later<undefined>();
    let asked = 0;
    for (const mock of Object.values(mocks).flatMap<Mock>(Object.values)) {
      if (mock === mocks.About.State) continue;
      const answer = mock.getMockImplementation();
      mock.mockImplementation(async (...given: unknown[]) => {
        asked++;
        await gate.promise;
        return change((await answer?.(...given)) as unknown);
      });
    }
    const release = () => {
      gate.answer(undefined);
    };
    return { asked: () => asked, release };
  };
  return Object.assign(here, mocks, events(here), { fallSilent, hold });
}

export type CannedGo = ReturnType<typeof startGo>;

/** What Go tells by itself. */
function events(here: Found) {
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  window.runtime = {
    EventsOn: (name, callback) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(callback));
      return () => void set.delete(callback);
    },
  };

  function emit<Name extends keyof EventMap>(name: Name, data: EventMap[Name]) {
    for (const listener of listeners.get(name) ?? []) listener(crossed(data));
  }
  /** From now on the state is another one, which the page is not told. */
  const set = (change: Partial<AppState>): AppState =>
    Object.assign(here.state, 'person' in change ? numbered(change) : crossed(change));

  return {
    emit,
    set,
    /** Tells the page of another state. */
    become(change: Partial<AppState>) {
      emit('state', set(change));
    },
    /** Tells the page how the sync continues. */
    tell(change: Partial<SyncStatus>) {
      emit('sync', Object.assign(here.state.sync, crossed(change)));
    },
    /** A click in Cliniko. */
    arrive(id: string) {
      here.link = id;
      here.state.linkWaiting = true;
      emit('link', undefined);
    },
  };
}

/** An answer that a test gives when it wants to: for what takes its time. */
export function later<T>() {
  let answer: (value: T) => void = () => undefined;
  let refuse: (view: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    refuse = reject;
  });
  return { promise, answer, refuse };
}

/** Notes that the page asked this. */
function refused(name: string) {
  unanswered.push(name);
  return rejected(refusal('internal', `This test has no answer for ${name}.`));
}

type Method = (...given: unknown[]) => Promise<unknown>;

/** The services with something else in the place of each method. */
function each<Made>(services: Services, make: (method: Method, name: string) => unknown) {
  const made = Object.entries(services).map(([service, methods]) => {
    const named = Object.entries(methods as Record<string, Method>).map(
      ([name, method]) => [name, make(method, `${service}.${name}`)] as const,
    );
    return [service, Object.fromEntries(named)] as const;
  });
  return Object.fromEntries(made) as Made;
}
