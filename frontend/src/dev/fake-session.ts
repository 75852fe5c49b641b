import type { EventMap } from '../lib/api/events';
import type {
  AppState,
  ErrorView,
  PersonDetails,
  ProfileView,
  RetentionView,
} from '../lib/api/types';
import { FakeAccounts } from './fake-accounts';
import { CLINIC, PERSON, stateAt, type FakeOptions } from './fake-state';
import { isFailing, people } from './people';

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const fail = (code: string, message: string): never => {
  const view: ErrorView = { code, message, until: '' };
  throw view; // Go's errors reach the page as such objects
};

/** What every part of the stand-in for app.go rests on, and who is signed in. */
export class FakeSession {
  people: ProfileView[];
  state: AppState;
  #listeners = new Map<string, Set<(data: unknown) => void>>();

  constructor(readonly options: FakeOptions) {
    this.people = people(options.count);
    this.state = stateAt(options);
    this.imported = options.stage === 'imported';
    this.tally();
  }

  protected imported: boolean;
  /** Whom Cliniko does not have any more. */
  missing: ProfileView[] = [];

  readonly runtime = {
    EventsOn: (name: string, callback: (...data: unknown[]) => void) => {
      const set = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, set.add(callback));
      return () => void set.delete(callback);
    },
  };

  emit<Name extends keyof EventMap>(name: Name, data: EventMap[Name]) {
    for (const listener of this.#listeners.get(name) ?? []) listener(structuredClone(data));
  }

  /** Another clinic is shown from now on, or none. */
  protected renew() {
    const generation = this.state.generation + 1;
    this.state.sync = { ...this.state.sync, generation };
    this.state = { ...this.state, generation };
  }

  protected async soon<T>(answer: T, time = this.options.delay): Promise<T> {
    await wait(time);
    return structuredClone(answer);
  }

  protected kept() {
    return this.imported ? this.people.filter((person) => person.state !== 'deleted') : [];
  }

  protected tally() {
    const kept = this.kept();
    const active = kept.filter((person) => person.state === 'active').length;
    this.state.tally = {
      active,
      failed: kept.filter(isFailing).length,
      archived: kept.length - active,
      activeInCliniko: this.people.filter((person) => person.state === 'active').length,
      countedAt: this.imported ? new Date().toISOString() : '',
      missing: this.missing.length,
    };
  }

  protected find(id: string): ProfileView {
    return (
      this.people.find((person) => person.id === id) ??
      fail('not_found', 'This client is not here. Sync, and look again.')
    );
  }

  State = () => this.soon(this.state, 5);

  async CreateFirstPerson(name: string, email: string) {
    this.state.person = { ...PERSON, name, email, permissions: [...PERSON.permissions] };
    this.accounts.people = [this.state.person];
    this.state.peopleExist = true;
    return this.soon(this.state, 400);
  }

  async SignIn(email: string, password: string) {
    await wait(500);
    this.state.person = structuredClone(this.accounts.signIn(email, password));
    this.state.locked = null;
    this.accounts.note('signed_in');
    return this.soon(this.state);
  }

  SignOut = () => {
    this.state.person = null;
    this.state.locked = null;
    return this.soon(this.state);
  };

  ResetStore = async (word: string) => {
    const missing = this.state.store?.code === 'store_missing';
    if (!missing && word !== 'ERASE') fail('invalid', 'Type ERASE in capital letters to go on.');
    this.state = { ...this.state, store: null, mayReset: false };
    return this.soon(this.state, 800);
  };

  StartOver = async (word: string) => {
    if (word !== 'ERASE') fail('invalid', 'Type ERASE in capital letters to go on.');
    this.imported = false;
    this.state = { ...this.state, peopleExist: false, locked: null, clinic: null };
    this.renew();
    this.tally();
    return this.soon(this.state);
  };

  OpenDemo = () => {
    this.state = {
      ...this.state,
      demo: true,
      peopleExist: true,
      clinic: { ...CLINIC, name: 'Demo Clinic' },
      person: { ...PERSON, name: 'Demo Person', permissions: [...PERSON.permissions] },
    };
    this.renew();
    return this.soon(this.state, 600);
  };

  LeaveDemo = () => {
    this.imported = false;
    this.state = { ...this.state, demo: false, peopleExist: false, clinic: null, person: null };
    this.renew();
    this.tally();
    return this.soon(this.state);
  };

  readonly accounts = new FakeAccounts(() => this.state);

  /** Nobody used the window for a while, or somebody pressed the keys for it. */
  #lock() {
    const { person, clinic } = this.state;
    this.state.locked = person && { name: person.name, email: person.email };
    this.state.person = null;
    if (clinic) this.state.clinic = { ...CLINIC, name: clinic.name };
  }
  lockItself() {
    this.#lock();
    this.emit('state', this.state);
  }
  Lock = () => {
    this.#lock();
    return this.soon(this.state);
  };
  Active = () => this.soon(undefined);
  SetIdleMinutes = (minutes: number) => {
    this.state.idleMinutes = minutes;
    return this.soon(this.state);
  };
  People = () => this.soon(this.accounts.people);
  AddPerson = async (details: PersonDetails, password: string) =>
    this.soon(this.accounts.add(details, password));
  ChangePerson = async (id: string, details: PersonDetails) => {
    const person = this.accounts.change(id, details);
    if (this.state.person?.id === id) {
      this.state.person = person.active ? person : null;
      this.emit('state', this.state);
    }
    return this.soon(person);
  };
  ResetPassword = async (id: string, password: string) =>
    this.soon(this.accounts.reset(id, password));
  ChangePassword = async (present: string, fresh: string) =>
    this.soon(this.accounts.changePassword(present, fresh));
  Audit = (before: number, limit: number) => this.soon(this.accounts.audit(before, limit));
  EraseProfile = async (id: string) => {
    if (this.find(id).state === 'active') fail('invalid', 'This client is active in Cliniko.');
    this.people = this.people.filter((person) => person.id !== id);
    this.accounts.note('erased_profile', id);
    this.tally();
    this.emit('state', this.state);
    return this.soon(undefined);
  };
  Retention = () => this.soon(this.accounts.retention);
  SetRetention = (retention: RetentionView) => {
    this.accounts.retention = retention;
    return this.soon(undefined);
  };
  Diagnostics = () => this.soon('TeleHab 0.1.0, linux amd64\nlocks after 10 minutes\nshard au2\n');
  Clinics = () => this.soon(this.accounts.clinics);
  ConnectSeparately = () => {
    this.accounts.separate('Riverside Physio');
    this.state.clinic = {
      ...CLINIC,
      name: 'Riverside Physio',
      connectedAt: '2026-11-05T01:00:00Z',
    };
    this.renew();
    return this.soon(this.state, 900);
  };
  UseClinic = (account: string) => {
    this.accounts.use(account);
    const name = this.accounts.clinics.find((clinic) => clinic.current)?.name ?? CLINIC.name;
    this.state.clinic = { ...CLINIC, name, connectedAt: `${account || 'first'}` };
    this.renew();
    return this.soon(this.state);
  };
}
