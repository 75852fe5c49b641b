import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import type { DeliveryView, HubView } from './lib/api';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { refusal } = sample;
const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });

async function open(hub: HubView, patch: Partial<typeof sample.STATE> = {}) {
  router.reset({ name: 'settings', section: 'integration' });
  const go = startGo(patch);
  go.hub = structuredClone(hub);
  render(App);
  await screen.findByRole('heading', { name: 'VALD Hub' });
  return { go, user: userEvent.setup() };
}

describe('VALD Hub', () => {
  it('is one line until somebody connects it', async () => {
    const { go } = await open(sample.HUB_OFF);
    expect(await screen.findByText('Off')).toBeVisible();
    expect(await button('Set up…')).toBeVisible();
    for (const name of [/^Compare/, /sending/, /Disconnect VALD Hub/])
      expect(absent(name)).toBeNull();
    for (const method of ['Organisations', 'Compare', 'Queue', 'Match'] as const) {
      expect(go.Hub[method]).not.toHaveBeenCalled();
    }
  });

  it('is not there in the demo, nor for whoever may not see the connection', async () => {
    router.reset({ name: 'settings', section: 'integration' });
    const go = startGo({ demo: true });
    render(App);
    await screen.findByText('Last sync');
    expect(screen.queryByRole('heading', { name: 'VALD Hub' })).toBeNull();
    expect(go.Hub.State).not.toHaveBeenCalled();
  });

  it('is set up by those alone who may connect a clinic', async () => {
    await open(sample.HUB_OFF, {
      person: { ...sample.DANA, permissions: ['practitioner', 'pms_link', 'pms_link.modify'] },
    });
    expect(await screen.findByText('Off')).toBeVisible();
    expect(absent('Set up…')).toBeNull();
  });

  it('is connected with an organisation of the list', async () => {
    const { go, user } = await open(sample.HUB_OFF);
    await user.click(await button('Set up…'));
    const form = within(await screen.findByRole('dialog', { name: 'Connect VALD Hub' }));
    await user.click(form.getByRole('button', { name: 'Next' }));
    expect(form.getByText('Paste the client ID.')).toBeVisible();
    await user.type(form.getByLabelText('Client ID'), ' the-id ');
    await user.type(form.getByLabelText('Client secret'), 'the-secret');
    await user.click(form.getByRole('button', { name: 'Next' }));
    expect(form.getByText('Choose the region where VALD keeps your organisation.')).toBeVisible();
    expect(go.Hub.Organisations).not.toHaveBeenCalled();
    await user.click(form.getByLabelText('Australia (East)'));

    go.Hub.Organisations.mockRejectedValueOnce(refusal('hub_refused', 'VALD refused them.'));
    await user.click(form.getByRole('button', { name: 'Next' }));
    expect(await form.findByText('VALD refused them.')).toBeVisible();
    go.Hub.Organisations.mockResolvedValueOnce([sample.ORGANISATION, { id: 't2', name: '' }]);
    await user.click(form.getByRole('button', { name: 'Next' }));
    await user.click(await form.findByRole('button', { name: 'Connect' }));
    expect(form.getByText('Choose your organisation.')).toBeVisible();
    expect(go.Hub.Connect).not.toHaveBeenCalled();
    expect(form.getByLabelText('t2')).not.toBeChecked();
    await user.click(form.getByLabelText('Harbour Physio'));
    go.Hub.Connect.mockResolvedValueOnce(sample.HUB_CONNECTED);
    await user.click(form.getByRole('button', { name: 'Connect' }));
    expect(go.Hub.Connect).toHaveBeenCalledWith('au', 'the-id', 'the-secret', 't1');
    expect(await screen.findByText('· Australia (East)')).toBeVisible();
    expect(screen.getByText(/^Nothing is sent\. Compare first/)).toBeVisible();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is compared with numbers that sum, rows with the reason, and a file', async () => {
    const { go, user } = await open(sample.HUB_CONNECTED);
    go.Hub.Compare.mockRejectedValueOnce(refusal('offline', 'No connection.'));
    await user.click(await button('Compare'));
    expect(await screen.findByText('No connection.')).toBeVisible();
    go.Hub.Compare.mockResolvedValueOnce(sample.HUB_COMPARED);
    await user.click(await button('Compare'));
    const table = within(await screen.findByRole('table', { name: 'Comparison with VALD Hub' }));
    const cells = table
      .getAllByRole('row')
      .slice(1)
      .map(({ children }) => [...children].map(({ textContent }) => textContent.trim()).join(' '));
    expect(cells).toEqual([
      'Linked 1,790 1,790',
      'Likely the same 5 5',
      'Email in use there 4 4',
      'Being merged 0 0',
      'Only here 47 –',
      'Only there – 112',
      'All 1,846 1,911',
    ]);
    const row = {
      kind: 'likely' as const,
      reason: 'Same name and birth date. Check whether it is the same person.',
      client: sample.LIKELY.client,
      there: { id: 'p1', name: 'Abara, Ngozi', born: '1986-07-19', email: 'old@example.com' },
    };
    go.Hub.Found.mockResolvedValueOnce({ rows: [row], total: 2 });
    await user.click(table.getByRole('button', { name: 'Likely the same' }));
    const list = within(await screen.findByRole('list', { name: 'Likely the same' }));
    expect(list.getByText(row.reason)).toBeVisible();
    expect(go.Hub.Found).toHaveBeenLastCalledWith('likely', 0, 50);
    go.Hub.Found.mockResolvedValueOnce({ rows: [row], total: 2 });
    await user.click(await button('Show more'));
    await waitFor(() => {
      expect(list.getAllByText(row.reason)).toHaveLength(2);
    });
    expect(go.Hub.Found).toHaveBeenLastCalledWith('likely', 1, 50);
    expect(absent('Show more')).toBeNull();

    await user.click(await button('Export CSV'));
    const form = within(await screen.findByRole('dialog', { name: 'Export the comparison' }));
    await user.type(form.getByLabelText('Your password'), PASSWORD);
    go.Hub.Export.mockResolvedValueOnce('vald-hub.csv');
    await user.click(form.getByRole('button', { name: 'Export…' }));
    expect(go.Hub.Export).toHaveBeenCalledWith(PASSWORD);
    expect(await screen.findAllByText(/vald-hub\.csv/)).not.toHaveLength(0);
  });

  it('is sent to once all questions are answered, and not before', async () => {
    const { go, user } = await open(sample.HUB_CONNECTED);
    await user.click(await button('Turn sending on…'));
    const form = within(await screen.findByRole('dialog', { name: 'Send clients to VALD Hub' }));
    for (const each of form.getAllByRole('radio')) expect(each).not.toBeChecked();
    await user.click(form.getByRole('button', { name: 'Turn sending on' }));
    expect(form.getAllByText('Choose an answer.')).toHaveLength(4);
    for (const [question, answer] of [
      [/18 years old/, 'Yes'],
      [/guardian/, 'No'],
      [/photos/, 'No'],
    ] as const) {
      const group = within(form.getByRole('group', { name: question }));
      await user.click(group.getByLabelText(answer));
    }
    await user.click(form.getByRole('button', { name: 'Turn sending on' }));
    expect(form.getAllByText('Choose an answer.')).toHaveLength(1);
    expect(go.Hub.SetSending).not.toHaveBeenCalled();
    await user.click(form.getByLabelText('Nothing: hold these clients'));
    go.Hub.SetSending.mockResolvedValueOnce(sample.HUB_SENDING);
    await user.click(form.getByRole('button', { name: 'Turn sending on' }));
    expect(go.Hub.SetSending).toHaveBeenCalledWith({
      createdByAdult: 'yes',
      guardianConsent: 'no',
      photoVideoConsent: 'no',
      otherSex: '',
    });
    expect(
      await screen.findByText(
        '1,846 eligible = 1,790 confirmed + 12 pending + 40 held + 4 need attention',
      ),
    ).toBeVisible();
  });

  it('says how far it is, is paused, and goes on with the same answers', async () => {
    const { go, user } = await open(sample.HUB_SENDING);
    await screen.findByText(/^1,846 eligible = 1,790 confirmed/);
    const ledger = { ...sample.HUB_SENDING.ledger, confirmed: 1802, pending: 0 };
    go.emit('hub', { running: true, ledger, emails: 0, ofEmails: 0 });
    expect(await screen.findByText(/^1,846 eligible = 1,802 confirmed \+ 0 pending/)).toBeVisible();
    go.hub = { ...sample.HUB_SENDING, problem: refusal('hub_refused', 'VALD refused them.') };
    go.emit('hub', { running: false, ledger: sample.HUB_OFF.ledger, emails: 0, ofEmails: 0 });
    expect(await screen.findByText('VALD refused them.')).toBeVisible();

    const paused = { ...sample.HUB_CONNECTED, answers: sample.HUB_SENDING.answers };
    go.Hub.StopSending.mockResolvedValueOnce(paused);
    await user.click(await button('Pause sending'));
    expect(await screen.findByText(/^Sending is paused\. What is in VALD Hub/)).toBeVisible();
    expect(screen.queryByText(/eligible/)).toBeNull();
    go.Hub.SetSending.mockResolvedValueOnce(sample.HUB_SENDING);
    await user.click(await button('Resume sending'));
    expect(go.Hub.SetSending).toHaveBeenCalledWith(sample.HUB_SENDING.answers);
    expect(await screen.findByText(/eligible/)).toBeVisible();
  });

  it('has a person decide about one client after the other, with both sides in view', async () => {
    const { go, user } = await open(sample.HUB_SENDING);
    await user.click(await button('Decide'));
    const there = { id: 'p1', name: 'Abara, Ngozi', born: '1986-07-19', email: '' };
    go.Hub.Match.mockResolvedValueOnce({ ...sample.LIKELY, there: [there] });
    expect(go.Hub.Match).not.toHaveBeenCalled(); // VALD is asked about the one that is looked at
    await user.click(await button('Look at Abara, Ngozi'));
    const here = within(await screen.findByRole('region', { name: 'In Cliniko' }));
    expect(here.getByText('n@example.com')).toBeVisible();
    const other = within(screen.getByRole('region', { name: 'In VALD Hub' }));
    expect(other.getByText('No email')).toBeVisible();
    expect(absent('Send without the email')).toBeNull();

    go.Hub.Decide.mockRejectedValueOnce(refusal('invalid', 'This has changed.'));
    await user.click(other.getByRole('button', { name: 'Same person' }));
    expect(await screen.findByText('This has changed.')).toBeVisible();
    go.Hub.Decide.mockResolvedValueOnce(undefined);
    go.Hub.Queue.mockResolvedValueOnce({ matches: [sample.EMAIL_IN_USE], left: [] });
    await user.click(other.getByRole('button', { name: 'Same person' }));
    await waitFor(() => {
      expect(absent('Look at Abara, Ngozi')).toBeNull();
    });
    expect(go.Hub.Decide).toHaveBeenLastCalledWith(
      { ...sample.LIKELY, there: [there] },
      'same',
      'p1',
    );
    expect(go.Hub.Match).toHaveBeenCalledTimes(1); // nobody else is opened by itself
  });

  it('shows a match to whoever may not decide about it', async () => {
    const { go, user } = await open(sample.HUB_SENDING, {
      person: { ...sample.DANA, permissions: ['practitioner', 'pms_link'] },
    });
    await user.click(await button('Decide'));
    go.Hub.Match.mockResolvedValueOnce(sample.LIKELY);
    await user.click(await button('Look at Abara, Ngozi'));
    expect(await screen.findByRole('region', { name: 'In Cliniko' })).toBeVisible();
    for (const name of ['Somebody else', 'Pause sending', 'Disconnect VALD Hub']) {
      expect(absent(name)).toBeNull();
    }
  });

  it('is disconnected with the own password', async () => {
    const { go, user } = await open(sample.HUB_CONNECTED);
    await user.click(await button('Disconnect VALD Hub'));
    const question = within(
      await screen.findByRole('alertdialog', { name: 'Disconnect VALD Hub?' }),
    );
    await user.type(question.getByLabelText('Your password'), PASSWORD);
    go.Hub.Disconnect.mockResolvedValueOnce(sample.HUB_OFF);
    await user.click(question.getByRole('button', { name: 'Disconnect VALD Hub' }));
    expect(await screen.findByText('Off')).toBeVisible();
    expect(go.Hub.Disconnect).toHaveBeenCalledWith(PASSWORD);
  });

  it('says why its state is not known, and asks again', async () => {
    router.reset({ name: 'settings', section: 'integration' });
    const go = startGo();
    go.Hub.State.mockRejectedValueOnce(refusal('keyring_locked', 'The keyring is locked.'));
    render(App);
    expect(await screen.findByText('The keyring is locked.')).toBeVisible();
    await userEvent.setup().click(await button('Try again'));
    expect(await screen.findByText('Off')).toBeVisible();
  });
});

