import { api } from '$lib/api';
import type { App } from './app.svelte';
import { router, type Route } from './route.svelte';

/** So many milliseconds without a key or a click, and the locked page is loaded anew. */
export const REST = 30_000;

const SIGNS = ['pointerdown', 'keydown', 'input'] as const;

/** What the next page is told: whose place it is. An id is all that it has of a client. */
interface Place {
  person: string;
  route: Route;
}

/** Something is typed, or a dialog is open: loading the page would take it away. */
const inUse = () =>
  document.querySelector('[role=dialog], [role=alertdialog]') !== null ||
  [...document.querySelectorAll<HTMLInputElement>('input:not([type=radio])')].some(
    (box) => box.value !== '',
  );

/**
 * Loads the page anew once nobody has used the locked window for a while, until
 * the answer is called: what the page has shown stays in its memory otherwise,
 * for as long as the web view likes. It looks the same as before. A link that
 * waits is Go's.
 */
export function followRest(
  app: App,
  reload = () => {
    location.reload();
  },
): () => void {
  if (!app.hasShown) return () => undefined; // this page has nothing to forget
  let timer: ReturnType<typeof setTimeout>;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (inUse()) {
        restart();
        return;
      }
      // What Disconnect has erased is told once.
      const route: Route =
        router.current.name === 'settings'
          ? { name: 'settings', section: router.current.section }
          : router.current;
      history.replaceState({ person: app.away, route } satisfies Place, '');
      // What was searched for may be a name: Go keeps it, as the web view might on the disk.
      if (app.away && router.view)
        void api.keepView(JSON.stringify(router.view)).catch(() => undefined);
      reload();
    }, REST);
  };
  restart();
  for (const sign of SIGNS) window.addEventListener(sign, restart, { capture: true });
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, restart, { capture: true });
  };
}

/** Takes up what the page before has left. */
export function recallPlace(app: App) {
  const place = history.state as Place | null;
  if (!place?.route) return;
  history.replaceState(null, '');
  app.comesBack(place.person);
  router.reset(place.route);
}
