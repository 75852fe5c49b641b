import type { GoApp } from '../lib/api/bridge';
import type {
  AppState,
  ConnectionView,
  ExportFormat,
  FailureView,
  PassView,
  ProfileQuery,
} from '../lib/api/types';
import { daysOf, historyOf, syncsOf } from './fake-history';
import { FakeLinks } from './fake-links';
import { fail, FakeSession, wait } from './fake-session';
import { CLINIC } from './fake-state';
import { isFailing, judge, rowOf } from './people';
import { findName, idsOf, pageOf } from './fake-search';

/** A stand-in for app.go while the page is looked at or tested without Go. */

export class FakeGo extends FakeSession implements GoApp {
  /** The newest first; invented at first sight. */
  syncs: PassView[] | null = null;
  #cancelled = false;

  async Connect(key: string): Promise<ConnectionView> {
    await wait(1500);
    if (key.length < 20) {
      fail(
        'key_malformed',
        'This does not look like a whole Cliniko API key. Copy it again from Cliniko, all of it.',
      );
    }
    if (key.includes('refused')) {
      fail(
        'key_refused',
        'Cliniko refused this key. Wait a moment and try again; if it is refused again, write to support@vald.com.',
      );
    }
    if (key.includes('riverside')) {
      fail(
        'other_clinic',
        'This key belongs to Riverside Physio. Harbour Physio is connected here. Use a key of Harbour Physio, or keep Riverside Physio separately.',
      );
    }
    this.state.clinic = CLINIC;
    return { clinic: CLINIC, patients: this.people.length };
  }

  Disconnect = () => {
    const clinic = this.state.clinic?.name ?? '';
    const profiles = this.imported ? this.people.length : 0;
    this.imported = false;
    this.state = { ...this.state, clinic: null, button: '' };
    this.state.sync = { ...this.state.sync, lastSuccess: '' };
    this.renew();
    this.tally();
    return this.soon({ clinic, profiles, changes: 12, syncs: 3, state: this.state }, 800);
  };

  /** Moves the progress from nothing to all, as the engine does. */
  #held = false;

  /** From now on no pass ends, unless it is cancelled, until what comes back is called. */
  holdPasses(): () => void {
    this.#held = true;
    return () => {
      this.#held = false;
    };
  }

  async #pass(phase: 'listing' | 'storing' | 'changes', time: number) {
    this.#cancelled = false;
    const total = this.people.length;
    const steps = Math.max(1, Math.round(time / 100));
    for (let step = 0; step <= steps; step++) {
      const sync = this.state.sync;
      sync.phase = phase;
      sync.done = Math.round((total * step) / steps);
      sync.total = phase === 'changes' ? 0 : total;
      sync.perSecond = step > 2 ? (total / time) * 1000 : 0;
      sync.secondsLeft = step > 2 ? Math.round(((steps - step) * time) / steps / 1000) : -1;
      this.emit('sync', sync);
      await wait(time / steps);
      while (step === steps && this.#held && !this.#cancelled) await wait(5);
      if (this.#cancelled) {
        sync.phase = 'idle';
        sync.unfinished = phase === 'storing';
        this.emit('sync', sync);
        fail('cancelled', 'Stopped.');
      }
    }
  }

  async ListPatients() {
    await this.#pass('listing', this.options.passTime);
    this.state.sync.phase = 'listed';
    this.emit('sync', this.state.sync);
    return this.#summary();
  }

