import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import {
  api,
  on,
  toErrorView,
  type ErrorView,
  type FailureView,
  type FieldName,
  type LimitedField,
} from '$lib/api';
import { t } from '$lib/i18n';

/** What failing profiles lack: a required field, or (other) something else. */
export type FailureGroup = FieldName | 'other';

const ORDER: FailureGroup[] = ['email', 'sex', 'date_of_birth', 'first_name', 'last_name', 'other'];

const isRequired = (field: FailureGroup | LimitedField): field is FieldName =>
  field !== 'other' && (ORDER as readonly string[]).includes(field);

/** The groups that a failure counts in: one for each missing field, and other for the rest. */
export function groupsOf(failure: Pick<FailureView, 'problems'>): FailureGroup[] {
  const groups = failure.problems.map((problem) =>
    problem.kind === 'missing' && isRequired(problem.field) ? problem.field : 'other',
  );
  return groups.length > 0 ? [...new Set(groups)] : ['other'];
}

/** The profiles that failed to sync, grouped by what is wrong with them. */
export class Failures {
  all = $state.raw<FailureView[] | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  group = $state<FailureGroup | null>(null);
  checking = new SvelteSet<string>();
  /** What Check again said of a row that still fails. */
  notes = new SvelteMap<string, string>();
  /** The last good news, shown quietly above the list. */
  news = $state('');

  groups = $derived.by(() => {
    const counts = new Map<FailureGroup, number>();
    for (const failure of this.all ?? []) {
      for (const group of groupsOf(failure)) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    return ORDER.flatMap((group) => {
      const count = counts.get(group);
      return count ? [{ group, count }] : [];
    });
  });

  shown = $derived.by(() => {
    const group = this.groups.some((each) => each.group === this.group) ? this.group : null;
    const all = this.all ?? [];
    return group ? all.filter((failure) => groupsOf(failure).includes(group)) : all;
  });

  #announce: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#announce = say;
  }

  follow(): () => void {
    return on('profiles', () => {
      void this.load();
    });
  }

  async load() {
    try {
      this.all = await api.failures();
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  toggle(group: FailureGroup) {
    this.group = this.group === group ? null : group;
  }

  /** Reads one failed client from Cliniko again. */
  async check(failure: FailureView) {
    const { ref } = failure;
    if (this.checking.has(ref)) return;
    this.checking.add(ref);
    this.notes.delete(ref);
    this.news = '';
    try {
      const still = await api.retryFailure(ref);
      if (still) {
        this.all = (this.all ?? []).map((each) => (each.ref === ref ? still : each));
        this.#note(ref, t('failures.still'));
      } else {
        this.all = (this.all ?? []).filter((each) => each.ref !== ref);
        this.news = t('failures.fixed', { name: failure.name || t('person.noName') });
        this.#announce(this.news);
      }
    } catch (thrown) {
      this.complain(ref, thrown);
    } finally {
      this.checking.delete(ref);
    }
  }

  /** Saves the list through the system's own dialog; says where, if anywhere. Rejects as Go does. */
  async exportCSV(password: string) {
    this.news = '';
    const path = await api.exportFailures(password);
    if (!path) return;
    this.news = t('failures.exported', { path });
    this.#announce(this.news);
  }

  /** Says at its row what went wrong with it. */
  complain(ref: string, thrown: unknown) {
    this.#note(ref, toErrorView(thrown).message);
  }

  #note(ref: string, text: string) {
    this.notes.set(ref, text);
    this.#announce(text);
  }
}