describe('a profile', () => {
  const line = async (hub: DeliveryView | null) => {
    const go = startGo();
    go.profiles = [{ ...sample.MEI, hub }];
    router.reset({ name: 'profile', id: sample.MEI.id });
    const page = render(App);
    await screen.findByRole('heading', { name: new RegExp(sample.MEI.lastName) });
    const shown = hub ? await screen.findByText(/VALD Hub/) : screen.queryByText(/VALD Hub/);
    const said = shown?.textContent.replace(/\s+/g, ' ').trim();
    page.unmount();
    return said;
  };
  const delivery = { since: '', reason: '', said: [] };

  it('says since when it is in VALD Hub, or why it is not', async () => {
    expect(await line(null)).toBeUndefined();
    expect(await line({ ...delivery, state: 'confirmed', since: '2026-11-03T09:00:00Z' })).toMatch(
      /^In VALD Hub since .*2026$/,
    );
    expect(await line({ ...delivery, state: 'held', reason: 'privacy_refused' })).toBe(
      'Not sent to VALD Hub: The privacy policy was refused in Cliniko.',
    );
    expect(await line({ ...delivery, state: 'needs_attention', reason: 'gone_there' })).toMatch(
      /^VALD Hub needs attention: The profile is not in VALD Hub any more/,
    );
    expect(await line({ ...delivery, state: 'pending' })).toMatch(/^Not in VALD Hub yet/);
  });
});
