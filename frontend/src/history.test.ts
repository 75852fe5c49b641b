import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, ChangeView, FieldChangeView, PassView, ProfileView } from './lib/api';
import { app } from './lib/state/app.svelte';
import { router } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';
import { importsAtOnce, loseNobody, loseThree } from './testing/sync';

const { DANA, LUCA, MEI, NGOZI, NOAH, ZOE } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const region = async (name: string | RegExp) => within(await screen.findByRole('region', { name }));

/** Shows the window once it knows who is there. */
async function show() {
  await app.load();
  render(App);
}

/** Whatever it is, Go decides whether it is right. */
const PASSWORD = 'correct horse battery';

const field = (name: string, label: string, before: string, after: string): FieldChangeView => ({
  field: name,
  label,
  before,
  after,
});
const change = (...fields: FieldChangeView[]): ChangeView => {
  const at = new Date(Date.now() - 3 * 86_400_000).toISOString();
  return { at, updatedAt: at, opened: false, fields };
};

describe('what changed of a profile', () => {
  /** Opens somebody to whom this happened. */
  async function open(changes: ChangeView[], person: ProfileView = NGOZI) {
    const go = startGo();
    go.profiles = [person, MEI, NOAH];
    const tell = (told: ChangeView[]) =>
      go.Profiles.History.mockResolvedValue({ ...sample.HISTORY, changes: told });
    tell(changes);
    router.reset({ name: 'profile', id: person.id });
    await show();
    return { go, tell };
  }
  const lines = async () => (await region(/^What changed/)).findAllByRole('listitem');

  it('is only that it was created, for most', async () => {
    await open([]);
    const all = await lines();
    expect(all).toHaveLength(1);
    expect(all[0]).toHaveTextContent(/Profile created here.*Client since .* in Cliniko/);
  });

  it('shows one field at once, and several when asked', async () => {
    await open([
      change(field('email', 'Email', 'old@example.com', 'new@example.com')),
      change(field('title', 'Title', '', 'Dr'), field('sex', 'Sex', 'Male', '')),
    ]);
    const [one, several] = await lines();
    expect(one).toHaveTextContent(
      /3 days ago.*Email Before: old@example.com.*After: new@example.com/,
    );
    const more = within(several as HTMLElement).getByRole('button', { name: 'Title, Sex' });
    expect(more).toHaveAttribute('aria-expanded', 'false');
    const values = within(several as HTMLElement).getByText('Dr');
    expect(values).not.toBeVisible();
    await userEvent.click(more);
    expect(values).toBeVisible();
    expect(several).toHaveTextContent(
      /Title Before: none.*After: Dr.*Sex Before: Male.*After: none/,
    );
  });

  it('does not push the page down with all of a long history', async () => {
    await open(
      Array.from({ length: 20 }, (_, i) => change(field('email', 'Email', `${i}`, `${i + 1}`))),
    );
    await userEvent.click(await button('Show all 20 changes'));
    expect(await lines()).toHaveLength(21);
  });

  it('is read again after Refresh, and when a sync changed something', async () => {
    const { go, tell } = await open([]);
    go.Profiles.Refresh.mockResolvedValue({ ...NGOZI, syncedAt: '2026-11-03T09:15:00Z' });
    expect(await lines()).toHaveLength(1);
    const several = change(field('title', 'Title', '', 'Dr'), field('sex', 'Sex', 'Male', ''));
    tell([several]);
    await userEvent.click(await button('Refresh'));
    const more = { name: 'Title, Sex' };
    await userEvent.click(await screen.findByRole('button', more));
    tell([change(field('state', 'State', 'archived', 'active')), several]);
    go.emit('profiles', {});
    await screen.findByText('Brought back in Cliniko');
    expect(await button(more.name)).toHaveAttribute('aria-expanded', 'true'); // as it was
    tell([change(field('state', 'State', 'active', 'archived')), several]);
    go.emit('profiles', {});
    await screen.findByText('Archived in Cliniko');
  });

  it('offers to try again when it cannot be read', async () => {
    const { go, tell } = await open([]);
    await lines();
    go.Profiles.History.mockRejectedValue(
      sample.refusal('store_busy', 'Another copy holds the data.'),
    );
    router.go({ name: 'profile', id: MEI.id });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Another copy holds the data.');
    tell([]);
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByText(/^Profile created here/);
  });

  it('leads from the survivor of a merge to those who were merged, and back', async () => {
    const merged = [
      { id: NOAH.id, name: 'Walker, Noah' },
      { id: '836447129235099999', name: '' },
    ];
    const { go } = await open([], { ...NGOZI, merged });
    go.Links.Follow.mockResolvedValue({ ...NGOZI, merged });
    await screen.findByText('Walker, Noah was merged into this client.');
    await userEvent.click(await button('Open Walker, Noah'));
    await screen.findByText(/^Merged in Cliniko: now part of another client/);
    await userEvent.click(await button('Open that profile'));
    await heading(/Abara/);
    expect(router.current).toEqual({ name: 'profile', id: NGOZI.id });
  });

  it('says until when a deleted one is here', async () => {
    await open([], { ...LUCA, state: 'deleted', archivedAt: '' });
    await screen.findByText(/^Deleted in Cliniko\. .* erased here on .*2026\.$/);
  });
});

