/** How long a pause may be within what is typed, in milliseconds. */
const PAUSE = 900;

/** Whether a key is a letter or a sign that a name may have. */
const isText = (event: KeyboardEvent) =>
  event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;

/**
 * Typing the beginning of a name goes there. The same letter again goes to the
 * next of that letter.
 */
export class TypeAhead {
  #typed = '';
  #at = 0;

  /**
   * Takes a key; null if it is not for here.
   *
   * @returns the beginnings to look for, the likelier first, each with how far
   *   behind the present row to start
   */
  take(event: KeyboardEvent): { typed: string; skip: number }[] | null {
    if (!isText(event)) {
      if (event.key !== 'Shift') this.#typed = '';
      return null;
    }
    const fresh = this.#typed === '' || event.timeStamp - this.#at > PAUSE;
    if (fresh && event.key === ' ') return null;
    this.#at = event.timeStamp;
    this.#typed = (fresh ? '' : this.#typed) + event.key;
    const [letter = ''] = this.#typed;
    if (this.#typed.length === 1) return [{ typed: letter, skip: 1 }];
    const whole = { typed: this.#typed, skip: 0 };
    const same = [...this.#typed].every((each) => each === letter);
    return same ? [whole, { typed: letter, skip: 1 }] : [whole];
  }
}
