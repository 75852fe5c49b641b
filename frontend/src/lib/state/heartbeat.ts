import { api } from '$lib/api';
import { t } from '$lib/i18n';
import type { App } from './app.svelte';

/** How often Go is asked whose session it is, while somebody is shown. */
export const BEAT = 1_000;

/**
 * So many beats without an answer, and nobody is shown until one comes: whether
 * the window was locked is not known then. Beats are counted, not seconds: a page
 * that the system has suspended, or that a slow computer holds up, has none.
 */
export const SILENCE = 20;

/**
 * Hides whoever is shown when Go says that their session is over, though the event
 * that told of it was lost, and when Go says nothing at all; until the answer is
 * called. Once Go answers that they are signed in, they are shown again.
 */
export function followHeartbeat(app: App): () => void {
  let silent = 0;
  let asking = false;
  const beat = () => {
    if (!app.watched) {
      silent = 0;
      return;
    }
    if (++silent > SILENCE) {
      app.cover({ code: 'timed_out', message: t('error.stuck'), until: '', wait: 0 });
    }
    if (!asking) void ask();
  };
  const ask = async () => {
    const asked = app.state?.session ?? 0;
    asking = true;
    try {
      const session = await api.heartbeat();
      silent = 0;
      app.heard(session, asked);
    } catch {
      // The next beat asks again.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(beat, BEAT);
  return () => {
    clearInterval(timer);
  };
}
