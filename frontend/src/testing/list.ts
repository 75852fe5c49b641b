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
