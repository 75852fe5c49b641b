import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startFake } from './dev/test-go';
import { syncsOf } from './dev/fake-history';
import type { FakeGo } from './dev/fake-go';
import type { ChangeView, FieldChangeView, ProfileView } from './lib/api';
import { app } from './lib/state/app.svelte';
import { router } from './lib/state/route.svelte';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const region = async (name: string | RegExp) => within(await screen.findByRole('region', { name }));

/** Shows the window once it knows who is there. */
async function show() {
  await app.load();
  render(App);
}

beforeEach(() => {
  router.reset();
});

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
  async function open(changes: ChangeView[], who?: (each: ProfileView) => boolean) {
    const fake = startFake({ count: who ? 2000 : 30 });
    const person = fake.people.find(who ?? (({ state }) => state === 'active'));
    if (!person) throw new Error('nobody like that');
    const told = { changes };
    fake.ProfileHistory = () =>
      Promise.resolve({ addedAt: person.createdAt, createdAt: person.createdAt, ...told });
    router.reset({ name: 'profile', id: person.id });
    await show();
    return { fake, person, told };
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
    const { fake, told } = await open([]);
    expect(await lines()).toHaveLength(1);
    const several = change(field('title', 'Title', '', 'Dr'), field('sex', 'Sex', 'Male', ''));
    told.changes = [several];
    await userEvent.click(await button('Refresh'));
    const more = { name: 'Title, Sex' };
    await userEvent.click(await screen.findByRole('button', more));
    told.changes = [change(field('state', 'State', 'archived', 'active')), { ...several }];
    fake.emit('profiles', {});
    await screen.findByText('Brought back in Cliniko');
    expect(await button(more.name)).toHaveAttribute('aria-expanded', 'true'); // as it was
    told.changes = [change(field('state', 'State', 'active', 'archived')), ...told.changes];
    fake.emit('profiles', {});
    await screen.findByText('Archived in Cliniko');
  });

  it('offers to try again when it cannot be read', async () => {
    const { fake } = await open([]);
    await lines();
    const read = fake.ProfileHistory;
    fake.ProfileHistory = () =>
      Promise.reject({ code: 'store_busy', message: 'Another copy holds the data.' } as never);
    router.go({ name: 'profile', id: fake.people[5]?.id ?? '' });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Another copy holds the data.');
    fake.ProfileHistory = read;
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByText(/^Profile created here/);
  });

  it('leads from the survivor of a merge to those who were merged, and back', async () => {
    const { person } = await open([], (each) => each.merged.length > 1);
    const [first] = person.merged;
    await screen.findByText(`${first?.name} was merged into this client.`);
    await userEvent.click(await button(`Open ${first?.name}`));
    await screen.findByText(/^Merged in Cliniko: now part of another client/);
    await userEvent.click(await button('Open that profile'));
    await heading(new RegExp(person.lastName));
  });

  it('says until when a deleted one is here', async () => {
    await open([], (each) => each.state === 'deleted');
    await screen.findByText(/^Deleted in Cliniko\. .* erased here on .*\d{4}\.$/);
  });
});

