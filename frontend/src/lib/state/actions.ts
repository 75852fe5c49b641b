import { api, type ClinicPlace } from '$lib/api';
import { t } from '$lib/i18n';
import type { App } from './app.svelte';
import type { FailedRound } from './failed-round.svelte';
import { keysFor } from './keys';
import type { Route, Router, SettingsSection } from './route.svelte';
import type { SyncNow } from './sync-now.svelte';

/** Something that can be done from the box over everything. */
export interface Action {
  id: string;
  label: string;
  /** Its shortcut, as a person reads it. */
  keys?: string;
  /** What it rejects with is shown in the box. */
  run: () => Promise<void>;
}

interface Surroundings {
  app: App;
  router: Router;
  round: FailedRound;
  syncNow: SyncNow;
}

/** What whoever is signed in may do now; `others` are the clinics to switch to. */
export function actionsFor(around: Surroundings, others: readonly ClinicPlace[]): Action[] {
  const { app, router } = around;
  return [
    ...work(around),
    ...pages(app).map((section) => ({
      id: `settings.${section}`,
      label: t('palette.settings', { page: t(`settings.${section}`) }),
      run: go(router, { name: 'settings', section }),
    })),
    ...others.map(({ account, name }) => ({
      id: `clinic.${account}`,
      label: t('clinics.use', { name }),
      run: async () => {
        app.enter(await api.useClinic(account));
      },
    })),
  ];
}

/** Opens a client in one of these clinics, whose address somebody has pasted. */
export function elsewhere(app: App, others: readonly ClinicPlace[], client: string): Action[] {
  return others.map(({ account, name }) => ({
    id: `open.${account}`,
    label: t('clinics.useAndOpen', { name }),
    run: async () => {
      app.enter(await api.openInClinic(account, client));
    },
  }));
}

const go = (router: Router, route: Route) => () => {
  router.go(route);
  return Promise.resolve();
};

function work({ app, router, round, syncNow }: Surroundings): Action[] {
  const state = app.state;
  const connected = Boolean(state?.clinic);
  const actions: (Action | false)[] = [
    connected &&
      app.maySync && {
        id: 'sync',
        label: t('palette.sync'),
        run: () => {
          void syncNow.run(); // how it goes is said in the sidebar
          return Promise.resolve();
        },
      },
    app.may('practitioner') &&
      (state?.tally.failed ?? 0) > 0 && {
        id: 'fix',
        label: t('palette.fix'),
        run: () => round.begin(),
      },
    app.mayToday && {
      id: 'today',
      label: t('nav.today'),
      run: go(router, { name: 'today' }),
    },
    { id: 'profiles', label: t('nav.profiles'), run: go(router, { name: 'profiles' }) },
    app.mayAttend && {
      id: 'attention',
      label: t('attention.title'),
      run: go(router, { name: 'attention' }),
    },
    connected &&
      app.mayExport('practitioner') && {
        id: 'export',
        label: t('palette.export'),
        run: go(router, { name: 'settings', section: 'security', exporting: true }),
      },
    // Nobody in the demo has a password.
    !state?.demo && {
      id: 'lock',
      label: t('action.lock'),
      keys: keysFor('L'),
      run: () => app.lock(),
    },
  ];
  return actions.filter((action) => action !== false);
}

/** The pages of Settings that have something for whoever is signed in. */
function pages(app: App): SettingsSection[] {
  const link: SettingsSection[] = app.may('pms_link') ? ['integration', 'syncs'] : [];
  const computers: SettingsSection[] = app.state?.demo ? [] : ['computers'];
  const people: SettingsSection[] = app.may('people')
    ? [...computers, 'people', 'security', 'audit']
    : ['security'];
  return [...link, ...people, 'about'];
}

/** The actions that have a word for each that was typed, by its beginning. */
export function matching(actions: Action[], text: string): Action[] {
  const typed = wordsOf(text);
  return actions.filter(({ label }) => {
    const words = wordsOf(label);
    return typed.every((each) => words.some((word) => word.startsWith(each)));
  });
}

const wordsOf = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
