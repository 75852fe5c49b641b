import {
  api,
  on,
  toErrorView,
  type ErrorView,
  type ProfileFilter,
  type ProfileRow,
  type ProfileSort,
} from '$lib/api';
import { needsPerson } from './needs-person';
import { RowWindows } from './windows.svelte';

/** The Profiles screen: what is searched, filtered and sorted, and the rows. */
export class ProfileList {
  search = $state('');
  filter = $state<ProfileFilter>('all');
  sort = $state<ProfileSort>('name');
  desc = $state(false);
  /** The counts of the filter tabs, whatever the search. */
  counts = $state.raw<Record<ProfileFilter, number>>({ all: 0, attention: 0, archived: 0 });
  /** The row that the keyboard is on; kept when one comes back from a profile. */
  active = $state(0);
  /** How far the list is scrolled, kept likewise. */
  scroll = $state(0);
  /** Why the sync that someone asked for here could not start. */
  syncProblem = $state.raw<ErrorView | null>(null);

  rows = new RowWindows<ProfileRow>(async (offset, limit) => {
    const page = await api.profiles({
      search: this.search,
      filter: this.filter,
      sort: this.sort,
      desc: this.desc,
      offset,
      limit,
    });
    this.counts = { all: page.all, attention: page.attention, archived: page.archived };
    return { rows: page.rows ?? [], total: page.matched };
  });

  /** Follows Go's events until the answer is called. */
  follow(): () => void {
    return on('profiles', () => {
      this.rows.reload();
    });
  }

  find(search: string) {
    this.search = search;
    this.#fromTop();
  }

  show(filter: ProfileFilter) {
    this.filter = filter;
    this.#fromTop();
  }

  /** Sorts by a column; a second time, the other way round. */
  order(sort: ProfileSort) {
    this.desc = this.sort === sort ? !this.desc : sort === 'updated';
    this.sort = sort;
    this.#fromTop();
  }

  /** Brings what is new in Cliniko. How it goes is told by the sync event. */
  async sync() {
    this.syncProblem = null;
    try {
      await api.syncNow();
    } catch (thrown) {
      const problem = toErrorView(thrown);
      // A pass that runs already is what was asked for; what needs a person is said above all screens.
      const said = ['cancelled', 'sync_running'].includes(problem.code) || needsPerson(problem);
      if (!said) this.syncProblem = problem;
    }
  }

  /** Forgets all rows: someone signed out, or the clinic changed. */
  forget() {
    this.search = '';
    this.filter = 'all';
    this.sort = 'name';
    this.desc = false;
    this.active = 0;
    this.scroll = 0;
    this.syncProblem = null;
    this.counts = { all: 0, attention: 0, archived: 0 };
    this.rows.clear();
  }

  #fromTop() {
    this.active = 0;
    this.rows.reload(true);
  }
}

export const profiles = new ProfileList();