describe('all syncs', () => {
  it('are a click away, with those that brought nothing folded', async () => {
    const fake = startFake({ count: 30 });
    fake.syncs = syncsOf(2, 30).slice(190, 240);
    router.reset({ name: 'settings', section: 'integration' });
    const user = userEvent.setup();
    await show();
    await user.click(await button('All syncs'));
    expect(await heading('All syncs')).toHaveFocus();
    const table = within(await screen.findByRole('table', { name: 'All syncs' }));
    const count = table.getAllByRole('row').length;
    expect(count).toBeLessThan(12);
    const [fold] = table.getAllByRole('button', { name: /^\d+ quiet syncs/ });
    if (!fold) throw new Error('nothing is folded');
    await user.click(fold);
    expect(fold).toHaveAttribute('aria-expanded', 'true');
    expect(table.getAllByRole('row')).toHaveLength(count + parseInt(fold.textContent));
    table.getByText('Cliniko did not answer in time');
    expect(table.queryByText(/[a-z]_[a-z]/)).toBeNull(); // no code
    await user.click(await button('Go back'));
    await heading('Settings');
  });

  it('are not for everybody', async () => {
    const fake = startFake();
    if (fake.state.person) fake.state.person.permissions = ['practitioner'];
    const asked = vi.spyOn(fake, 'Syncs');
    router.reset({ name: 'settings', section: 'syncs' });
    await show();
    await heading('You may not change the integration');
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('a mass disappearance', () => {
  function start(lost: number, options?: Parameters<typeof startFake>[0]): FakeGo {
    const fake = startFake({ count: 80, ...options });
    fake.lose(lost);
    router.reset({ name: 'settings', section: 'integration' });
    return fake;
  }
  const title = '60 clients are no longer in Cliniko';

  it('asks, with the names, and keeps them', async () => {
    const fake = start(60);
    const user = userEvent.setup();
    await show();
    const question = await region(title);
    question.getByText('Nothing was removed here.');
    const names = await question.findByRole('grid', { name: 'Who is missing' });
    expect(names).toHaveAttribute('aria-rowcount', '61');
    const [person] = fake.missing;
    await within(names).findByText(person?.id ?? '');
    expect(screen.queryByRole('alert')).toBeNull(); // the same is not said twice
    await user.click(question.getByRole('button', { name: 'Keep them' }));
    expect(await heading('They stay')).toHaveFocus();
    await user.click(await button('Close'));
    expect(screen.queryByRole('heading', { name: 'They stay' })).toBeNull();
    await screen.findByText('Up to date');
  });

  it('removes nobody without a confirmation that says how many', async () => {
    const fake = start(60);
    const release = fake.holdPasses();
    const removed = vi.spyOn(fake, 'RemoveMissing');
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    const dialog = within(await screen.findByRole('alertdialog', { name: 'Remove 60 clients?' }));
    expect(removed).not.toHaveBeenCalled();
    await user.click(dialog.getByRole('button', { name: 'Remove 60 clients' }));
    await screen.findByRole('progressbar');
    // Go counts none as missing from now on, and the progress stays nevertheless.
    expect(fake.state.tally.missing).toBe(0);
    await vi.waitFor(() => expect(screen.getByRole('heading', { name: /^Looking/ })).toHaveFocus());
    release();
    const removedTitle = { name: 'They are removed' };
    expect(await screen.findByRole('heading', removedTitle)).toHaveFocus();
    expect(removed).toHaveBeenCalledOnce();
  });

  it('can be stopped, and then kept after all', async () => {
    const fake = start(60);
    fake.holdPasses();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    await user.click(await button('Remove 60 clients'));
    await user.click(await button('Cancel'));
    await screen.findByText('Nobody was removed.');
    const kept = vi.spyOn(fake, 'KeepMissing');
    await user.click(await button('Keep them'));
    await heading('They stay');
    expect(kept).toHaveBeenCalledOnce();
  });

  it('goes on while somebody looks elsewhere', async () => {
    const fake = start(60);
    const release = fake.holdPasses();
    const user = userEvent.setup();
    await show();
    await user.click(await button('They are gone, remove them'));
    await user.click(await button('Remove 60 clients'));
    await screen.findByRole('progressbar');
    router.go({ name: 'profiles' });
    await heading('Profiles');
    router.go({ name: 'settings', section: 'integration' });
    await heading(/^Looking for them/);
    release();
    await screen.findByRole('heading', { name: 'They are removed' });
  });

  it('leads there from wherever its error is shown', async () => {
    const fake = start(60, { stage: 'connected' });
    fake.StartImport = () =>
      Promise.reject({ code: 'mass_disappearance', message: 'Many are gone.' } as never);
    router.reset({ name: 'sync' });
    const user = userEvent.setup();
    await show();
    await user.click(await screen.findByRole('button', { name: 'Start sync' }));
    await user.click(await button('See who they are'));
    await heading(title);
    await user.click(await button('Keep them'));
    await heading('They stay');
    router.go({ name: 'sync' }); // which begins anew, now that it is decided
    await screen.findByRole('button', { name: 'Start sync' });
  });

  it('offers everybody what they may do', async () => {
    const fake = start(60);
    if (fake.state.person) fake.state.person.permissions = ['pms_link'];
    await show();
    const question = await region(title);
    await question.findByRole('grid', { name: 'Who is missing' });
    expect(question.queryByRole('button')).toBeNull();
    if (fake.state.person) fake.state.person.permissions = ['pms_link', 'pms_link.modify'];
    fake.emit('state', fake.state);
    await question.findByRole('button', { name: 'Keep them' });
    expect(question.queryByRole('button', { name: /remove/ })).toBeNull();
  });

  it('tells others who can decide', async () => {
    const fake = start(60);
    if (fake.state.person) fake.state.person.permissions = ['practitioner'];
    const asked = vi.spyOn(fake, 'Missing');
    await show();
    await screen.findByText(/permission TeleHab PMS\/EMR link decides/);
    expect(screen.queryByRole('button', { name: /remove them/ })).toBeNull();
    expect(asked).not.toHaveBeenCalled();
  });
});
