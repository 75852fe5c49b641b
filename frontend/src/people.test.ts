import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { router, type SettingsSection } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { DANA, LEE, NGOZI, PRIYA, SAM, refusal } = sample;
const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const dialog = (name: string | RegExp) => screen.findByRole('dialog', { name });

const gone = () => vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

function open(section: SettingsSection) {
  router.reset({ name: 'settings', section });
  const go = startGo();
  render(App);
  return { go, user: userEvent.setup() };
}

describe('people', () => {
  it('are listed with their role, or what they may do in words', async () => {
    open('people');
    const row = (name: string) => screen.findByRole('row', { name: new RegExp(name) });
    expect(await row('Dana Smith')).toHaveTextContent('Owner');
    expect(await row('Lee Example')).toHaveTextContent('See profiles, refresh and sync profiles');
    expect(await row('Lee Example')).toHaveTextContent('Manage people');
    expect(await row('Sam Former')).toHaveTextContent('Deactivated');
    const own = within(await row('Dana Smith'));
    expect(own.queryByRole('button', { name: /^Reset/ })).toBeNull(); // that is Change password
  });

  it('are added, once everything is right', async () => {
    const { go, user } = open('people');
    const taken = 'Someone with this email is already here. Use another email.';
    const kim = { ...PRIYA, id: '5', name: 'Kim Novice', email: 'kim@example.com' };
    go.People.Add.mockRejectedValueOnce(refusal('invalid', taken));
    await user.click(await button('Add person'));
    const form = within(await dialog('Add a person'));
    const submit = form.getByRole('button', { name: 'Add person' });
    await user.click(submit);
    expect(form.getByLabelText('Name')).toHaveFocus();
    expect(form.getByText('Enter the name.')).toBeVisible();
    await user.type(form.getByLabelText('Name'), ' Kim Novice ');
    await user.type(form.getByLabelText('Email'), 'lee@example.com');
    await user.type(form.getByLabelText('Password'), 'short{Enter}');
    expect(form.getByText('Use at least 12 characters.')).toBeVisible();
    expect(go.People.Add).not.toHaveBeenCalled();

    await user.type(form.getByLabelText('Password'), ' kettle owl seven');
    expect(form.queryByLabelText('Open clients who are new here')).toBeNull();
    await user.click(form.getByRole('button', { name: 'Customise' }));
    await user.click(form.getByLabelText('Open clients who are new here')); // off
    await user.click(form.getByLabelText('Refresh and sync profiles')); // off
    await user.click(submit);
    expect(form.getByLabelText('Your password')).toHaveFocus();
    expect(go.People.Add).not.toHaveBeenCalled();
    await user.keyboard(`${PASSWORD}{Enter}`);
    expect(await form.findByRole('alert')).toHaveTextContent(/email is already here/);
    await user.clear(form.getByLabelText('Email'));
    await user.type(form.getByLabelText('Email'), ' kim@example.com ');
    go.People.Add.mockResolvedValueOnce(kim);
    go.People.List.mockResolvedValue([DANA, LEE, PRIYA, SAM, kim]);
    await user.click(submit);

    const row = await screen.findByRole('row', { name: /Kim Novice/ });
    expect(row).toHaveTextContent('Read only');
    await gone();
    await vi.waitFor(() =>
      expect(screen.getByRole('button', { name: 'Add person' })).toHaveFocus(),
    );
    const details = { name: 'Kim Novice', permissions: ['practitioner'], active: true };
    expect(go.People.Add.mock.calls).toEqual([
      [{ ...details, email: 'lee@example.com' }, 'short kettle owl seven', PASSWORD],
      [{ ...details, email: 'kim@example.com' }, 'short kettle owl seven', PASSWORD],
    ]);
  });

  it('get a role, and a password that is made up, shown and copied once', async () => {
    const { go, user } = open('people');
    const suggested = 'kira-fovu-tele-samo';
    go.People.Suggest.mockResolvedValue(suggested);
    go.People.Add.mockResolvedValue({ ...PRIYA, name: 'Kim Novice' });
    await user.click(await button('Add person'));
    const form = within(await dialog('Add a person'));
    const role = (name: string) => form.getByRole('radio', { name });
    expect(role('Practitioner')).toBeChecked();
    await user.type(form.getByLabelText('Name'), 'Kim Novice');
    await user.type(form.getByLabelText('Email'), 'kim@example.com');
    await user.click(form.getByRole('button', { name: 'Suggest a password' }));
    expect(form.getByLabelText('Password')).toHaveValue(suggested);
    expect(form.getByLabelText('Password')).toHaveAttribute('type', 'text');
    await user.click(form.getByRole('button', { name: 'Copy password' }));
    await user.click(role('Front desk'));
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await gone();
    expect(document.body.textContent).not.toContain(suggested);
    const front = sample.ROLES[0]?.permissions;
    const details = { name: 'Kim Novice', email: 'kim@example.com', active: true };
    expect(go.People.Suggest.mock.calls).toEqual([['Kim Novice', 'kim@example.com']]);
    expect(go.People.CopyPassword.mock.calls).toEqual([[suggested]]);
    expect(go.People.Add.mock.calls).toEqual([
      [{ ...details, permissions: front }, suggested, PASSWORD],
    ]);
  });

  it('whose password was made up and changed are told nothing of it', async () => {
    const { go, user } = open('people');
    go.People.Suggest.mockResolvedValue('kira-fovu-tele-samo');
    await user.click(await button('Reset the password of Priya Sample'));
    const form = within(await dialog('Reset the password of Priya Sample'));
    await user.click(form.getByRole('button', { name: 'Suggest a password' }));
    await form.findByText('Copy it now: it is not shown again.');
    await user.type(form.getByLabelText('New password'), 'x');
    expect(form.queryByText('Copy it now: it is not shown again.')).toBeNull();
    expect(form.queryByRole('button', { name: 'Copy password' })).toBeNull();
  });

  it('are changed, and the boxes keep to what Go does', async () => {
    const { go, user } = open('people');
    go.People.Change.mockResolvedValue({ ...PRIYA, permissions: ['people'] });
    await user.click(await button('Edit Priya Sample'));
    const form = within(await dialog('Edit Priya Sample'));
    expect(form.queryByLabelText('Password')).toBeNull();
    // Hers are those of no role, so they are shown.
    for (const role of form.getAllByRole('radio')) expect(role).not.toBeChecked();
    form.getByText('Custom permissions');
    const box = (name: string) => form.getByRole('checkbox', { name });
    await user.click(box('Disconnect and erase'));
    expect(box('See the connection')).toBeChecked();
    await user.click(box('See profiles'));
    await user.click(box('See the connection'));
    expect(box('Disconnect and erase')).not.toBeChecked();
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(form.getByText('Choose at least one.')).toBeVisible();
    await user.click(box('Manage people'));
    go.People.Change.mockRejectedValueOnce(refusal('sign_in_refused', 'Wrong password.'));
    await user.type(form.getByLabelText('Your password'), 'guess{Enter}');
    await form.findByText('Wrong password.');
    expect(form.getByLabelText('Your password')).toHaveFocus();
    expect(form.getByLabelText('Your password')).toHaveValue('');
    await user.keyboard(`${PASSWORD}{Enter}`);
    await gone();
    const details = { name: 'Priya Sample', email: 'priya@example.com', active: true };
    const before = { ...details, permissions: PRIYA.permissions };
    expect(go.People.Change.mock.calls).toEqual([
      ['3', before, { ...details, permissions: ['people'] }, 'guess'],
      ['3', before, { ...details, permissions: ['people'] }, PASSWORD],
    ]);
  });

  it('say in place why the last manager cannot go', async () => {
    const { go, user } = open('people');
    go.People.Change.mockRejectedValue(refusal('invalid', 'Nobody could manage people any more.'));
    await user.click(await button('Deactivate Dana Smith'));
    const asked = within(await screen.findByRole('alertdialog'));
    expect(asked.getByText(/This is your own account/)).toBeVisible();
    expect(asked.getByLabelText('Your password')).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    expect(await asked.findByRole('alert')).toHaveTextContent(/Nobody could manage people/);
    await user.click(asked.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByRole('row', { name: /Dana Smith/ })).toHaveTextContent('Owner');
  });

  it('are let in again, and get another password', async () => {
    const { go, user } = open('people');
    const back = { ...SAM, active: true };
    go.People.Change.mockResolvedValue(back);
    go.People.ResetPassword.mockResolvedValue();
    await user.click(await button('Reactivate Sam Former'));
    const asked = within(await screen.findByRole('alertdialog'));
    go.People.List.mockResolvedValue([DANA, LEE, PRIYA, back]);
    await user.click(asked.getByRole('button', { name: 'Reactivate' }));
    expect(go.People.Change).not.toHaveBeenCalled();
    await user.keyboard(PASSWORD);
    await user.click(asked.getByRole('button', { name: 'Reactivate' }));
    await screen.findAllByText('Sam Former can sign in now.');
    await user.click(await button('Reset the password of Sam Former'));
    const form = within(await dialog('Reset the password of Sam Former'));
    await user.type(form.getByLabelText('New password'), 'nine lanterns on a hill{Enter}');
    expect(form.getByLabelText('Your password')).toHaveFocus();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findAllByText('Sam Former has a new password.');
    const { id, name, email, permissions, active } = back;
    const details = { name, email, permissions };
    expect(go.People.Change.mock.calls).toEqual([
      [id, { ...details, active: false }, { ...details, active }, PASSWORD],
    ]);
    expect(go.People.ResetPassword.mock.calls).toEqual([[id, 'nine lanterns on a hill', PASSWORD]]);
  });

  it('who were changed meanwhile are read again, and what was typed stays', async () => {
    const { go, user } = open('people');
    const said = 'This person was changed meanwhile, so nothing was changed now.';
    await user.click(await button('Edit Priya Sample'));
    const form = within(await dialog('Edit Priya Sample'));
    await user.type(form.getByLabelText('Name'), ' Example');
    go.People.List.mockResolvedValue([DANA, LEE, { ...PRIYA, active: false }, SAM]);
    go.People.Change.mockRejectedValueOnce(refusal('invalid', said));
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await form.findByRole('alert')).toHaveTextContent(said);
    expect(form.getByLabelText('Name')).toHaveValue('Priya Sample Example');
    await user.click(form.getByRole('button', { name: 'Cancel' }));
    expect(await button('Reactivate Priya Sample')).toBeVisible();
  });

  it('who deactivate themselves are signed out', async () => {
    const { go, user } = open('people');
    go.People.Change.mockImplementation(async () => {
      go.become(sample.SIGNED_OUT);
      return { ...DANA, active: false };
    });
    await user.click(await button('Deactivate Dana Smith'));
    const asked = within(await screen.findByRole('alertdialog'));
    await user.type(asked.getByLabelText('Your password'), PASSWORD);
    await user.click(asked.getByRole('button', { name: 'Deactivate' }));
    await button('Sign in');
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});

describe('security', () => {
  it('says who can reset a password, or that nobody can', async () => {
    const { go } = open('security');
    await screen.findByText(/somebody who manages people can give you another one\.$/);
    go.become({ managers: ['Dana Smith'] });
    await screen.findByText(/nobody can reset it yet\. Once you have added a colleague as Owner/);
    expect(screen.queryByText(/somebody who manages people/)).toBeNull();
  });

  it('changes the own password, and says which one is wrong', async () => {
    const { go, user } = open('security');
    go.People.ChangePassword.mockRejectedValueOnce(
      refusal('sign_in_refused', 'The present password is not right. Check it and try again.'),
    );
    await user.click(await button('Change password'));
    const form = within(await dialog('Change password'));
    await user.type(form.getByLabelText('Present password'), 'not this one');
    await user.type(form.getByLabelText('New password'), sample.GUESSABLE);
    await form.findByText(sample.TOO_EASY);
    await user.clear(form.getByLabelText('New password'));
    await user.type(form.getByLabelText('New password'), 'nine lanterns on a hill');
    await form.findByText('Strong.');
    expect(go.People.Strength.mock.lastCall).toEqual([
      'nine lanterns on a hill',
      'Dana Smith',
      'dana@example.com',
    ]);
    await user.keyboard('{Enter}');
    expect(await form.findByRole('alert')).toHaveTextContent(/present password is not right/);
    expect(form.getByLabelText('Present password')).toHaveFocus();
    go.People.ChangePassword.mockResolvedValueOnce();
    await user.keyboard(`${PASSWORD}{Enter}`);
    await screen.findAllByText('Your password is changed.');
    expect(go.People.ChangePassword.mock.calls).toEqual([
      ['not this one', 'nine lanterns on a hill'],
      [PASSWORD, 'nine lanterns on a hill'],
    ]);
  });

  it('sets after how long the window locks, and how long clients are kept', async () => {
    const { go, user } = open('security');
    go.Security.SetAutoLock.mockImplementation(async (minutes) => go.set({ idleMinutes: minutes }));
    go.Security.SetRetention.mockRejectedValueOnce(refusal('sign_in_refused', 'Wrong password.'));
    go.Security.SetRetention.mockResolvedValue();
    await user.selectOptions(
      await screen.findByRole('combobox', { name: 'Auto-lock' }),
      '30 minutes',
    );
    expect(go.Security.SetAutoLock.mock.calls).toEqual([[30]]);
    const days = await screen.findByLabelText(/^Deleted/);
    await vi.waitFor(() => expect(days).toHaveValue(7));
    expect(await button('Save')).toBeDisabled();
    await user.clear(days);
    await user.type(days, '0{Enter}');
    await screen.findByText('Enter a number of days from 1 to 3,650.');
    expect(screen.queryByRole('alertdialog')).toBeNull(); // no password is asked for in vain
    await user.clear(days);
    await user.type(days, '14');
    expect(screen.queryByText(/^Enter a number of days/)).toBeNull();
    await user.click(await button('Save'));
    const form = within(await screen.findByRole('alertdialog', { name: 'Change the retention?' }));
    expect(go.Security.SetRetention).not.toHaveBeenCalled();
    await user.type(form.getByLabelText('Your password'), 'not this one{Enter}');
    expect(await form.findByRole('alert')).toHaveTextContent(/Wrong password/);
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await screen.findAllByText(/counts from the next sync/);
    const keep = { archivedDays: 90, deletedDays: 14 };
    expect(go.Security.SetRetention.mock.calls).toEqual([
      [keep, 'not this one'],
      [keep, PASSWORD],
    ]);
  });

  it('exports everything only with the password, after a warning', async () => {
    const { go, user } = open('security');
    go.Profiles.Export.mockRejectedValueOnce(
      refusal('sign_in_refused', 'Wrong email or password. Check both and try again.'),
    );
    await user.click(await button('Export…'));
    const form = within(await dialog('Export all profiles'));
    expect(form.getByText(/It is not encrypted/)).toBeVisible();
    await user.click(form.getByLabelText('JSON, for another program'));
    await user.click(form.getByRole('button', { name: 'Export…' }));
    expect(go.Profiles.Export).not.toHaveBeenCalled();
    expect(form.getByLabelText('Your password')).toHaveFocus();
    await user.keyboard('guess{Enter}');
    await form.findByText(/Wrong email or password/);
    expect(form.getByLabelText('Your password')).toHaveValue('');
    go.Profiles.Export.mockResolvedValueOnce('profiles.json');
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    await screen.findAllByText('Saved to profiles.json');
    await gone();
    expect(go.Profiles.Export.mock.calls).toEqual([
      ['json', 'guess'],
      ['json', PASSWORD],
    ]);
  });

  it('shows who did what, the newest first, page by page', async () => {
    const { go, user } = open('security');
    /** So many lines, the newest of which is the one with this id. */
    const linesFrom = (newest: number, count: number) =>
      Array.from({ length: count }, (_, nth) => ({
        ...sample.EVENT,
        id: newest - nth,
        action: newest - nth === 240 ? 'removed_missing' : 'opened_profile',
      }));
    go.Security.Audit.mockResolvedValueOnce(linesFrom(240, 100))
      .mockResolvedValueOnce(linesFrom(140, 100))
      .mockResolvedValueOnce(linesFrom(40, 40));
    await user.click(await button('See who did what'));
    const table = within(await screen.findByRole('table', { name: 'Who did what' }));
    const lines = () => table.getAllByRole('row').filter((row) => row.querySelector('td'));
    expect(lines()[0]).toHaveTextContent(/Dana Smith\s*Removed clients who are no longer/);
    expect(lines()).toHaveLength(100);
    await user.click(await button('Show older ones'));
    await vi.waitFor(() => expect(lines()).toHaveLength(200));
    await user.click(await button('Show older ones'));
    await screen.findByText('That is all.');
    expect(lines()).toHaveLength(240);
    expect(go.Security.Audit.mock.calls).toEqual([
      [0, 100],
      [141, 100],
      [41, 100],
    ]);
    const [client] = table.getAllByRole('button', { name: `Client ${NGOZI.id}` });
    if (client) await user.click(client);
    expect(router.current).toEqual({ name: 'profile', id: NGOZI.id });
  });
});

describe('the report for support', () => {
  it('is read before it is copied', async () => {
    const { go, user } = open('about');
    go.About.Diagnostics.mockResolvedValue('TeleHab 0.1.0, linux amd64\nshard au2\n');
    await user.click(await button('Copy diagnostics'));
    const report = await screen.findByLabelText<HTMLTextAreaElement>('The report');
    expect(report).toHaveAttribute('readonly');
    expect(report).toHaveValue('TeleHab 0.1.0, linux amd64\nshard au2\n');
    expect(go.About.CopyText).not.toHaveBeenCalled();
    await user.click(await button('Copy'));
    await vi.waitFor(() => expect(screen.queryByLabelText('The report')).toBeNull());
    expect(go.About.CopyText.mock.calls).toEqual([['TeleHab 0.1.0, linux amd64\nshard au2\n']]);
  });
});
