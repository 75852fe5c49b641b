import { createSubscriber } from 'svelte/reactivity';

/** Two clocks that differ by less are the same. */
const SAME = 30_000;

/**
 * The time for everything that says how long ago: one timer, which runs only
 * while something on the screen reads it.
 */
class Clock {
  /** By how much Cliniko's clock is ahead of this computer's, in milliseconds. */
  #ahead = $state(0);

  #watch = createSubscriber((tick) => {
    const timer = setInterval(tick, 10_000);
    return () => {
      clearInterval(timer);
    };
  });

  /** Takes Cliniko's time, as Go knows it at this moment; '' is not known. */
  learn(now: string) {
    const ahead = now === '' ? 0 : Date.parse(now) - Date.now();
    if (Math.abs(ahead - this.#ahead) >= SAME) this.#ahead = Math.abs(ahead) < SAME ? 0 : ahead;
  }

  /** Cliniko's time: what is stored and shown of its clients has this one. */
  get now(): number {
    return this.here + this.#ahead;
  }

  /** The time of this computer, for what it alone has told: how long it waits, since when it is offline. */
  get here(): number {
    this.#watch();
    return Date.now();
  }
}

export const clock = new Clock();
