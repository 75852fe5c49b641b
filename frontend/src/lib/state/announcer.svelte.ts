/**
 * What a screen reader is told politely; <Announcements> holds the region. It may
 * name a client, so screens go through `say` of their workspace.
 */
class Announcer {
  text = $state('');
  /** Kept apart, so that whoever says something does not come to depend on it. */
  #last = '';

  say(text: string) {
    // A non-breaking space makes the same words twice two announcements.
    this.#last = this.#last === text ? `${text}\u00a0` : text;
    this.text = this.#last;
  }

  /** It may have named a client. */
  forget() {
    this.text = '';
    this.#last = '';
  }
}

export const announcer = new Announcer();
