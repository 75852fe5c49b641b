import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startFake } from './dev/test-go';
import { router } from './lib/state/route.svelte';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

beforeEach(() => {
  router.reset();
});

describe('the window', () => {
  it('leads a new clinic from the welcome to its results', async () => {
    startFake({ stage: 'new', count: 60 });
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
    expect(results).toHaveTextContent(/synced.*unchanged.*failed/);
    await user.click(within(results).getByRole('button', { name: 'Show the failed ones' }));
    await heading(/^Profiles that failed to sync/);
  });

  it('shows the rows, finds one and opens it by keyboard', async () => {
    const fake = startFake();
    const person = fake.people.find((each) => each.state === 'active' && each.email.includes('@'));
    if (!person) throw new Error('nobody to look for');
    const user = userEvent.setup();
    render(App);

    const grid = await screen.findByRole('grid', { name: 'Profiles' });
    await vi.waitFor(() => {
      expect(grid).toHaveAttribute('aria-rowcount', String(fake.state.tally.active + 1));
    });
    await user.keyboard('{Control>}f{/Control}');
    expect(screen.getByLabelText('Search name, email, phone')).toHaveFocus();
    await user.keyboard(person.email);
    await screen.findByText(/^1 of [\d,]+ profiles$/);
    await user.keyboard('{ArrowDown}');
    expect(await screen.findByRole('grid')).toHaveFocus();
    const heard: string[] = [];
    document.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLHeadingElement) heard.push(target.textContent);
    });
    await user.keyboard('{Enter}');
    const title = await heading(new RegExp(person.lastName));
    expect(title).toHaveFocus();
    // What has the focus is read out as it is then.
    expect(heard).toEqual([title.textContent]);
    await user.click(await button('Go back'));
    expect(await screen.findByLabelText('Search name, email, phone')).toHaveValue(person.email);
  });

  it('shows why a sign-in was refused, and asks again', async () => {
    startFake({ stage: 'signed-out' });
    const user = userEvent.setup();
    render(App);
    await user.type(await screen.findByLabelText('Email'), 'dana@example.com');
    await user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/Wrong email or password/);
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it('does not offer Save while there is no keyring', async () => {
    startFake({
      stage: 'unconnected',
      patch: { keyring: { code: 'keyring_missing', message: 'No keyring here.', until: '' } },
    });
    router.reset({ name: 'settings', section: 'integration' });
    render(App);
    expect(await screen.findByRole('alert')).toHaveTextContent('No keyring here.');
    expect(await button('Save')).toBeDisabled();
  });

  it('asks before it erases anything', async () => {
    const fake = startFake();
    const erased = vi.spyOn(fake, 'Disconnect');
    router.reset({ name: 'settings', section: 'integration' });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Disconnect'));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog).toHaveTextContent('the API key');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(erased).not.toHaveBeenCalled();
  });

  it('never takes text from Cliniko for markup', async () => {
    const fake = startFake({ count: 3 });
    for (const person of fake.people) {
      Object.assign(person, { state: 'active', lastName: '<img src=x onerror=alert(1)>' });
    }
    render(App);
    const cells = await screen.findAllByText(/<img src=x/);
    expect(cells.length).toBeGreaterThan(0);
    expect(document.querySelector('img')).toBeNull();
  });

  it('keeps closed what a person may not open', async () => {
    const fake = startFake();
    if (fake.state.person) fake.state.person.permissions = [];
    render(App);
    await heading('You may not open profiles');
  });
});
