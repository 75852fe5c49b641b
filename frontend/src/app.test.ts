import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { router } from './lib/state/route.svelte';
import { later, startGo } from './testing/go';
import * as sample from './testing/samples';
import { importsAtOnce } from './testing/sync';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

describe('the window', () => {
  it('leads a new clinic from the welcome to its results', async () => {
    const go = startGo(sample.NEW);
    go.People.CreateFirst.mockImplementation(async () =>
      go.set({ peopleExist: true, person: sample.DANA }),
    );
    go.Integration.Connect.mockImplementation(async () => {
      go.set({ clinic: sample.CLINIC });
      return sample.CONNECTION;
    });
    importsAtOnce(go);
    const user = userEvent.setup();
    render(App);

    await user.click(await button('Set up Cliniko integration'));
    await user.type(await screen.findByLabelText('Your name'), 'Dana Smith');
    await user.type(screen.getByLabelText('Email'), 'dana@example.com');
    await user.type(screen.getByLabelText('Password'), 'kettle seventeen owl');
    await user.click(await button('Create account and continue'));

    await heading('Set up Cliniko integration');
    await user.type(screen.getByLabelText('API key'), '  MS0xMjM0NTY3ODkwMTIzNDU2-au2 ');
    await user.click(await button('Save'));
    await screen.findByText('Connected to Harbour Physio');
    await user.click(await button('Sync clients'));
    await user.click(await screen.findByRole('button', { name: 'Start sync' }));
    const results = await screen.findByRole('region', { name: 'Sync results' });
    expect(results).toHaveTextContent(/3\s*synced.*\+\s*0\s*unchanged.*\+\s*4\s*need attention/);
    expect(
      within(results).getByText('7 clients in Cliniko, and so 7 profiles here:'),
    ).toBeVisible();
    await within(results).findByText('No email');
    expect(within(results).getByText('No email').parentElement).toHaveTextContent(/^No email\s*3$/);
    expect(
      within(results).getByText(
        'The 4 clients who need attention have profiles here, like everybody else. Add what is missing in Cliniko; each profile then syncs by itself.',
      ),
    ).toBeVisible();
    expect(within(results).getByRole('button', { name: 'Set up the button' })).toBeVisible();
    await user.click(
      within(results).getByRole('button', { name: 'Show those that need attention' }),
    );
    await heading('Needs attention');
    expect(go.People.CreateFirst.mock.calls).toEqual([
      ['Dana Smith', 'dana@example.com', 'kettle seventeen owl'],
    ]);
    expect(go.Integration.Connect.mock.calls).toEqual([['MS0xMjM0NTY3ODkwMTIzNDU2-au2']]);
    expect(go.Sync.List).toHaveBeenCalledOnce();
    expect(go.Sync.Import).toHaveBeenCalledOnce();
  });

  it('says once what is wrong with a password, for as long as it is', async () => {
    const go = startGo(sample.NEW);
    const refused = sample.refusal('invalid', sample.TOO_EASY);
    go.People.CreateFirst.mockRejectedValue(refused);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Set up Cliniko integration'));
    await screen.findByText(/on this computer, and not your Cliniko account.* you are its owner/);
    await user.type(await screen.findByLabelText('Your name'), 'Dana Smith');
    await user.type(screen.getByLabelText('Email'), 'dana@example.com');
    const box = screen.getByLabelText('Password');
    await user.type(box, `${sample.GUESSABLE}{Enter}`);
    // Go's answer, and what it says of the password's strength, in whatever order.
    await vi.waitFor(() => {
      expect(box).toHaveAccessibleDescription(sample.TOO_EASY);
      expect(screen.getAllByText(sample.TOO_EASY)).toHaveLength(1);
    });
    expect(box).toHaveFocus();
    expect(box).toBeInvalid();
    await user.clear(box);
    await user.type(box, 'nine lanterns on a hill');
    await screen.findByText('Strong.');
    expect(screen.queryByText(sample.TOO_EASY)).toBeNull();
    expect(box).toBeValid();

    go.People.CreateFirst.mockRejectedValue(sample.refusal('internal', 'The disk is full.'));
    await user.keyboard('{Enter}');
    await screen.findByText('The disk is full.');
    const details = screen.getByRole('button', { name: 'Copy details' });
    expect(details).toHaveAccessibleDescription(/^Copies this message .* TeleHab’s support/);
    expect(screen.queryByText(/Copies this message/)).toBeNull(); // no longer than the error
  });

  it('shows nothing in Inter before all of its letters are there', async () => {
    const letters = later<FontFace[]>();
    const load = vi.fn(() => letters.promise);
    Object.defineProperty(document, 'fonts', { configurable: true, value: { load } });
    startGo();
    render(App);
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    expect(load.mock.calls).toEqual([['1em Inter', 'ałạ']]); // of its three files
    letters.answer([]);
    await screen.findByRole('grid', { name: 'Profiles' });
    expect(document.documentElement).toHaveAttribute('data-inter');
    Reflect.deleteProperty(document, 'fonts');
  });

  it('sets its first screen in Inter, too, once all letters are there', async () => {
    delete document.documentElement.dataset.inter;
    const letters = later<FontFace[]>();
    const load = vi.fn(() => letters.promise);
    Object.defineProperty(document, 'fonts', { configurable: true, value: { load } });
    startGo(sample.NEW);
    render(App);
    await heading('Welcome to TeleHab');
    await vi.waitFor(() => expect(load).toHaveBeenCalledOnce());
    expect(document.documentElement).not.toHaveAttribute('data-inter');
    letters.answer([]);
    await vi.waitFor(() => expect(document.documentElement).toHaveAttribute('data-inter'));
    await heading('Welcome to TeleHab');
    Reflect.deleteProperty(document, 'fonts');
  });

  it('shows the rows, finds one and opens it by keyboard', async () => {
    const go = startGo();
    go.lists.all['mei.mueller@example.com'] = [sample.rowOf(sample.MEI)];
    const user = userEvent.setup();
    render(App);

    const grid = await screen.findByRole('grid', { name: 'Profiles' });
    await vi.waitFor(() => {
      expect(grid).toHaveAttribute('aria-rowcount', '8');
    });
    await user.keyboard('{Control>}f{/Control}');
    expect(screen.getByLabelText('Search name, birth date, phone, email')).toHaveFocus();
    await user.keyboard('mei.mueller@example.com');
    await screen.findByText('1 of 7 profiles');
    await user.keyboard('{ArrowDown}');
    expect(await screen.findByRole('grid')).toHaveFocus();
    const heard: string[] = [];
    document.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLHeadingElement) heard.push(target.textContent);
    });
    await user.keyboard('{Enter}');
    const title = await heading(/Müller/);
    expect(title).toHaveFocus();
    // What has the focus is read out as it is then.
    expect(heard).toEqual([title.textContent]);
    await user.click(await button('Go back'));
    const box = await screen.findByLabelText('Search name, birth date, phone, email');
    expect(box).toHaveValue('mei.mueller@example.com');
  });

  it('shows why a sign-in was refused, and asks again', async () => {
    const go = startGo(sample.SIGNED_OUT);
    go.People.SignIn.mockRejectedValue(
      sample.refusal('sign_in_refused', 'Wrong email or password. Check both and try again.'),
    );
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Email'), ' dana@example.com ');
    await user.type(screen.getByLabelText('Password'), ' wrong {Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/Wrong email or password/);
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(go.People.SignIn.mock.calls).toEqual([['dana@example.com', ' wrong ']]);
  });

  it('does not offer Save while there is no keyring', async () => {
    startGo({
      ...sample.UNCONNECTED,
      keyring: sample.refusal('keyring_missing', 'No keyring here.'),
    });
    router.reset({ name: 'settings', section: 'integration' });
    render(App);
    expect(await screen.findByRole('alert')).toHaveTextContent('No keyring here.');
    expect(await button('Save')).toBeDisabled();
  });

  it('asks before it erases anything', async () => {
    const go = startGo();
    router.reset({ name: 'settings', section: 'integration' });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog).toHaveTextContent('the API key');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(go.Integration.Disconnect).not.toHaveBeenCalled();
  });

  it('never takes text from Cliniko for markup', async () => {
    const go = startGo();
    go.lists.all[''] = [{ ...sample.ROW, name: '<img src=x onerror=alert(1)>, Mei' }];
    render(App);
    const cells = await screen.findAllByText(/<img src=x/);
    expect(cells.length).toBeGreaterThan(0);
    expect(document.querySelector('img')).toBeNull();
  });

  it('keeps closed what a person may not open', async () => {
    const go = startGo({ person: { ...sample.DANA, permissions: [] } });
    render(App);
    await heading('You don’t have access to profiles');
    expect(go.Profiles.Find).not.toHaveBeenCalled();
  });
});
