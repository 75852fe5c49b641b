import { describe, expect, it } from 'vitest';
import type { AppState, Permission } from '$lib/api';
import { startGo } from '../../testing/go';
import { DANA, FAILING, QUIET, RIVERSIDE, STATE, UNCONNECTED } from '../../testing/samples';
import { actionsFor } from './actions';
import { App } from './app.svelte';
import { FailedRound } from './failed-round.svelte';
import { Router } from './route.svelte';
import { SyncNow } from './sync-now.svelte';

/** What can be done in this state, and where it leads. */
function given(patch: Partial<AppState>) {
  const go = startGo(patch);
  const app = new App();
  app.take({ ...STATE, ...patch });
  const router = new Router();
  const around = {
    app,
    router,
    round: new FailedRound(router),
    syncNow: new SyncNow(() => undefined),
  };
  const actions = actionsFor(around, [RIVERSIDE]);
  const run = (id: string) => actions.find((each) => each.id === id)?.run();
  return { go, app, router, ids: actions.map(({ id }) => id), run };
}

const allowed = (...permissions: Permission[]): Partial<AppState> => ({
  person: { ...DANA, permissions },
});

describe('the actions', () => {
  it('are all there for whoever may do everything', () => {
    expect(given({}).ids).toEqual([
      'sync',
      'fix',
      'today',
      'profiles',
      'attention',
      'export',
      'lock',
      'settings.integration',
      'settings.syncs',
      'settings.computers',
      'settings.people',
      'settings.security',
      'settings.audit',
      'settings.about',
      'clinic.7',
    ]);
  });

  it('are those that a practitioner may use', () => {
    expect(given(allowed('practitioner')).ids).toEqual([
      'fix',
      'today',
      'profiles',
      'attention',
      'lock',
      'settings.security',
      'settings.about',
      'clinic.7',
    ]);
  });

  it.each([
    {
      when: 'nothing is connected',
      patch: UNCONNECTED,
      without: ['sync', 'fix', 'attention', 'export'],
    },
    { when: 'it is the demo', patch: { demo: true }, without: ['lock', 'settings.computers'] },
    {
      when: 'every profile is complete',
      patch: { tally: { ...STATE.tally, failed: 0 } },
      without: ['fix'],
    },
  ])('leave out what cannot be done when $when', ({ patch, without }) => {
    const { ids } = given(patch);
    expect(ids.filter((id) => without.includes(id))).toEqual([]);
    expect(ids).toContain('profiles');
  });

  it('open the first profile that needs attention, of all of them', async () => {
    const { router, run } = given({});
    await run('fix');
    expect(router.current).toEqual({ name: 'profile', id: FAILING[0]?.id, failed: true });
  });

  it('lead to a page, and to the question of the export', async () => {
    const { router, run } = given({});
    await run('settings.people');
    expect(router.current).toEqual({ name: 'settings', section: 'people' });
    await run('export');
    expect(router.current).toEqual({ name: 'settings', section: 'security', exporting: true });
  });

  it('bring what is new in Cliniko', async () => {
    const { go, run } = given({});
    go.Sync.Now.mockResolvedValue(QUIET);
    await run('sync');
    expect(go.Sync.Now.mock.calls).toEqual([[]]);
  });
});