describe('all syncs', () => {
  /** The newest first, five minutes between them; the same four fail each time. */
  const passes: PassView[] = (
    [
      {},
      {},
      {},
      {},
      { synced: 2, unchanged: 1, read: 7 },
      {},
      {},
      {},
      { read: 0, failed: 0, requests: 4, error: 'timed_out' },
      {},
      {},
      { kind: 'full', read: 9, synced: 3, archived: 2, requests: 20 },
    ] satisfies Partial<PassView>[]
  ).map((rest, nth) => {
    const at = new Date(Date.parse('2026-11-03T10:00:00Z') - nth * 5 * 60_000).toISOString();
    const quiet = { kind: 'changes', synced: 0, archived: 0, read: 4, requests: 3 } as const;
    return { ...sample.PASS, ...quiet, startedAt: at, endedAt: at, ...rest };
  });

  it('are a click away, with those that brought nothing folded', async () => {
    const go = startGo();
    go.Sync.Passes.mockResolvedValue(passes);
    router.reset({ name: 'settings', section: 'integration' });
    const user = userEvent.setup();
    await show();
    await user.click(await button('All syncs'));
    expect(await heading('All syncs')).toHaveFocus();
    const table = within(await screen.findByRole('table', { name: 'All syncs' }));
    const folds = table.getAllByRole('button', { name: /^\d+ quiet syncs/ });
    expect(folds.map((each) => parseInt(each.textContent))).toEqual([4, 3, 2]);
    const count = table.getAllByRole('row').length;
    expect(count).toBe(8); // the head, the day, three folds and three syncs
    const [fold] = folds;
    if (!fold) throw new Error('nothing is folded');
    await user.click(fold);
    expect(fold).toHaveAttribute('aria-expanded', 'true');
    expect(table.getAllByRole('row')).toHaveLength(count + 4);
    table.getByText('Cliniko did not answer in time');
    expect(table.queryByText(/[a-z]_[a-z]/)).toBeNull(); // no code
    await user.click(await button('Go back'));
    await heading('Settings');
  });

  it('are not for everybody', async () => {
    const go = startGo({ person: { ...DANA, permissions: ['practitioner'] } });
    router.reset({ name: 'settings', section: 'syncs' });
    await show();
    await screen.findByRole('button', { name: 'Change password' }); // the first page they may use
    expect(go.Sync.Passes).not.toHaveBeenCalled();
  });
});

