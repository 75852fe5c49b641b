import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, LEE, PRIYA, SIGNED_OUT, TILES } = sample;
const PASSWORD = 'correct horse battery';
const tile = (name: string) => screen.findByRole('radio', { name });
const names = () => screen.getAllByRole('radio').map((each) => each.closest('label')?.title);
const password = () => screen.getByLabelText('Password');

/** As Go refuses one that it has not compared. */
const tooSoon = (seconds: number) => ({
  ...sample.refusal(
    'sign_in_refused',
    `Too many attempts. Wait ${seconds} seconds, then try again.`,
  ),
  wait: seconds,
});

describe('the sign-in', () => {
  it('shows the people by name, and asks whoever signed in last for the password', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    go.People.SignInAs.mockImplementation(async () => go.set({ person: LEE }));
    const user = userEvent.setup();
    render(App);
    expect(await tile('Lee Example')).toBeChecked();
    expect(names()).toEqual(['Dana Smith', 'Lee Example', 'Priya Sample']);
    expect(screen.queryByLabelText('Email')).toBeNull();
    expect(document.body).not.toHaveTextContent('@example.com');
    expect(password()).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(go.People.SignInAs.mock.calls).toEqual([[LEE.id, PASSWORD]]);
    expect(go.People.SignIn).not.toHaveBeenCalled();
  });

  it('goes from one person to the next by the arrows, with nothing typed', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    go.People.SignInAs.mockImplementation(async () => go.set({ person: DANA }));
    const user = userEvent.setup();
    render(App);
    await tile('Lee Example');
    await user.keyboard('{ArrowRight}');
    expect(await tile('Priya Sample')).toBeChecked();
    await user.keyboard('{ArrowDown}');
    expect(await tile('Dana Smith')).toBeChecked();
    await user.keyboard('{ArrowUp}{ArrowLeft}');
    expect(await tile('Lee Example')).toBeChecked();
    expect(password()).toHaveFocus();
    await user.keyboard('ab{ArrowLeft}{ArrowUp}'); // they move in what is typed
    expect(await tile('Lee Example')).toBeChecked();
    expect(password()).toHaveValue('ab');
    await user.click(await tile('Dana Smith'));
    expect(password()).toHaveValue(''); // it was for somebody else
    // On the tile: what is typed goes into the field.
    expect(await tile('Dana Smith')).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(go.People.SignInAs.mock.calls).toEqual([[DANA.id, PASSWORD]]);
  });

  it('takes nothing more that is typed for somebody who is deactivated meanwhile', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    const user = userEvent.setup();
    render(App);
    await tile('Lee Example');
    await user.keyboard('purple ele');
    go.emit('state', go.set({ people: TILES.people.filter(({ id }) => id !== LEE.id) }));
    await vi.waitFor(() => {
      expect(names()).toEqual(['Dana Smith', 'Priya Sample']);
    });
    await user.keyboard('phant{Enter}');
    expect(await tile('Dana Smith')).toBeChecked();
    expect(password()).toHaveValue('');
    expect(go.People.SignInAs).not.toHaveBeenCalled();
  });

  it('says what was wrong until another person is chosen', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    const answer = later<never>();
    go.People.SignInAs.mockReturnValue(answer.promise);
    const user = userEvent.setup();
    render(App);
    await tile('Lee Example');
    await user.keyboard('wrong{Enter}');
    await screen.findByRole('button', { name: 'Signing in…' });
    expect(await tile('Dana Smith')).toBeDisabled(); // the password is Lee's
    answer.refuse(sample.refusal('sign_in_refused', 'Wrong password. Check it and try again.'));
    expect(await screen.findByRole('alert')).toHaveTextContent('Wrong password.');
    expect(password()).toHaveValue('');
    expect(password()).toHaveFocus();
    await user.keyboard('{ArrowRight}');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows one person with nothing to choose', async () => {
    startGo({
      ...SIGNED_OUT,
      people: [{ id: DANA.id, name: DANA.name, pin: false }],
      lastPerson: '',
    });
    render(App);
    await screen.findByText('Dana Smith');
    expect(password()).toHaveFocus();
    expect(screen.queryByRole('radio')).toBeNull();
  });

  it.each(['', 'who is not here any more'])(
    'chooses nobody where it is not known who will sign in: %s',
    async (lastPerson) => {
      const go = startGo({ ...SIGNED_OUT, ...TILES, lastPerson });
      go.People.SignInAs.mockImplementation(async () => go.set({ person: PRIYA }));
      const user = userEvent.setup();
      render(App);
      expect(await tile('Dana Smith')).toHaveFocus();
      expect(screen.getAllByRole('radio', { checked: false })).toHaveLength(3);
      expect(screen.getByText('Choose who signs in.')).toBeVisible();
      expect(screen.queryByLabelText('Password')).toBeNull();
      await user.keyboard('{Enter}purple');
      await user.click(await tile('Priya Sample'));
      expect(screen.queryByText('Choose who signs in.')).toBeNull();
      expect(password()).toHaveValue('');
      await user.type(password(), `${PASSWORD}{Enter}`);
      await screen.findByRole('heading', { name: 'Profiles' });
      expect(go.People.SignInAs.mock.calls).toEqual([[PRIYA.id, PASSWORD]]);
    },
  );

  it('takes an email and a password for another account', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    go.People.SignIn.mockImplementation(async () => go.set({ person: PRIYA }));
    const user = userEvent.setup();
    render(App);
    await user.click(await screen.findByRole('button', { name: 'Use another account' }));
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByLabelText('Email')).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Choose a person' }));
    await tile('Lee Example');
    await user.click(screen.getByRole('button', { name: 'Use another account' }));
    await user.keyboard('priya@example.com{Tab}');
    await user.type(password(), `${PASSWORD}{Enter}`);
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(go.People.SignIn.mock.calls).toEqual([['priya@example.com', PASSWORD]]);
  });

  it('searches many people by name, with or without accents', async () => {
    const many = Array.from({ length: 14 }, (_, i) => ({
      id: `m${i}`,
      name: `Member ${i}`,
      pin: false,
    }));
    const go = startGo({
      ...SIGNED_OUT,
      people: [...many, { id: 'z', name: 'Zoë Ångström', pin: false }],
      lastPerson: 'm3',
    });
    go.People.SignInAs.mockImplementation(async () => go.set({ person: DANA }));
    const user = userEvent.setup();
    render(App);
    expect(await tile('Member 3')).toBeChecked();
    expect(password()).toHaveFocus();
    await user.type(screen.getByLabelText('Search people'), 'angstrom');
    expect(names()).toEqual(['Zoë Ångström']);
    expect(await tile('Zoë Ångström')).toBeChecked();
    await user.keyboard('{Enter}');
    expect(password()).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(go.People.SignInAs.mock.calls).toEqual([['z', PASSWORD]]);
  });
});

describe('a wait after wrong passwords', () => {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('counts down, and leaves what was typed and not compared', async () => {
    const go = startGo({ ...SIGNED_OUT, ...TILES });
    go.People.SignInAs.mockRejectedValue(tooSoon(3));
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime.bind(vi) });
    render(App);
    await tile('Lee Example');
    await user.keyboard(`${PASSWORD}{Enter}`);
    const alert = within(await screen.findByRole('alert'));
    const seen = () => alert.getByText(/^(Too many|Try)/, { ignore: '.sr-only' }).textContent;
    expect(seen()).toBe('Too many attempts. Wait 3 seconds, then try again.');
    expect(password()).toHaveValue(PASSWORD);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen()).toBe('Too many attempts. Wait 2 seconds, then try again.');
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen()).toBe('Too many attempts. Wait 1 second, then try again.');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await screen.findByRole('alert')).toHaveTextContent('Try again now.');
    go.People.SignInAs.mockImplementation(async () => go.set({ person: LEE }));
    await user.keyboard('{Enter}');
    await screen.findByRole('heading', { name: 'Profiles' });
    expect(go.People.SignInAs.mock.calls).toEqual([
      [LEE.id, PASSWORD],
      [LEE.id, PASSWORD],
    ]);
  });
});
