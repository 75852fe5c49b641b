import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startFake } from './dev/test-go';
import { router, type SettingsSection } from './lib/state/route.svelte';

const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const dialog = (name: string | RegExp) => screen.findByRole('dialog', { name });

const gone = () => vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

function open(section: SettingsSection, options?: Parameters<typeof startFake>[0]) {
  router.reset({ name: 'settings', section });
  const fake = startFake(options);
  render(App);
  return { fake, user: userEvent.setup() };
}

beforeEach(() => {
  router.reset();
});

describe('people', () => {
  it('are listed with what they may do, in words', async () => {
    open('people');
    const row = (name: string) => screen.findByRole('row', { name: new RegExp(name) });
    expect(await row('Dana Smith')).toHaveTextContent('Everything');
    expect(await row('Lee Example')).toHaveTextContent('Profiles: view, modify');
    expect(await row('Lee Example')).toHaveTextContent('Manage people');
    expect(await row('Sam Former')).toHaveTextContent('Deactivated');
    const own = within(await row('Dana Smith'));
    expect(own.queryByRole('button', { name: /^Reset/ })).toBeNull(); // that is Change password
  });

  it('are added, once everything is right', async () => {
    const { fake, user } = open('people');
    const added = vi.spyOn(fake, 'AddPerson');
    await user.click(await button('Add person'));
    const form = within(await dialog('Add a person'));
    const submit = form.getByRole('button', { name: 'Add person' });
    await user.click(submit);
    expect(form.getByLabelText('Name')).toHaveFocus();
    expect(form.getByText('Enter the name.')).toBeVisible();
    await user.type(form.getByLabelText('Name'), 'Kim Novice');
    await user.type(form.getByLabelText('Email'), 'lee@example.com');
    await user.type(form.getByLabelText('Password'), 'short{Enter}');
    expect(form.getByText('Use at least 12 characters.')).toBeVisible();
    expect(added).not.toHaveBeenCalled();

    await user.type(form.getByLabelText('Password'), ' kettle owl seven');
    await user.click(form.getByLabelText('Profiles: Create')); // off
    await user.click(form.getByLabelText('Profiles: Modify')); // off
    await user.click(submit);
    expect(await form.findByRole('alert')).toHaveTextContent(/email is already here/);
    await user.clear(form.getByLabelText('Email'));
    await user.type(form.getByLabelText('Email'), ' kim@example.com ');
    await user.click(submit);

    const row = await screen.findByRole('row', { name: /Kim Novice/ });
    expect(row).toHaveTextContent('Profiles: view');
    await gone();
    await vi.waitFor(() =>
      expect(screen.getByRole('button', { name: 'Add person' })).toHaveFocus(),
    );
    expect(added).toHaveBeenLastCalledWith(
      { name: 'Kim Novice', email: 'kim@example.com', permissions: ['practitioner'], active: true },
      'short kettle owl seven',
    );
  });

  it('are changed, and the boxes keep to what Go does', async () => {
    const { fake, user } = open('people');
    await user.click(await button('Edit Priya Sample'));
    const form = within(await dialog('Edit Priya Sample'));
    expect(form.queryByLabelText('Password')).toBeNull();
    const box = (name: string) => form.getByRole('checkbox', { name });
    await user.click(box('Software integration: Delete'));
    expect(box('Software integration: View')).toBeChecked();
    await user.click(box('Profiles: View'));
    await user.click(box('Software integration: View'));
    expect(box('Software integration: Delete')).not.toBeChecked();
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(form.getByText('Choose at least one.')).toBeVisible();
    await user.click(box('Manage people'));
    await user.click(form.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => {
      expect(fake.accounts.people.find((each) => each.id === '3')?.permissions).toEqual(['people']);
    });
  });

  it('say in place why the last manager cannot go', async () => {
    const { fake, user } = open('people');
    fake.accounts.people = fake.accounts.people.filter((each) => each.id !== '2');
    await user.click(await button('Deactivate Dana Smith'));
    const asked = within(await screen.findByRole('alertdialog'));
    expect(asked.getByText(/This is your own account/)).toBeVisible();
    await user.click(asked.getByRole('button', { name: 'Deactivate' }));
    expect(await asked.findByRole('alert')).toHaveTextContent(/Nobody could manage people/);
    await user.click(asked.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByRole('row', { name: /Dana Smith/ })).toHaveTextContent('Everything');
  });

  it('are let in again, and get another password', async () => {
    const { fake, user } = open('people');
    await user.click(await button('Reactivate Sam Former'));
    const asked = within(await screen.findByRole('alertdialog'));
    await user.click(asked.getByRole('button', { name: 'Reactivate' }));
    await screen.findAllByText('Sam Former can sign in now.');
    await user.click(await button('Reset the password of Sam Former'));
    const form = within(await dialog('Reset the password of Sam Former'));
    await user.type(form.getByLabelText('New password'), 'nine lanterns on a hill{Enter}');
    await screen.findAllByText('Sam Former has a new password.');
    expect(fake.accounts.passwords.get('4')).toBe('nine lanterns on a hill');
  });

  it('who deactivate themselves are signed out', async () => {
    const { user } = open('people');
    await user.click(await button('Deactivate Dana Smith'));
    const asked = within(await screen.findByRole('alertdialog'));
    await user.click(asked.getByRole('button', { name: 'Deactivate' }));
    await button('Sign in');
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});

describe('security', () => {
  it('changes the own password, and says which one is wrong', async () => {
    const { fake, user } = open('security');
    await user.click(await button('Change password'));
    const form = within(await dialog('Change password'));
    await user.type(form.getByLabelText('Present password'), 'not this one');
    await user.type(form.getByLabelText('New password'), 'nine lanterns on a hill{Enter}');
    expect(await form.findByRole('alert')).toHaveTextContent(/present password is not right/);
    expect(form.getByLabelText('Present password')).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findAllByText('Your password is changed.');
    expect(fake.accounts.passwords.get('1')).toBe('nine lanterns on a hill');
  });

  it('sets after how long the window locks, and how long clients are kept', async () => {
    const { fake, user } = open('security');
    await user.selectOptions(
      await screen.findByRole('combobox', { name: 'Auto-lock' }),
      '30 minutes',
    );
    await vi.waitFor(() => expect(fake.state.idleMinutes).toBe(30));
    const days = await screen.findByLabelText(/^Deleted/);
    await vi.waitFor(() => expect(days).toHaveValue(7));
    expect(await button('Save')).toBeDisabled();
    await user.clear(days);
    await user.type(days, '14');
    await user.click(await button('Save'));
    await screen.findAllByText(/counts from the next sync/);
    expect(fake.accounts.retention).toEqual({ archivedDays: 90, deletedDays: 14 });
  });

  it('exports everything only with the password, after a warning', async () => {
    const { fake, user } = open('security');
    const exported = vi.spyOn(fake, 'ExportProfiles');
    await user.click(await button('Export…'));
    const form = within(await dialog('Export all profiles'));
    expect(form.getByText(/It is not sealed/)).toBeVisible();
    await user.click(form.getByLabelText('JSON, for another program'));
    await user.click(form.getByRole('button', { name: 'Export…' }));
    expect(exported).not.toHaveBeenCalled();
    expect(form.getByLabelText('Your password')).toHaveFocus();
    await user.keyboard('guess{Enter}');
    await form.findByText(/Wrong email or password/);
    expect(form.getByLabelText('Your password')).toHaveValue('');
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await screen.findAllByText('Saved to profiles.json');
    expect(exported).toHaveBeenLastCalledWith('json', PASSWORD);
    await gone();
  });

  it('shows who did what, the newest first, page by page', async () => {
    const { fake, user } = open('security');
    fake.accounts.note('removed_missing');
    await user.click(await button('See who did what'));
    const table = within(await screen.findByRole('table', { name: 'Who did what' }));
    const lines = () => table.getAllByRole('row').filter((row) => row.querySelector('td'));
    expect(lines()[0]).toHaveTextContent(/Dana Smith\s*Removed clients who are no longer/);
    expect(lines()).toHaveLength(100);
    await user.click(await button('Show older ones'));
    await vi.waitFor(() => expect(lines()).toHaveLength(200));
    await user.click(await button('Show older ones'));
    await screen.findByText('That is all.');
    expect(lines()).toHaveLength(fake.accounts.events.length);
    const [client] = table.getAllByRole('button', { name: 'Client 836447129235000000' });
    if (client) await user.click(client);
    expect(router.current).toEqual({ name: 'profile', id: '836447129235000000' });
  });
});

describe('the report for support', () => {
  it('is read before it is copied', async () => {
    const { fake, user } = open('about');
    const copied = vi.spyOn(fake, 'CopyText');
    await user.click(await button('Copy diagnostics'));
    const report = await screen.findByLabelText<HTMLTextAreaElement>('The report');
    expect(report).toHaveAttribute('readonly');
    expect(copied).not.toHaveBeenCalled();
    await user.click(await button('Copy'));
    await vi.waitFor(() => expect(screen.queryByLabelText('The report')).toBeNull());
    expect(copied).toHaveBeenCalledExactlyOnceWith(await fake.Diagnostics());
  });
});

describe('the start again', () => {
  it('wants the word, and leads to the welcome', async () => {
    startFake({ stage: 'signed-out' });
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Forgot your password?'));
    const form = within(await dialog('Forgot your password?'));
    await user.type(form.getByLabelText('Type ERASE to start again'), 'erase{Enter}');
    await form.findByText(/in capital letters/);
    await user.clear(form.getByLabelText('Type ERASE to start again'));
    await user.type(form.getByLabelText('Type ERASE to start again'), 'ERASE{Enter}');
    await heading('Welcome to TeleHab');
  });
});
