const MOST = 5;

/**
 * Whose profiles were opened last, the newest first: for as long as this person
 * is signed in, and in memory alone.
 */
export class Recents {
  #ids: readonly string[] = [];

  get ids(): readonly string[] {
    return this.#ids;
  }

  opened(id: string) {
    this.#ids = [id, ...this.#ids.filter((each) => each !== id)].slice(0, MOST);
  }
}
