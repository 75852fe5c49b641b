import { createContext } from 'svelte';
import { actionsFor, elsewhere } from './actions';
import { announcer } from './announcer.svelte';
import type { App } from './app.svelte';
import { AttentionList } from './attention.svelte';
import { FailedRound } from './failed-round.svelte';
import { Importer } from './importer.svelte';
import { Links } from './links.svelte';
import { MissingClients } from './missing.svelte';
import { Palette } from './palette.svelte';
import { ProfileList } from './profiles.svelte';
import { Recents } from './recents';
import type { Router } from './route.svelte';
import { SyncNow } from './sync-now.svelte';
import { Today } from './today.svelte';
import type { View } from './view';

/**
 * All that outlives a screen and may hold something of one clinic, for one person
 * who is signed in. Inside makes it, and another one whenever `App.owner` is
 * another, so that nothing has to be forgotten by hand: whatever an answer that
 * comes late writes into an old workspace, nobody sees. No other module may keep
 * such state; a test looks.
 */
export class Workspace {
  readonly profiles = new ProfileList();
  readonly importer = new Importer();
  readonly missing = new MissingClients();
  readonly recents = new Recents();
  readonly syncNow: SyncNow;
  readonly today = new Today(this.recents);
  readonly palette: Palette;
  readonly round: FailedRound;
  readonly links: Links;

  #closed = false;
  #router: Router;

  constructor(app: App, router: Router) {
    this.#router = router;
    const view = router.shows(this.#look);
    for (const [name, list] of Object.entries(this.#lists)) {
      const seen = view?.[name];
      if (seen) list.restore(seen as never); // what the same list has said of itself
    }
    this.round = new FailedRound(router);
    this.links = new Links(app, router);
    this.syncNow = new SyncNow(this.say);
    const { recents, round, syncNow } = this;
    this.palette = new Palette({
      recents: () => recents.ids,
      actions: (others) => actionsFor({ app, router, round, syncNow }, others),
      elsewhere: (others, client) => elsewhere(app, others, client),
    });
  }

  /** Tells a screen reader politely, as long as this workspace is the one that is shown. */
  readonly say = (text: string) => {
    if (!this.#closed) announcer.say(text);
  };

  readonly attention = new AttentionList(this.say);

  get #lists() {
    const { profiles, attention } = this;
    return { profiles, attention };
  }

  /** What whoever has locked the window comes back to. */
  readonly #look = (): View => {
    const { profiles, attention } = this.#lists;
    return { profiles: profiles.view, attention: attention.view };
  };

  /** It is no longer shown: nothing of it is heard, and nothing chosen in it is opened. */
  close() {
    this.#closed = true;
    this.#router.hides(this.#look);
    this.links.close();
    this.palette.close();
    announcer.forget();
  }
}

/** For the components below Inside. */
export const [useWorkspace, provideWorkspace] = createContext<Workspace>();
