// The larger part of the page is loaded by its first screen; here it is there at once.
import '$screens/shell/Inside.svelte';
import { FakeGo } from './fake-go';
import type { FakeOptions } from './fake-state';

/** Puts a quick stand-in of the Go side on the window for one test. */
export function startFake(options: Partial<FakeOptions> = {}): FakeGo {
  const fake = new FakeGo({ stage: 'imported', count: 250, delay: 0, passTime: 10, ...options });
  window.go = { main: { App: fake } };
  window.runtime = fake.runtime;
  return fake;
}