describe('a mass disappearance', () => {
  const title = '3 clients are no longer in Cliniko';

  /** Three are missing. To remove them takes until `end` is called. */
  function start(patch: Partial<AppState> = {}) {
    const go = startGo(patch);
    loseThree(go);
    const pass = later<PassView>();
    go.Integration.KeepMissing.mockImplementation(async () => {
      loseNobody(go);
    });
    go.Integration.RemoveMissing.mockImplementation(() => {
      loseNobody(go);
      go.tell({ phase: 'storing', done: 1, total: 7 });
      return pass.promise;
    });
    go.Sync.Cancel.mockImplementation(async () => {
      go.tell({ phase: 'idle', unfinished: true });
      pass.refuse(sample.refusal('cancelled'));
    });
    const end = () => {
      go.tell({ phase: 'idle', problem: null });
      pass.answer(sample.PASS);
    };
    router.reset({ name: 'settings', section: 'integration' });
    return { go, end };
  }

  it('asks, with the names, and keeps them', async () => {
    start();
    const user = userEvent.setup();
    await show();
    const question = await region(title);
    question.getByText('Nothing was removed here.');
    const names = await question.findByRole('grid', { name: 'Who is missing' });
    expect(names).toHaveAttribute('aria-rowcount', '4');
    await within(names).findByText(NGOZI.id);
    expect(screen.queryByRole('alert')).toBeNull(); // the same is not said twice
    question.getByText(
      'A row opens the profile, which leads to Cliniko. ' +
        'If you keep them, TeleHab asks again in a day, unless they are back in Cliniko by then.',
    );
    await user.click(question.getByRole('button', { name: 'Keep them' }));
    expect(await heading('They are kept')).toHaveFocus();
    screen.getByText(
      'Nothing was removed. TeleHab asks again in a day, unless they are back in Cliniko by then.',
    );
    await user.click(await button('Close'));
    expect(screen.queryByRole('heading', { name: 'They are kept' })).toBeNull();
    await screen.findByText('Up to date');
  });

  it('removes nobody without a confirmation that says how many', async () => {
    const { go, end } = start();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    const dialog = within(await screen.findByRole('alertdialog', { name: 'Remove 3 clients?' }));
    expect(go.Integration.RemoveMissing).not.toHaveBeenCalled();
    await user.click(dialog.getByRole('button', { name: 'Remove 3 clients' }));
    dialog.getByText('Enter your password.');
    expect(go.Integration.RemoveMissing).not.toHaveBeenCalled();
    go.Integration.RemoveMissing.mockRejectedValueOnce(
      sample.refusal('sign_in_refused', 'Wrong password.'),
    );
    await user.type(dialog.getByLabelText('Your password'), 'not this one{Enter}');
    expect(await dialog.findByRole('alert')).toHaveTextContent(/Wrong password/);
    expect(dialog.getByLabelText('Your password')).toHaveFocus();
    await user.type(dialog.getByLabelText('Your password'), PASSWORD);
    await user.click(dialog.getByRole('button', { name: 'Remove 3 clients' }));
    // Go counts none as missing from now on, and the progress stays nevertheless.
    await screen.findByRole('progressbar');
    await vi.waitFor(() => expect(screen.getByRole('heading', { name: /^Looking/ })).toHaveFocus());
    end();
    expect(await screen.findByRole('heading', { name: 'They are removed' })).toHaveFocus();
    expect(go.Integration.RemoveMissing.mock.calls).toEqual([
      [[NGOZI.id, MEI.id, ZOE.id], 'not this one'],
      [[NGOZI.id, MEI.id, ZOE.id], PASSWORD],
    ]);
  });

  it('removes those of whom the question says how many, though more are missing by the answer', async () => {
    const { go } = start();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    const dialog = within(await screen.findByRole('alertdialog', { name: 'Remove 3 clients?' }));
    const late = { id: '4711', name: 'Later, Lou', born: '1990-01-02' };
    go.Integration.Missing.mockResolvedValue([...sample.MISSING, late]);
    go.become({ tally: { ...go.state.tally, missing: 4 } });
    await screen.findByText(late.id);
    go.Integration.RemoveMissing.mockImplementation(() => {
      go.Integration.Missing.mockResolvedValue([late]);
      go.become({ tally: { ...go.state.tally, missing: 1 } });
      return Promise.reject(sample.refusal('mass_disappearance') as never);
    });
    await user.type(dialog.getByLabelText('Your password'), PASSWORD);
    await user.click(dialog.getByRole('button', { name: 'Remove 3 clients' }));
    const question = await region('1 client is no longer in Cliniko');
    await question.findByText(/^Your answer was carried out for those you were shown/);
    expect(go.Integration.RemoveMissing.mock.calls).toEqual([
      [[NGOZI.id, MEI.id, ZOE.id], PASSWORD],
    ]);
    await user.click(await button('They are gone, remove them'));
    await screen.findByRole('alertdialog', { name: 'Remove 1 client?' });
  });

  it('can be stopped, and then kept after all', async () => {
    const { go } = start();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    await user.type(await screen.findByLabelText('Your password'), PASSWORD);
    await user.click(await button('Remove 3 clients'));
    await user.click(await button('Cancel'));
    await screen.findByText('Nobody was removed.');
    expect(go.Integration.KeepMissing).not.toHaveBeenCalled();
    await user.click(await button('Keep them'));
    await heading('They are kept');
    expect(go.Integration.KeepMissing).toHaveBeenCalledOnce();
  });

  it('continues while somebody looks elsewhere', async () => {
    const { end } = start();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    await user.type(await screen.findByLabelText('Your password'), PASSWORD);
    await user.click(await button('Remove 3 clients'));
    await screen.findByRole('progressbar');
    router.go({ name: 'profiles' });
    await heading('Profiles');
    router.go({ name: 'settings', section: 'integration' });
    await heading(/^Looking for them/);
    end();
    await screen.findByRole('heading', { name: 'They are removed' });
  });

  it('leads there from wherever its error is shown', async () => {
    const { go } = start(sample.CONNECTED);
    importsAtOnce(go);
    go.Sync.Import.mockImplementation(() => {
      go.tell({ phase: 'idle' });
      return Promise.reject(sample.refusal('mass_disappearance') as never);
    });
    router.reset({ name: 'sync' });
    const user = userEvent.setup();
    await show();
    await user.click(await screen.findByRole('button', { name: 'Start sync' }));
    await user.click(await button('See who they are'));
    await heading(title);
    await user.click(await button('Keep them'));
    await heading('They are kept');
    router.go({ name: 'sync' }); // which begins anew, now that it is decided
    await screen.findByRole('button', { name: 'Start sync' });
    expect(go.Sync.List).toHaveBeenCalledTimes(2);
  });

  it('offers everybody what they may do', async () => {
    const { go } = start({ person: { ...DANA, permissions: ['pms_link'] } });
    await show();
    const question = await region(title);
    await question.findByRole('grid', { name: 'Who is missing' });
    expect(question.queryByRole('button')).toBeNull();
    go.become({ person: { ...DANA, permissions: ['pms_link', 'pms_link.modify'] } });
    await question.findByRole('button', { name: 'Keep them' });
    expect(question.queryByRole('button', { name: /remove/ })).toBeNull();
  });

  it('opens a row, in Cliniko where somebody may not see profiles', async () => {
    const { go } = start();
    const user = userEvent.setup();
    await show();
    await user.click(await screen.findByText(NGOZI.id));
    expect(router.current).toMatchObject({ name: 'profile', id: NGOZI.id });

    go.become({ person: { ...DANA, permissions: ['pms_link', 'pms_link.modify'] } });
    router.reset({ name: 'settings', section: 'integration' });
    const question = await region(title);
    question.getByText(/^A row opens the client in Cliniko\. If you keep them/);
    await user.click(await screen.findByText(NGOZI.id));
    expect(go.Profiles.OpenInCliniko.mock.calls).toEqual([[NGOZI.id]]);
    await heading('Settings');
  });

  it('is no question to others, who see only that there is one', async () => {
    const { go } = start({ person: { ...DANA, permissions: ['practitioner'] } });
    await show();
    await screen.findByText('3 clients missing in Cliniko');
    expect(screen.queryByText(title)).toBeNull();
    expect(screen.queryByRole('button', { name: /remove them/ })).toBeNull();
    expect(go.Integration.Missing).not.toHaveBeenCalled();
  });
});
