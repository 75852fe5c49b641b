import { api } from '$lib/api';
import type { App } from './app.svelte';

/**
 * Tells Go when somebody looks at the window, and when the browser has found the
 * network again, until the answer is called. What is shown is then brought up to
 * date, if it is old.
 */
export function followFocus(app: App): () => void {
  const tell = () => {
    const { state } = app;
    const open = state !== null && !state.store && !state.keyring;
    if (!open || document.visibilityState === 'hidden') return;
    api.focused().catch(() => undefined); // the passes come by themselves too, later
  };
  window.addEventListener('focus', tell);
  window.addEventListener('online', tell);
  document.addEventListener('visibilitychange', tell);
  return () => {
    window.removeEventListener('focus', tell);
    window.removeEventListener('online', tell);
    document.removeEventListener('visibilitychange', tell);
  };
}
