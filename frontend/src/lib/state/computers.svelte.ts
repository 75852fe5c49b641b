import { api, toErrorView, type ComputerView, type ErrorView } from '$lib/api';
import { t } from '$lib/i18n';
import type { App } from './app.svelte';

/** What a computer is called; its name is sealed, and cannot be read where its row was changed outside. */
export const nameOf = ({ name }: ComputerView) => name || t('computers.unnamed');

/** A join code has the key to everything: whoever changes the computers may do everything. */
export const mayChangeComputers = (app: App) => app.state?.person?.role === 'owner';

/**
 * The computers that share the clinic, as its database has them. What changes them
 * rejects as Go does, and needs the own password of whoever does it.
 */
export class Computers {
  all = $state.raw<ComputerView[] | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  /** What was done last. */
  news = $state('');

  #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  async load() {
    try {
      this.all = (await api.computers()).sort(
        (a, b) => Number(b.here) - Number(a.here) || a.name.localeCompare(b.name),
      );
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  async remove(computer: ComputerView, own: string) {
    await api.removeComputer(own, computer.id);
    this.news = t('computers.removed', { name: nameOf(computer) });
    this.#say(this.news);
    await this.load();
  }
}
