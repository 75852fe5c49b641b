import { createSubscriber } from 'svelte/reactivity';

/**
 * The time for everything that says how long ago: one timer, which runs only
 * while something on the screen reads it.
 */
class Clock {
  #watch = createSubscriber((tick) => {
    const timer = setInterval(tick, 10_000);
    return () => {
      clearInterval(timer);
    };
  });

  get now(): number {
    this.#watch();
    return Date.now();
  }
}

export const clock = new Clock();
