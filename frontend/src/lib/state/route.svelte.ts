import type { Erasure } from '$lib/api';
import type { View } from './view';

export type SettingsSection =
  'integration' | 'syncs' | 'computers' | 'people' | 'security' | 'audit' | 'about';

/** Where one can be, once signed in. */
export type Route =
  | { name: 'today' }
  /** `from`: whose profile led here and is gone back to; absent: it is a place of its own. */
  | { name: 'profiles'; from?: string }
  | { name: 'attention' }
  /**
   * `failed`: one of those that are gone through one after another.
   * `among`: the ids of those beside whom it was chosen, in their order, itself included;
   * without, it is one of the list of profiles, or was opened by itself.
   */
  | { name: 'profile'; id: string; failed?: true; among?: readonly string[] }
  /**
   * `erased`: what Disconnect has just removed, for as long as one stays there.
   * `exporting`: with the question of the export open.
   * `button`: with the steps to the button in Cliniko in view.
   */
  | {
      name: 'settings';
      section: SettingsSection;
      erased?: Erasure;
      exporting?: true;
      button?: true;
      /** What was just done with the computers: the clinic was opened anew for it. */
      computers?: 'shared' | 'stopped' | 'stopped-alone';
    }
  | { name: 'sync' };

const same = (a: Route, b: Route) => JSON.stringify(a) === JSON.stringify(b);

/** The window has no address bar, so the place and the way back are kept here. */
export class Router {
  current = $state.raw<Route>({ name: 'profiles' });
  /** The place was left and come back to, and so may be what was chosen there. */
  cameBack = $state(false);
  #past = $state.raw<Route[]>([]);
  /** Where whoever is signed in begins. */
  #start = this.current;
  /** What the lists show now; null where none are on the screen. */
  #look: (() => View) | null = null;
  #left: View | null = null;

  /** Sets where one begins; `moves`: also whoever has been nowhere else. */
  startAt(start: Route, moves: boolean) {
    if (start.name === this.#start.name) return;
    if (moves && this.current === this.#start) this.current = start;
    this.#start = start;
  }

  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  go(to: Route) {
    if (same(to, this.current)) return;
    this.#past = [...this.#past, this.current].slice(-50);
    this.current = to;
    this.cameBack = false;
  }

  /** The same place under another name: a client who turned out to be part of another. */
  replace(to: Route) {
    const before = this.#past.at(-1);
    if (before && same(to, before)) this.#past = this.#past.slice(0, -1); // or Back would seem to do nothing
    this.current = to;
  }

  /** To the place before; where there is none, to `otherwise`. */
  back(otherwise: Route = this.#start) {
    this.cameBack = this.#past.length > 0;
    this.current = this.#past.at(-1) ?? otherwise;
    this.#past = this.#past.slice(0, -1);
  }

  /** What the lists show, or showed to whoever has locked the window. */
  get view(): View | null {
    return this.#look?.() ?? this.#left;
  }

  /** Whoever comes back is to find this. */
  bring(view: View) {
    this.#left = view;
  }

  /** The lists are on the screen. Returns what they are to show. */
  shows(look: () => View): View | null {
    const { view } = this;
    this.#look = look;
    return view;
  }

  /** They leave it: for whoever comes back, unless they belong to somebody or something else. */
  hides(look: () => View) {
    if (this.#look !== look) return;
    this.#left = look();
    this.#look = null;
  }

  /** Forgets the way here: after signing in, out, or changing the clinic. */
  reset(to: Route = this.#start) {
    const fresh = { ...to }; // whoever waits where they were has been elsewhere, start or not
    if (to === this.#start) this.#start = fresh;
    this.#past = [];
    this.current = fresh;
    this.cameBack = false;
    this.#look = this.#left = null;
  }
}

export const router = new Router();
