import { api } from '$lib/api';
import type { App } from './app.svelte';

/** Go hears of somebody at most once in that time; it counts in minutes. */
export const QUIET = 15_000;

const SIGNS = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart'] as const;

/**
 * Tells Go that somebody uses the keyboard or the mouse, so that the window does
 * not lock itself, until the answer is called. Nothing is told while nobody is
 * signed in.
 */
export function followActivity(app: App): () => void {
  let told = -Infinity;
  const tell = () => {
    const { state } = app;
    // The demo does not lock itself.
    if (!state?.person || state.demo) return;
    const now = performance.now();
    if (now - told < QUIET) return;
    told = now;
    api.active().catch(() => undefined); // the next sign tells it again
  };
  for (const sign of SIGNS) window.addEventListener(sign, tell, { capture: true, passive: true });
  return () => {
    for (const sign of SIGNS) window.removeEventListener(sign, tell, { capture: true });
  };
}
