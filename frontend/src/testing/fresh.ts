import { words } from '$lib/i18n/words.svelte';
import { announcer } from '$lib/state/announcer.svelte';
import { app } from '$lib/state/app.svelte';
import { appearance } from '$lib/state/appearance.svelte';
import { clock } from '$lib/state/clock.svelte';
import { plainKeys } from '$lib/state/plain-keys.svelte';
import { router } from '$lib/state/route.svelte';
import { zoom } from '$lib/state/zoom.svelte';
import { layout as attentionLayout } from '$screens/attention/columns';
import { layout as profilesLayout } from '$screens/profiles/columns';

/**
 * Puts back what lives as long as the page: all test files share one, in any
 * order, and each test begins as the program does on a new computer.
 */
export function startAfresh() {
  app.state = null;
  app.demoMade = null;
  app.problem = null;
  router.startAt({ name: 'profiles' }, false);
  router.reset();
  words.use('client');
  clock.learn('');
  announcer.forget();
  plainKeys.set(true);
  appearance.choose('system');
  zoom.take(new KeyboardEvent('keydown', { key: '0', ctrlKey: true }));
  attentionLayout.reset();
  profilesLayout.reset();
  // eslint-disable-next-line no-restricted-globals -- what lib/state/kept keeps
  localStorage.clear();
}
