import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState, FailureView } from './lib/api';
import { announcer } from './lib/state/announcer.svelte';
import { router } from './lib/state/route.svelte';
import { later, startGo, type CannedGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, FAILING, LOCKED, LUCA, NGOZI } = sample;
const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

/** Everything of the clients that stands anywhere in the document, its title and attributes too. */
function left(): string[] {
  const text = document.documentElement.outerHTML + document.title;
  const typed = [...document.querySelectorAll('input, textarea')].map(
    (box) => (box as HTMLInputElement).value,
  );
  const all = [text, ...typed].join('\n');
  const details = sample.PROFILES.flatMap((person) => [
    person.id,
    person.email,
    [person.firstName, person.lastName].join(' '),
    [person.lastName, person.firstName].join(', '),
    ...person.phones.map((phone) => phone.number),
  ]);
  return details.filter((detail) => detail.length > 3 && all.includes(detail));
}

/** A turn of the event loop: what an answer does, it has done. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Lets Dana in, who has locked the window. */
function unlocks(go: CannedGo) {
  go.People.SignInAs.mockImplementation(async () => go.set({ person: DANA, locked: null }));
}

describe('the locked window', () => {
  it('shows nothing of any client, and comes back to the same profile', async () => {
    const go = startGo();
    go.Security.Lock.mockImplementation(async () => go.set(LOCKED));
    router.reset({ name: 'profile', id: NGOZI.id });
    const user = userEvent.setup();
    render(App);
    const title = await heading(/Abara/);
    expect(left().length).toBeGreaterThan(3); // this test would find what it looks for
    expect(title).toBeVisible();

    await user.keyboard('{Control>}l{/Control}');
    await heading('TeleHab is locked');
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(document.title).toBe('TeleHab is locked – TeleHab');
    expect(screen.getByText('Harbour Physio')).toBeVisible();
    expect(screen.getByText('Dana Smith')).toBeVisible();
    expect(document.body).not.toHaveTextContent(DANA.email);
    expect(screen.getByLabelText('Password')).toHaveFocus();

    go.People.SignInAs.mockRejectedValue(
      sample.refusal('sign_in_refused', 'Wrong password. Check it and try again.'),
    );
    await user.keyboard('wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/^Wrong password/);
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(screen.getByLabelText('Password')).toHaveFocus();
    screen.getByRole('button', { name: 'Forgot your password?' });
    unlocks(go);
    await user.keyboard(`${PASSWORD}{Enter}`);
    await heading(/Abara/);
    expect(go.People.SignInAs.mock.calls).toEqual([
      [DANA.id, 'wrong'],
      [DANA.id, PASSWORD],
    ]);
  });

  it('comes back to what was searched, and to no dialog that named a client', async () => {
    const go = startGo();
    unlocks(go);
    const user = userEvent.setup();
    render(App);
    await user.type(
      await screen.findByLabelText('Search name, birth date, phone, email'),
      LUCA.email,
    );
    await screen.findByText('0 of 7 profiles');
    router.go({ name: 'profile', id: LUCA.id });
    await user.click(await button('Erase from this computer'));
    await screen.findByRole('alertdialog');

    go.become(LOCKED); // nobody was there for a while
    await heading('TeleHab is locked');
    await vi.waitFor(() => expect(left()).toEqual([]));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(document.body.style.pointerEvents).not.toBe('none');

    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading(/Visser/);
    expect(screen.queryByRole('alertdialog')).toBeNull();
    router.go({ name: 'profiles' });
    expect(await screen.findByLabelText('Search name, birth date, phone, email')).toHaveValue(
      LUCA.email,
    );
  });

  it('comes back to the lists as they were left, with the same row', async () => {
    const go = startGo();
    unlocks(go);
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Archived/));
    await screen.findByText('2 of 2 archived profiles');
    const archived = await screen.findByRole('grid', { name: 'Profiles' });
    archived.focus();
    await user.keyboard('{ArrowDown}');
    router.go({ name: 'attention' });
    await user.click(await button(/^No email/));
    expect(await button(/^No email/)).toHaveAttribute('aria-pressed', 'true');
    await screen.findByText('3 of 4 profiles');

    go.become(LOCKED);
    await heading('TeleHab is locked');
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    expect(await button(/^No email/)).toHaveAttribute('aria-pressed', 'true');
    await screen.findByText('3 of 4 profiles');
    router.go({ name: 'profiles' });
    expect(await button(/^Archived/)).toHaveAttribute('aria-pressed', 'true');
    const grid = await screen.findByRole('grid', { name: 'Profiles' });
    await vi.waitFor(() => expect(grid.getAttribute('aria-activedescendant')).toMatch(/-1$/));
  });

  it('announces no client whose answer comes too late', async () => {
    const go = startGo();
    const still = later<FailureView | null>();
    go.Attention.Retry.mockReturnValue(still.promise);
    router.reset({ name: 'attention' });
    const user = userEvent.setup();
    render(App);
    const grid = await screen.findByRole('grid', { name: 'Profiles that need attention' });
    await user.click(await within(grid).findByRole('button', { name: 'Check Chen, Oliver again' }));
    expect(go.Attention.Retry.mock.calls).toEqual([[FAILING[0]?.ref]]);
    announcer.say('Chen, Oliver is complete now.');

    go.become(LOCKED);
    await heading('TeleHab is locked');
    still.answer(null);
    await vi.waitFor(() => expect(left()).toEqual([]));
    await turn();
    expect(left()).toEqual([]);
    expect(announcer.text).toBe('');
  });

  it('keeps a link until the password was given', async () => {
    const go = startGo();
    unlocks(go);
    go.Links.Follow.mockResolvedValue(NGOZI);
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('grid', { name: 'Profiles' });
    go.become(LOCKED);
    await heading('TeleHab is locked');
    expect(screen.queryByText('A profile is waiting to open')).toBeNull();
    go.Links.Take.mockClear();
    go.arrive(NGOZI.id);
    await screen.findByText('A profile is waiting to open');
    expect(left()).toEqual([]);
    expect(go.Links.Take).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading(/Abara/);
  });

  it('lets somebody else in, who starts at the list', async () => {
    const go = startGo();
    go.People.SignOut.mockImplementation(async () =>
      go.set({ ...sample.SIGNED_OUT, locked: null, ...sample.TILES, lastPerson: '' }),
    );
    go.People.SignInAs.mockImplementation(async () => go.set({ person: sample.PRIYA }));
    const user = userEvent.setup();
    render(App);
    await user.type(
      await screen.findByLabelText('Search name, birth date, phone, email'),
      NGOZI.email,
    );
    router.go({ name: 'profile', id: NGOZI.id });
    await heading(/Abara/);
    go.become(LOCKED);
    await user.click(await button('Sign in as somebody else'));
    const priya = await screen.findByRole('radio', { name: 'Priya Sample' });
    expect(screen.getAllByRole('radio', { checked: false })).toHaveLength(3);
    await user.click(priya);
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading('Profiles');
    expect(go.People.SignInAs.mock.calls).toEqual([[sample.PRIYA.id, PASSWORD]]);
    expect(router.canGoBack).toBe(false);
    expect(await screen.findByLabelText('Search name, birth date, phone, email')).toHaveValue('');
  });

  it('is left only through Go, not by an answer from before', async () => {
    const go = startGo();
    const before = structuredClone(go.state);
    render(App);
    await vi.waitFor(() => expect(go.About.State).toHaveResolved());
    await screen.findByRole('grid', { name: 'Profiles' });
    const early = later<AppState>();
    go.About.State.mockReturnValue(early.promise);
    go.tell({ phase: 'changes' });
    go.tell({ phase: 'idle' }); // the page asks for the state
    go.become(LOCKED);
    await heading('TeleHab is locked');
    early.answer(before);
    await turn();
    expect(screen.getByRole('heading', { name: 'TeleHab is locked' })).toBeVisible();
  });

  it('does not exist in the demo, where nobody has a password', async () => {
    const go = startGo({ demo: true });
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Account of/));
    expect(screen.queryByRole('menuitem', { name: /^Lock/ })).toBeNull();
    await user.keyboard('{Escape}{Control>}l{/Control}');
    expect(go.Security.Lock).not.toHaveBeenCalled();
  });
});
