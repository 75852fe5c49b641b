// The larger part of the page is loaded by its first screen; here it is there at once.
import '$screens/shell/Inside.svelte';
import { FakeGo } from './fake-go';
import type { FakeOptions } from './fake-state';
import { app } from '$lib/state/app.svelte';
import { ProfileList } from '$lib/state/profiles.svelte';

let list: ProfileList | null = null;
const { follow } = ProfileList.prototype;
ProfileList.prototype.follow = function (this: ProfileList) {
  list = this; // eslint-disable-line @typescript-eslint/no-this-alias -- that is what a test asks for
  return follow.call(this);
};

/** The list of the Profiles screen that was shown last. */
export function shownList(): ProfileList {
  if (!list) throw new Error('the Profiles screen was never shown');
  return list;
}

/** Puts a quick stand-in of the Go side on the window for one test. */
export function startFake(options: Partial<FakeOptions> = {}): FakeGo {
  const fake = new FakeGo({ stage: 'imported', count: 250, delay: 0, passTime: 10, ...options });
  app.state = null; // each test opens the window anew
  window.go = { main: { App: fake } };
  window.runtime = fake.runtime;
  return fake;
}
