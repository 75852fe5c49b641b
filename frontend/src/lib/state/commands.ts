import { on } from '$lib/api';
import { app } from './app.svelte';
import type { Palette } from './palette.svelte';
import { router } from './route.svelte';

/** Does what somebody chose in the menu bar, until the answer is called. */
export function followCommands(palette: Palette): () => void {
  return on('command', (command) => {
    if (app.face !== 'inside') return;
    switch (command) {
      case 'find':
        if (app.may('practitioner')) palette.show();
        break;
      case 'today':
        if (app.mayToday) router.go({ name: 'today' });
        break;
      case 'profiles':
        router.go({ name: 'profiles' });
        break;
      case 'settings':
        router.go({ name: 'settings', section: 'integration' });
        break;
      case 'lock':
        void app.lock();
        break;
    }
  });
}
