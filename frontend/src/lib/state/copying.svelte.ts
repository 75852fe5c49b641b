/** How long a button says that it has copied, in milliseconds. */
const SAID = 1600;

/** A button that copies something. */
export class Copying {
  /** It did so a moment ago; stays false where it could not, which says enough. */
  done = $state(false);

  #send: () => Promise<void>;
  #say: () => void;

  /**
   * @param send copies
   * @param say tells whoever cannot see the button that it has
   */
  constructor(send: () => Promise<void>, say: () => void) {
    this.#send = send;
    this.#say = say;
  }

  run = async () => {
    try {
      await this.#send();
    } catch {
      return;
    }
    this.done = true;
    this.#say();
    setTimeout(() => (this.done = false), SAID);
  };
}
