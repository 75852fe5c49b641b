import {
  api,
  on,
  toErrorView,
  type AppState,
  type Area,
  type ErrorView,
  type Permission,
  type SyncStatus,
} from '$lib/api';
import { words } from '$lib/i18n/words.svelte';
import { clock } from './clock.svelte';
import { router, type Route } from './route.svelte';
import { viewOf } from './view';

/** Which of the window's faces is shown. */
export type Face = 'starting' | 'broken' | 'store' | 'welcome' | 'sign-in' | 'locked' | 'inside';

/** Go tells several things at once, and they may overtake each other. */
const isOlder = (sync: SyncStatus, known: SyncStatus) =>
  sync.number > 0 && sync.number < known.number;

/** What is left of a state once nobody is signed in. */
const nobody = (state: AppState): AppState => ({
  ...state,
  session: 0,
  person: null,
  pin: { allowed: false, set: false },
  managers: [],
  clinic: state.clinic && {
    name: state.clinic.name,
    color: state.clinic.color,
    shard: '',
    ownerName: '',
    ownerRole: '',
    keyEnds: '',
    connectedAt: '',
  },
});

/** Each is enough to see something of the Today screen. */
const TODAY: readonly Permission[] = ['practitioner', 'pms_link'];

/** Where whoever is signed in begins. Who may see nothing of Today is told so by Profiles. */
const startOf = ({ person, start }: AppState): Route => {
  const may = person?.permissions.some((each) => TODAY.includes(each));
  return { name: may ? start : 'profiles' };
};

/** What Go last said of the whole application. */
export class App {
  state = $state.raw<AppState | null>(null);
  /** How much of the demo is made, from 0 to 1; null while none is. */
  demoMade = $state.raw<number | null>(null);
  /** Why the state could not be asked for. */
  problem = $state.raw<ErrorView | null>(null);

  /** Whose place the router keeps while the window is locked; '' while it is not. */
  #away = '';
  /** Somebody was signed in since this page was loaded. */
  hasShown = false;
  #loads = 0;
  /** Sessions up to this number have ended here: what Go still says of them is too late. */
  #ended = 0;
  /** Nobody is shown until Go has said who is signed in. */
  #covered = $state(false);
  /** It was locked here, and Go has not said so yet. */
  #locking = false;

