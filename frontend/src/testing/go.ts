// The larger part of the page is loaded by its first screen; here it is there at once.
import '$screens/shell/Inside.svelte';
import { vi, type Mock, type Mocked } from 'vitest';
import type { Services } from '../lib/api/bridge';
import type { EventMap } from '../lib/api/events';
import type {
  AppState,
  ErrorView,
  ProfileFilter,
  ProfileQuery,
  ProfileRow,
  SyncStatus,
} from '../lib/api';
import { app } from '$lib/state/app.svelte';
import * as sample from './samples';
import { unanswered } from './unanswered';

/** Each method of Go's is a mock: it records what the page asks, and tests give it other answers. */
type Mocks = { [Service in keyof Services]: Mocked<Services[Service]> };

/** Crosses as Wails lets it cross: as JSON, which no side changes for the other. */
function crossed<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/**
 * Puts a Go side on the window that knows no rule and no clinic: it answers what
 * every screen asks with the samples, and anything else with what the test gave it.
 */
export function startGo(patch: Partial<AppState> = {}) {
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  const go = {
    state: crossed({ ...sample.STATE, ...patch }),
    /** The clients on this computer. */
    profiles: crossed(sample.PROFILES),
    /** What the list shows, by its filter and by what is searched for: nobody for another text. */
    lists: {
      all: { '': sample.ROWS },
      attention: { '': sample.ROWS.filter(({ problems }) => problems.length > 0) },
      archived: { '': [sample.LUCA, sample.NOAH].map(sample.rowOf) },
    } as Record<ProfileFilter, Record<string, ProfileRow[]>>,
    counts: { ...sample.COUNTS },
    /** The client whose link waits; '' for none. */
    link: '',

    emit<Name extends keyof EventMap>(name: Name, data: EventMap[Name]) {
      for (const listener of listeners.get(name) ?? []) listener(crossed(data));
    },
    /** From now on the state is another one, which the page is not told. */
    set(change: Partial<AppState>): AppState {
      return Object.assign(go.state, crossed(change));
    },
    /** Tells the page of another state. */
    become(change: Partial<AppState>) {
      go.emit('state', go.set(change));
    },
    /** Tells the page how the sync goes on. */
    tell(change: Partial<SyncStatus>) {
      Object.assign(go.state.sync, crossed(change));
      go.emit('sync', go.state.sync);
    },
    /** From now on nothing is answered, but for the state. */
    fallSilent() {
      for (const mock of Object.values(mocks).flatMap<Mock>(Object.values)) {
        if (mock !== mocks.About.State) mock.mockReturnValue(later().promise);
      }
    },
    /** A click in Cliniko. */
    arrive(id: string) {
      go.link = id;
      go.state.linkWaiting = true;
      go.emit('link', undefined);
    },
  };

  const shown = ({ filter, search }: ProfileQuery) => go.lists[filter][search] ?? [];
  const part = (query: ProfileQuery) =>
    shown(query).slice(query.offset, query.offset + query.limit);

  const services: Services = {
    About: {
      State: () => Promise.resolve(go.state),
      Painted: done,
      Focused: done,
      Diagnostics: none,
      OpenGuide: done,
      CopyText: done,
    },
    People: {
      CreateFirst: none,
      SignIn: none,
      SignOut: none,
      ChangePassword: none,
      List: () => Promise.resolve([sample.DANA, sample.LEE, sample.PRIYA, sample.SAM]),
      Add: none,
      Change: none,
      ResetPassword: none,
    },
    Security: {
      Lock: none,
      Active: done,
      SetAutoLock: none,
      Retention: () => Promise.resolve(sample.RETENTION),
      SetRetention: none,
      Audit: () => Promise.resolve([sample.EVENT]),
    },
    Clinics: {
      List: () => Promise.resolve(null),
      Use: none,
      ConnectSeparately: none,
      OpenDemo: none,
      LeaveDemo: none,
      ResetStore: none,
      StartOver: none,
    },
    Integration: {
      Connect: none,
      Disconnect: none,
      Failures: () => Promise.resolve(sample.FAILURES),
      RetryFailure: none,
      ExportFailures: none,
      Missing: () => Promise.resolve(sample.MISSING),
      KeepMissing: none,
      RemoveMissing: none,
    },
    Sync: {
      List: none,
      Listing: () => Promise.resolve({ rows: [sample.LISTED], total: 1 }),
      ListingSummary: none,
      Import: none,
      Discard: done,
      Cancel: none,
      Now: none,
      Passes: () => Promise.resolve([sample.PASS]),
      Days: (begins) => Promise.resolve(begins.map(() => sample.DAY)),
    },
    Profiles: {
      Find: (query) =>
        Promise.resolve({ rows: part(query), matched: shown(query).length, ...go.counts }),
      IDs: (query) => Promise.resolve(part(query).map(({ id }) => id)),
      FindName: none,
      Get: (id) => {
        const known = go.profiles.find((each) => each.id === id);
        return known ? Promise.resolve(known) : rejected(sample.refusal('not_found'));
      },
      Refresh: none,
      Erase: none,
      History: () => Promise.resolve(sample.HISTORY),
      Export: none,
      ExportSelected: none,
      CopyDetail: done,
      OpenInCliniko: done,
    },
    Links: {
      Take: () => {
        const { link } = go;
        go.link = '';
        go.state.linkWaiting = false;
        return Promise.resolve({ id: link });
      },
      Follow: none,
      FindPasted: () => Promise.resolve({ id: '' }),
      Setup: () => Promise.resolve(sample.LINK_SETUP),
      Repair: none,
      Test: none,
      SkipButton: none,
    },
  };

  const mocks = each<Mocks>(services, (method, name) =>
    vi.fn(method === none ? () => refused(name) : method),
  );
  app.state = null; // each test opens the window anew
  window.go = {
    window: each<Services>(mocks, (mock) => async (...given: unknown[]) => {
      return crossed(await mock(...given.map(crossed)));
    }),
  };
  window.runtime = {
    EventsOn: (name, callback) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(callback));
      return () => void set.delete(callback);
    },
  };
  return Object.assign(go, mocks);
}

export type CannedGo = ReturnType<typeof startGo>;

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

const done = () => Promise.resolve();

/** The page should not ask this, or the test says what is answered. */
const none = () => Promise.reject<never>(new Error('see refused'));

function refused(name: string) {
  unanswered.push(name);
  return rejected(sample.refusal('internal', `This test has no answer for ${name}.`));
}

// Go's errors reach the page as such objects.
const rejected = (view: ErrorView) => Promise.reject<never>(view as never);

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
