const MOST = 5;

/**
 * Whose profiles were opened last, the newest first: in this page's memory, and
 * only while this person is signed in. Go keeps them from one sign-in to the next.
 */
export class Recents {
  #ids: readonly string[] = [];

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Takes over whom Go knows of earlier. */
  recall(ids: readonly string[]) {
    this.#ids = [...new Set([...this.#ids, ...ids])].slice(0, MOST);
  }

  opened(id: string) {
    this.#ids = [id, ...this.#ids.filter((each) => each !== id)].slice(0, MOST);
  }
}
