import { api, toErrorView, type ErrorView, type HistoryView } from '$lib/api';

/** What happened to one profile. */
export class History {
  view = $state.raw<HistoryView | null>(null);
  problem = $state.raw<ErrorView | null>(null);

  #id = '';
  #turn = 0;

  async load(id: string) {
    const turn = ++this.#turn;
    if (id !== this.#id) this.view = null; // another one's, such as that of a merged client
    this.#id = id;
    try {
      const view = await api.profileHistory(id);
      if (turn !== this.#turn) return;
      this.view = view;
      this.problem = null;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = toErrorView(thrown);
    }
  }
}