  get face(): Face {
    const state = this.state;
    if (!state || this.#covered) return this.problem ? 'broken' : 'starting';
    if (state.store) return 'store';
    if (state.person) return 'inside';
    if (state.locked) return 'locked';
    if (state.peopleExist) return 'sign-in';
    return 'welcome';
  }

  /**
   * Whose data is shown: which clinic's, as Go numbers them, to whom, and of which
   * areas. What is on the screen is made anew when it changes, also when an area is
   * taken from somebody meanwhile.
   */
  get owner(): string {
    const person = this.#covered ? null : this.state?.person;
    const areas = person ? TODAY.filter((area) => this.may(area)) : [];
    return [this.state?.generation ?? 0, person?.id ?? '', ...areas].join('/');
  }

  get away(): string {
    return this.#away;
  }

  /** The page before this one was locked by this person, whose place the router has. */
  comesBack(person: string) {
    this.#away = person;
  }

  get sync() {
    return this.state?.sync ?? null;
  }

  /** Whoever is signed in has one of the permissions. Go checks it again. */
  may(...any: Permission[]): boolean {
    const has = this.state?.person?.permissions ?? [];
    return any.some((permission) => has.includes(permission));
  }

  /** Whoever is signed in may write what they see of an area to a file. */
  mayExport(area: Area): boolean {
    return this.may('export') && this.may(area);
  }

  /** Whoever is signed in has something to see on the Today screen. */
  get mayToday(): boolean {
    return this.may(...TODAY);
  }

  /** Whoever is signed in sees who needs attention, if there is a clinic. */
  get mayAttend(): boolean {
    return Boolean(this.state?.clinic) && this.may('practitioner', 'pms_link');
  }

  get maySync(): boolean {
    return this.may('practitioner.modify', 'pms_link.modify');
  }

  /** Takes over what a call or an event brought. */
  take(state: AppState) {
    const generation = this.state?.generation ?? state.generation;
    if (state.generation < generation) return; // of a clinic that is shown no more
    if (state.person && state.session <= this.#ended) return; // of before the lock
    words.use(state.clientWord);
    clock.learn(state.sync.now);
    const person = this.state?.person?.id ?? this.#away;
    const came = Boolean(state.person) && !this.state?.person;
    const known = state.generation === generation ? this.state?.sync : undefined;
    if (state.person) router.startAt(startOf(state), !this.state?.person);
    this.state = known && isOlder(state.sync, known) ? { ...state, sync: known } : state;
    this.problem = null;
    this.#covered = false;
    this.hasShown ||= state.person !== null;
    // Whoever locked the window comes back to where they were; nobody else does.
    this.#away = state.locked && !state.person ? person : '';
    const left = person !== '' && person !== (state.person?.id ?? this.#away);
    if (left || state.generation > generation) router.reset();
    const view = came ? viewOf(state.view) : null;
    if (view) router.bring(view);
  }

  /**
   * Shows nobody's details until the password is given again: at once, whatever
   * becomes of the question to Go.
   */
  async lock() {
    const { state } = this;
    if (!state?.person || state.demo) return; // nobody in the demo has a password
    this.end(state.session);
    this.#locking = true;
    try {
      this.take(await api.lock());
    } catch {
      await this.load(); // the heartbeat asks Go to lock once more
    }
  }

  async signOut() {
    const { state } = this;
    this.cover();
    try {
      this.enter(await api.signOut());
    } catch {
      if (state && !state.demo) this.end(state.session);
      await this.load();
    }
  }

  /** The session is over, whatever Go still says of it: nobody is shown any more. */
  end(session: number) {
    this.#ended = Math.max(this.#ended, session);
    const { state } = this;
    if (!state?.person || state.session > session) return;
    const { id, name } = state.person;
    this.take({ ...nobody(state), locked: { id, name, pin: state.pin.set } });
  }

  /** Shows nobody until Go says who is signed in; with a problem, why it has not. */
  cover(problem: ErrorView | null = null) {
    this.#covered = true;
    this.problem = problem;
  }

  /** Somebody is shown, or would be; or Go may not have heard of the lock. */
  get watched(): boolean {
    return Boolean(this.state?.person) || this.#locking;
  }

  /** Go says whose session it is now: `asked` is the one that was shown before. */
  heard(session: number, asked: number) {
    const { state } = this;
    this.#locking = session !== 0 && session <= this.#ended;
    if (this.#locking) void api.lock().catch(() => undefined);
    if (!state?.person || state.session !== asked) return;
    if (session !== asked) {
      this.#ended = Math.max(this.#ended, asked);
      this.cover();
    }
    if (this.#covered) void this.load();
  }

  /** Takes over a change of clinic or person, and starts at `route`; else where they chose to. */
  enter(state: AppState, route?: Route) {
    this.take(state);
    router.reset(route);
  }

  async load() {
    const person = this.state?.person?.id;
    const load = ++this.#loads;
    try {
      const state = await api.state();
      // It was asked for once more, or somebody came or went: this answer may be older.
      if (load === this.#loads && person === this.state?.person?.id) this.take(state);
    } catch (thrown) {
      if (load === this.#loads) this.problem = toErrorView(thrown);
    }
  }

  /** Notes that the link that waited is on the screen. */
  linkTaken() {
    if (this.state?.linkWaiting) this.state = { ...this.state, linkWaiting: false };
  }

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    const stops = [
      on('state', (state) => {
        this.take(state);
      }),
      on('lock', (session) => {
        this.end(session);
      }),
      on('sync', (sync) => {
        if (!this.state || sync.generation !== this.state.generation) return;
        if (isOlder(sync, this.state.sync)) return;
        const ended = this.state.sync.phase !== 'idle' && sync.phase === 'idle';
        this.state = { ...this.state, sync };
        clock.learn(sync.now);
        // The counts and the clinic may have changed with the pass.
        if (ended) void this.load();
      }),
      on('demo', (made) => {
        this.demoMade = made < 1 ? made : null;
        // A start that has waited for it may have given up.
        if (made === 1 && this.face === 'broken') void this.load();
      }),
      // Signed in, the workspace takes it. Else the sign-in screen says that a profile waits.
      on('link', () => {
        if (this.face !== 'inside') void this.load();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

export const app = new App();
