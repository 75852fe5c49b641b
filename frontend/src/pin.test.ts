import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, LOCKED, PRIYA, SIGNED_OUT, TILES } = sample;
const PASSWORD = 'correct horse battery';
const PIN = '7391';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const either = () => screen.findByLabelText('PIN or password');
const refused = (message: string) => sample.refusal('sign_in_refused', message);

const withPin = { ...LOCKED, locked: { ...LOCKED.locked, pin: true } };

describe('a locked window whose person has a PIN', () => {
  it('opens with the PIN, and with the password', async () => {
    for (const typed of [PIN, PASSWORD]) {
      const go = startGo(withPin);
      go.PIN.SignIn.mockImplementation(async () => go.set({ person: DANA, locked: null }));
      go.People.SignInAs.mockImplementation(async () => go.set({ person: DANA, locked: null }));
      const user = userEvent.setup();
      const { unmount } = render(App);
      expect(await either()).toHaveFocus();
      await user.keyboard(`${typed}{Enter}`);
      await screen.findByRole('grid', { name: 'Profiles' });
      expect(go.PIN.SignIn.mock.calls).toEqual(typed === PIN ? [[DANA.id, PIN]] : []);
      expect(go.People.SignInAs.mock.calls).toEqual(typed === PIN ? [] : [[DANA.id, PASSWORD]]);
      unmount();
    }
  });

  it('asks for the password alone once too many were wrong', async () => {
    const go = startGo(withPin);
    const last = 'Wrong PIN. That was the last try: sign in with your password.';
    go.PIN.SignIn.mockRejectedValueOnce(refused('Wrong PIN. One more try.'));
    go.PIN.SignIn.mockImplementationOnce(async () => {
      go.set(LOCKED);
      throw refused(last);
    });
    go.People.SignInAs.mockImplementation(async () => go.set({ person: DANA, locked: null }));
    const user = userEvent.setup();
    render(App);
    await either();
    await user.keyboard('8362{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Wrong PIN. One more try.');
    expect(await either()).toHaveFocus();
    expect(await either()).toHaveValue('');
    await user.keyboard('8362{Enter}');
    await screen.findByText(last);
    expect(await screen.findByLabelText('Password')).toHaveFocus();
    // Digits are no PIN any more.
    await user.keyboard(`${PIN}{Enter}`);
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(go.PIN.SignIn).toHaveBeenCalledTimes(2);
    expect(go.People.SignInAs.mock.calls).toEqual([[DANA.id, PIN]]);
  });

  it('offers it as soon as it locks, whatever Go has said by then', async () => {
    const go = startGo({ pin: { allowed: true, set: true } });
    render(App);
    await screen.findByRole('grid', { name: 'Profiles' });
    go.emit('lock', go.state.session);
    await either();
  });

  it('takes no PIN for somebody without one', async () => {
    const people = TILES.people.map((tile) => ({ ...tile, pin: tile.id === PRIYA.id }));
    const go = startGo({ ...SIGNED_OUT, people, lastPerson: PRIYA.id });
    go.People.SignInAs.mockRejectedValue(refused('Wrong password. Check it and try again.'));
    const user = userEvent.setup();
    render(App);
    await either();
    await user.click(await screen.findByRole('radio', { name: 'Lee Example' }));
    await user.type(screen.getByLabelText('Password'), `${PIN}{Enter}`);
    await screen.findByRole('alert');
    expect(go.PIN.SignIn).not.toHaveBeenCalled();
  });
});

describe('the PIN in Settings', () => {
  beforeEach(() => {
    router.reset({ name: 'settings', section: 'security' });
  });
  const setting = async () => within(await screen.findByRole('region', { name: 'PIN' }));

  it('is off until somebody sets it, with their password', async () => {
    const go = startGo();
    go.PIN.Set.mockRejectedValueOnce(sample.refusal('invalid', 'This PIN is easy to guess.'));
    go.PIN.Set.mockImplementation(async () => go.set({ pin: { allowed: true, set: true } }));
    const user = userEvent.setup();
    render(App);
    await user.click((await setting()).getByRole('button', { name: 'Set a PIN' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByLabelText('New PIN')).toHaveAccessibleDescription('Four to eight digits.');
    await user.type(dialog.getByLabelText('New PIN'), '12a{Enter}');
    expect(dialog.getByRole('alert')).toHaveTextContent('Enter four to eight digits.');
    await user.clear(dialog.getByLabelText('New PIN'));
    await user.type(dialog.getByLabelText('New PIN'), '1234{Enter}');
    expect(dialog.getByText('Enter your password.')).toBeVisible();
    expect(go.PIN.Set).not.toHaveBeenCalled();
    await user.type(dialog.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await dialog.findByText('This PIN is easy to guess.');
    await vi.waitFor(() => expect(dialog.getByLabelText('New PIN')).toHaveFocus());
    await user.clear(dialog.getByLabelText('New PIN'));
    await user.keyboard(`${PIN}{Enter}`);
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    (await setting()).getByText('Your PIN is set.');
    (await setting()).getByRole('button', { name: 'Remove PIN' });
    expect(go.PIN.Set.mock.calls).toEqual([
      ['1234', PASSWORD],
      [PIN, PASSWORD],
    ]);
  });

  it('is removed with the password', async () => {
    const go = startGo({ pin: { allowed: true, set: true } });
    go.PIN.Remove.mockImplementation(async () => go.set({ pin: { allowed: true, set: false } }));
    const user = userEvent.setup();
    render(App);
    await user.click((await setting()).getByRole('button', { name: 'Remove PIN' }));
    const question = within(await screen.findByRole('alertdialog'));
    await user.type(question.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await (await setting()).findByRole('button', { name: 'Set a PIN' });
    expect(go.PIN.Remove.mock.calls).toEqual([[PASSWORD]]);
  });

  it('is forbidden and allowed by whoever manages people', async () => {
    const go = startGo({ pin: { allowed: true, set: true } });
    go.PIN.Allow.mockImplementation(async (allowed) => go.set({ pin: { allowed, set: false } }));
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Forbid PINs'));
    const question = within(await screen.findByRole('alertdialog'));
    await user.click(question.getByRole('button', { name: 'Forbid PINs' }));
    await (await setting()).findByText('Your clinic does not allow PINs.');
    expect((await setting()).queryByRole('button')).toBeNull();
    await user.click(await button('Allow PINs'));
    await (await setting()).findByRole('button', { name: 'Set a PIN' });
    expect(go.PIN.Allow.mock.calls).toEqual([[false], [true]]);
  });

  it('is not for everybody to forbid, and not in the demo', async () => {
    const first = startGo({ person: PRIYA });
    const { unmount } = render(App);
    await setting();
    expect(screen.queryByRole('button', { name: 'Forbid PINs' })).toBeNull();
    expect(first.PIN.Allow).not.toHaveBeenCalled();
    unmount();
    startGo({ demo: true });
    render(App);
    await screen.findByRole('region', { name: 'Who did what' });
    expect(screen.queryByRole('region', { name: /PIN/ })).toBeNull();
  });
});