  #summary() {
    const active = this.people.filter((person) => person.state === 'active');
    const failing = active.filter(isFailing).length;
    return {
      total: active.length,
      failing,
      ready: active.length - failing,
      archived: this.people.length - active.length,
    };
  }

  Listing = (offset: number, limit: number) => {
    const active = this.people
      .filter((person) => person.state === 'active')
      .sort(
        (a, b) =>
          Number(isFailing(b)) - Number(isFailing(a)) || a.lastName.localeCompare(b.lastName),
      );
    const rows = active.slice(offset, offset + limit).map((person) => ({
      id: person.id,
      name: [person.lastName, person.firstName].filter(Boolean).join(', '),
      born: person.born,
      email: person.email,
      problems: person.failure?.problems ?? [],
      code: person.failure?.code ?? ('' as const),
    }));
    return this.soon({ rows, total: active.length });
  };

  async #end(kind: PassView['kind']): Promise<PassView> {
    const first = !this.imported;
    this.imported = true;
    this.tally();
    const { active, failed, archived } = this.state.tally;
    const pass: PassView = {
      kind,
      startedAt: new Date(Date.now() - 5000).toISOString(),
      endedAt: new Date().toISOString(),
      read: first ? active + archived : 3,
      synced: first ? active - failed : 2,
      unchanged: first ? 0 : 1,
      failed: first ? failed : 0,
      archived: first ? archived : 0,
      requests: 20,
      error: '',
    };
    this.syncs?.unshift(pass);
    const sync = { ...this.state.sync, last: pass, lastSuccess: pass.endedAt, unfinished: false };
    this.state.sync = { ...sync, phase: 'idle', done: 0, total: 0, problem: null };
    this.emit('sync', this.state.sync);
    this.emit('state', this.state);
    this.emit('profiles', {});
    return this.soon(pass);
  }

  ListingSummary = () => this.soon(this.#summary());

  async StartImport() {
    await this.#pass('storing', this.options.passTime);
    return this.#end('full');
  }

  DiscardListing = () => {
    this.state.sync.phase = 'idle';
    this.emit('sync', this.state.sync);
    return this.soon(undefined);
  };

  CancelSync = () => {
    this.#cancelled = true;
    return this.soon(undefined);
  };

  async SyncNow() {
    await this.#pass('changes', Math.min(1500, this.options.passTime));
    return this.#end('changes');
  }

  Failures = () =>
    this.soon(
      this.kept()
        .flatMap((person) => (isFailing(person) && person.failure ? [person.failure] : []))
        .sort((a, b) => a.name.localeCompare(b.name)),
    );

  async RetryFailure(ref: string): Promise<FailureView | null> {
    await wait(900);
    const person = this.find(ref);
    if (Number(ref) % 2 === 0) return structuredClone(person.failure);
    Object.assign(
      person,
      judge({
        ...person,
        firstName: person.firstName || 'Alex',
        lastName: person.lastName || 'Baker',
        born: person.born || '1990-01-02',
        sex: person.sex || 'Female',
        email: 'alex@example.com',
      }),
    );
    this.tally();
    this.emit('state', this.state);
    this.emit('profiles', {});
    return null;
  }

  async ExportFailures(password: string) {
    this.accounts.confirm(password);
    this.accounts.note('exported_failures');
    return this.soon('failed-profiles.csv', 400);
  }
  async ExportProfiles(format: ExportFormat, password: string) {
    this.accounts.confirm(password);
    this.accounts.note('exported_profiles');
    return this.soon(`profiles.${format}`, 400);
  }

  async ExportSelected(ids: string[], format: ExportFormat, password: string) {
    this.accounts.confirm(password);
    this.accounts.note('exported_selected');
    return this.soon(ids.length > 0 ? `selected.${format}` : '', 400);
  }

  Profiles = (query: ProfileQuery) => this.soon(pageOf(this.kept(), this.state.tally, query));
  ProfileIDs = (query: ProfileQuery) => this.soon(idsOf(this.kept(), query));
  FindName = (query: ProfileQuery, typed: string) => this.soon(findName(this.kept(), query, typed));

  Profile = async (id: string) => this.soon(this.find(id));

  async RefreshProfile(id: string) {
    await wait(900);
    const person = this.find(id);
    Object.assign(person, judge({ ...person, syncedAt: new Date().toISOString() }));
    this.tally();
    this.emit('state', this.state);
    this.emit('profiles', {});
    return structuredClone(person);
  }

  ProfileHistory = async (id: string) => this.soon(historyOf(this.find(id)));
  Syncs = (limit: number) => {
    this.syncs ??= syncsOf(this.state.tally.failed, this.people.length);
    return this.soon(this.syncs.slice(0, limit));
  };

  SyncDays = (begins: string[]) =>
    this.soon(daysOf(begins.length, this.imported ? this.state.tally.failed : -1));

  /** So many are gone from Cliniko at once that a person has to decide. */
  lose(count: number) {
    this.missing = this.people.filter((person) => person.state === 'active').slice(0, count);
    this.tally();
    const message = `${count} clients are no longer to be found in Cliniko. Nothing was removed here.`;
    this.state.sync.problem = { code: 'mass_disappearance', message, until: '' };
    this.emit('sync', this.state.sync);
    this.emit('state', this.state);
  }

  Missing = () => this.soon(this.missing.map((person) => rowOf(person)));
  KeepMissing = () => {
    this.missing = [];
    this.tally();
    this.emit('state', this.state);
    return this.soon(undefined);
  };
  async RemoveMissing(shown: string[]) {
    const gone = this.missing.filter((person) => shown.includes(person.id));
    await this.KeepMissing();
    await this.#pass('storing', this.options.passTime);
    const erasedAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
    for (const person of gone) Object.assign(person, { state: 'deleted', erasedAt });
    return this.#end('full');
  }

  readonly links = new FakeLinks();

  /** A click in Cliniko. */
  arrive(id: string) {
    this.links.waiting = id;
    this.state.linkWaiting = true;
    this.emit('link', undefined);
  }

  TakeLink = () => {
    this.state.linkWaiting = false;
    return this.soon(this.links.take());
  };
  FollowLink = async (id: string) => {
    const { length } = this.people;
    const view = await this.links.follow(id, this.people);
    if (this.people.length !== length) this.tally();
    return structuredClone(view);
  };
  FindPasted = (text: string) => this.soon(this.links.find(text));
  LinkSetup = () => this.soon(this.links.setup);
  RepairLink = (takeOver: boolean) => this.soon(this.links.repair(takeOver), 500);
  async TestLink() {
    await wait(this.options.delay * 100);
    if (this.links.comesBack) this.#button('works');
    return this.links.comesBack;
  }
  SkipButton = () => {
    this.#button('unused');
    return this.soon(undefined);
  };
  #button(how: AppState['button']) {
    this.state.button = how;
    this.emit('state', this.state);
  }

  OpenInCliniko = () => this.soon(undefined);
  CopyText = () => this.soon(undefined);
  CopyDetail = () => this.soon(undefined);
  Painted = () => this.soon(undefined);
  Focused = () => this.soon(undefined);
  OpenGuide = () => this.soon(undefined);
}
