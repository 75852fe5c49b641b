import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { FakeGo } from './dev/fake-go';
import { startFake } from './dev/test-go';
import { announcer } from './lib/state/announcer.svelte';
import { router } from './lib/state/route.svelte';

const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

/** Everything of the clients that stands anywhere in the document, its title and attributes too. */
function left(fake: FakeGo): string[] {
  const text = document.documentElement.outerHTML + document.title;
  const typed = [...document.querySelectorAll('input, textarea')].map(
    (box) => (box as HTMLInputElement).value,
  );
  const all = [text, ...typed].join('\n');
  const details = fake.people.flatMap((person) => [
    person.id,
    person.email,
    [person.firstName, person.lastName].join(' ').trim(),
    [person.lastName, person.firstName].filter(Boolean).join(', '),
    ...person.phones.map((phone) => phone.number),
  ]);
  return details.filter((detail) => detail.length > 3 && all.includes(detail));
}

function someone(fake: FakeGo, state = 'active') {
  const person = fake.people.find((each) => each.state === state && each.firstName && each.email);
  if (!person) throw new Error('nobody to look at');
  return person;
}

beforeEach(() => {
  router.reset();
});

describe('the locked window', () => {
  it('shows nothing of any client, and comes back to the same profile', async () => {
    const fake = startFake();
    const person = someone(fake);
    router.reset({ name: 'profile', id: person.id });
    const user = userEvent.setup();
    render(App);
    const title = await heading(new RegExp(person.lastName));
    expect(left(fake).length).toBeGreaterThan(3); // this test would find what it looks for
    expect(title).toBeVisible();

    await user.keyboard('{Control>}l{/Control}');
    await heading('TeleHab is locked');
    await vi.waitFor(() => expect(left(fake)).toEqual([]));
    expect(document.title).toBe('TeleHab is locked – TeleHab');
    expect(screen.getByText('Harbour Physio')).toBeVisible();
    expect(screen.getByText('Dana Smith')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveFocus();

    await user.keyboard('wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/Wrong email or password/);
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(screen.getByLabelText('Password')).toHaveFocus();
    screen.getByRole('button', { name: 'Forgot your password?' });
    await user.keyboard(`${PASSWORD}{Enter}`);
    await heading(new RegExp(person.lastName));
  });

  it('drops what was searched, and the dialog that named a client', async () => {
    const fake = startFake();
    const person = someone(fake, 'archived');
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Search name, email, phone'), person.email);
    await screen.findByText(/^0 of [\d,]+ profiles$/);
    router.go({ name: 'profile', id: person.id });
    await user.click(await button('Erase from this computer'));
    await screen.findByRole('alertdialog');

    fake.lockItself(); // nobody was there for a while
    await heading('TeleHab is locked');
    await vi.waitFor(() => expect(left(fake)).toEqual([]));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(document.body.style.pointerEvents).not.toBe('none');

    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading(new RegExp(person.lastName));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    router.go({ name: 'profiles' });
    expect(await screen.findByLabelText('Search name, email, phone')).toHaveValue('');
  });

  it('announces no client whose answer comes too late', async () => {
    const fake = startFake();
    const [failure] = await fake.Failures();
    if (!failure) throw new Error('nobody failed');
    let answer: (still: null) => void = () => undefined;
    fake.RetryFailure = () => new Promise<null>((resolve) => (answer = resolve));
    router.reset({ name: 'settings', section: 'integration' });
    const user = userEvent.setup();
    render(App);
    const grid = await screen.findByRole('grid', { name: 'Profiles that failed to sync' });
    const [check] = await within(grid).findAllByRole('button', { name: /^Check .* again$/ });
    if (check) await user.click(check);
    announcer.say(`${failure.name} is complete now.`);

    fake.lockItself();
    await heading('TeleHab is locked');
    answer(null);
    await vi.waitFor(() => expect(left(fake)).toEqual([]));
    await new Promise((resolve) => setTimeout(resolve)); // what the answer would do, it has done
    expect(left(fake)).toEqual([]);
    expect(announcer.text).toBe('');
  });

  it('keeps a link until the password was given', async () => {
    const fake = startFake();
    const person = someone(fake);
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('grid', { name: 'Profiles' });
    fake.lockItself();
    await heading('TeleHab is locked');
    expect(screen.queryByText('A profile is waiting to open')).toBeNull();
    fake.arrive(person.id);
    await screen.findByText('A profile is waiting to open');
    expect(left(fake)).toEqual([]);
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading(new RegExp(person.lastName));
  });

  it('lets somebody else in, who starts at the list', async () => {
    const fake = startFake();
    router.reset({ name: 'profile', id: someone(fake).id });
    const user = userEvent.setup();
    render(App);
    await heading(new RegExp(someone(fake).lastName));
    fake.lockItself();
    await user.click(await button('Sign in as somebody else'));
    await user.type(await screen.findByLabelText('Email'), 'priya@example.com');
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await heading('Profiles');
    expect(router.canGoBack).toBe(false);
  });

  it('is left only through Go, not by an answer from before', async () => {
    const fake = startFake();
    const before = structuredClone(fake.state);
    const first = vi.spyOn(fake, 'State');
    render(App);
    await vi.waitFor(() => expect(first).toHaveResolved());
    await screen.findByRole('grid', { name: 'Profiles' });
    let answer: () => void = () => undefined;
    fake.State = () => new Promise((resolve) => (answer = () => resolve(before)));
    fake.state.sync.phase = 'changes';
    fake.emit('sync', fake.state.sync);
    fake.state.sync.phase = 'idle';
    fake.emit('sync', fake.state.sync); // the page asks for the state
    fake.lockItself();
    await heading('TeleHab is locked');
    answer();
    await new Promise((resolve) => setTimeout(resolve)); // what the answer would do, it has done
    expect(screen.getByRole('heading', { name: 'TeleHab is locked' })).toBeVisible();
  });

  it('does not exist in the demo, where nobody has a password', async () => {
    const fake = startFake({ patch: { demo: true } });
    const locked = vi.spyOn(fake, 'Lock');
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Account of/));
    expect(screen.queryByRole('menuitem', { name: /^Lock/ })).toBeNull();
    await user.keyboard('{Escape}{Control>}l{/Control}');
    expect(locked).not.toHaveBeenCalled();
  });
});
