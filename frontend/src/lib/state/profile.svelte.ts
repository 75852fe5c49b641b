import { api, on, toErrorView, type ErrorView, type ProfileView } from '$lib/api';
import { app, type App } from './app.svelte';
import { oneAtATime } from './one-at-a-time';

/** What opened a profile, when it was not chosen in a list: a click in Cliniko, or a pasted id. */
export type Origin = '' | 'link' | 'paste';

/**
 * One profile, read from this computer's store at once and refreshed on demand.
 * With an origin it may be somebody who is not stored yet, or who was merged; the
 * refresh then fetches them, or moves on to the survivor.
 */
export class OneProfile {
  /** Whose profile this is: of a merged client, the survivor's, once that is known. */
  id = $state('');
  origin = $state<Origin>('');
  view = $state.raw<ProfileView | null>(null);
  /** Why nothing is stored to show. */
  missing = $state.raw<ErrorView | null>(null);
  /** Why the last refresh did not work: what is shown is as old as it says. */
  stale = $state.raw<ErrorView | null>(null);
  /** Why something else that was asked for here did not work. */
  problem = $state.raw<ErrorView | null>(null);
  refreshing = $state(false);
  /** What a refresh found: its profile is complete now, or still is not. */
  outcome = $state<'' | 'fixed' | 'still'>('');
  /** The client who was asked for and is now part of this one. */
  mergedFrom = $state('');

  /** Questions are numbered, so that an answer never replaces that of a later question. */
  #asked = 0;
  #shown = 0;
  #followed = false;
  #missedNews = false;
  /** The page in Cliniko was opened, to complete the profile. */
  #editing = false;
  /** When a sync had ended well last, as the refresh failed. */
  #syncedBefore = '';

  #app: App;

  constructor(
    readonly askedFor: string,
    origin: Origin = '',
    who: App = app,
  ) {
    this.id = askedFor;
    this.origin = origin;
    this.#app = who;
  }

  answersTo(id: string): boolean {
    return id === this.id || id === this.askedFor;
  }

  follow(): () => void {
    const stops = [
      on('profiles', () => {
        if (this.refreshing) this.#missedNews = true;
        else void this.load();
      }),
      on('sync', ({ phase, problem, lastSuccess }) => {
        if (phase !== 'idle' || problem || lastSuccess === this.#syncedBefore) return;
        // It found nothing newer in Cliniko than what is shown, or has stored it.
        if (this.view && this.stale?.code !== 'not_found') this.stale = null;
        // Whoever comes back without having saved would wait for it.
        if (this.#editing && this.view?.failure && document.hasFocus()) this.outcome = 'still';
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Reads what is stored; once more where something changes meanwhile. */
  load = oneAtATime(() => this.#read(false));

  /** Reads it beside a refresh, which may be newer. */
  loadFirst = () => this.#read(true);

  async #read(first: boolean) {
    const turn = ++this.#asked;
    try {
      const view = await api.profile(this.id);
      const newer = !first && view.syncedAt !== this.view?.syncedAt;
      if (this.#show(view, turn) && newer) this.stale = null; // a sync did what the refresh could not
    } catch (thrown) {
      if (turn < this.#shown) return;
      if (this.view) this.problem = toErrorView(thrown);
      else this.missing = toErrorView(thrown);
    }
  }

  /** Reads this one client from Cliniko again. */
  async refresh() {
    if (this.refreshing) return;
    const turn = ++this.#asked;
    const failed = Boolean(this.view?.failure);
    // Links are rationed; a person who asks for a stored profile is not.
    const rationed = this.view !== null && this.stale?.code === 'rate_limited';
    // Whoever may only view may follow a link, and nothing else brings them newer details.
    const follow =
      this.origin !== '' &&
      ((!this.#followed && !rationed) || !this.#app.may('practitioner.modify'));
    this.refreshing = true;
    this.outcome = '';
    this.stale = null;
    this.problem = null;
    try {
      const view = await (follow ? api.followLink(this.id) : api.refreshProfile(this.id));
      this.#followed = true;
      this.#show(view, turn);
      if (failed) this.outcome = view.failure ? 'still' : 'fixed';
    } catch (thrown) {
      this.stale = toErrorView(thrown);
      this.#syncedBefore = this.#app.sync?.lastSuccess ?? '';
      if (this.#missedNews) void this.load();
    } finally {
      this.refreshing = false;
      this.#missedNews = false;
    }
  }

  /** The same client was asked for once more: one more refresh, unless one runs. */
  async again(id: string, origin: Origin) {
    this.origin = origin;
    this.#followed = false;
    if (id === this.id) this.mergedFrom = '';
    await this.refresh();
  }

  /** Keeps the client on the Today screen, or no longer. */
  async pin(pinned: boolean) {
    this.problem = null;
    try {
      await api.pin(this.id, pinned);
      if (this.view) this.view = { ...this.view, pinned };
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  openInCliniko = () => {
    this.#editing = true;
    return this.#reach(() => api.openInCliniko(this.id));
  };
  call = (number: string) => this.#reach(() => api.call(this.id, number));
  mail = () => this.#reach(() => api.mail(this.id));

  /** Opens the pages of both in Cliniko, where they can be merged. */
  compare = (other: string) =>
    this.#reach(async () => {
      await api.openInCliniko(this.id);
      await api.openInCliniko(other);
    });

  /** Hands something over to another program. */
  async #reach(open: () => Promise<void>) {
    this.problem = null;
    try {
      await open();
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  #show(view: ProfileView, turn: number): boolean {
    if (turn < this.#shown) return false;
    this.#shown = turn;
    if (view.id !== this.id) {
      this.mergedFrom = view.mergedFrom || this.id;
      this.id = view.id;
    }
    if (this.#editing && this.view?.failure && !view.failure) this.outcome = 'fixed';
    this.view = view;
    this.missing = null;
    return true;
  }
}
