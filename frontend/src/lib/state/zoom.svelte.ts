import { heldAlone } from './keys';
import { keep, recall } from './kept';

const STEPS = [80, 90, 100, 110, 125, 150, 175, 200];
const USUAL = STEPS.indexOf(100);

/** The keys of every browser, with and without Shift. */
const KEYS: Readonly<Record<string, -1 | 0 | 1>> = { '+': 1, '=': 1, '-': -1, _: -1, '0': 0 };

/**
 * How large everything is shown: all lengths of the page are in rem. Remembered
 * on this computer; public/start.js does the same before the first paint.
 */
export class Zoom {
  #step = $state(USUAL);
  /** One rem, in pixels. */
  rem = $state(16);

  constructor() {
    const kept = STEPS.findIndex((percent) => percent === recall('zoom'));
    this.#step = kept < 0 ? USUAL : kept;
    this.#apply();
  }

  get percent() {
    return STEPS[this.#step] ?? 100;
  }

  /** Does what the key asks for; whether it asked for anything. */
  take(event: KeyboardEvent): boolean {
    const by = heldAlone(event) ? KEYS[event.key] : undefined;
    if (by === undefined) return false;
    const to = by === 0 ? USUAL : this.#step + by;
    this.#step = Math.max(0, Math.min(STEPS.length - 1, to));
    this.#apply();
    keep('zoom', this.percent);
    return true;
  }

  #apply() {
    const root = document.documentElement;
    root.style.fontSize = this.#step === USUAL ? '' : `${this.percent}%`;
    const size = getComputedStyle(root).fontSize;
    this.rem = size.endsWith('px') ? parseFloat(size) : (16 * this.percent) / 100; // not where nothing is laid out
  }
}

export const zoom = new Zoom();
