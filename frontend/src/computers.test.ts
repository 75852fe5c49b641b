import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { refusal } = sample;
const PASSWORD = 'correct horse battery';
const button = (name: string | RegExp) => screen.findByRole('button', { name });

const SHARED = { since: '2026-01-12T09:00:00Z', problem: null };

async function open(change: Partial<typeof sample.STATE> = {}) {
  router.reset({ name: 'settings', section: 'computers' });
  const go = startGo();
  go.state = { ...go.state, ...change };
  render(App);
  await screen.findByRole('button', { name: 'Computers' });
  return { go, user: userEvent.setup() };
}

describe('the computers of a clinic', () => {
  it('are one, until the clinic is shared through a database', async () => {
    const { go, user } = await open();
    await user.click(await button('Share with other computers…'));
    const form = within(await screen.findByRole('dialog', { name: 'Share this clinic' }));
    await user.click(form.getByRole('button', { name: 'Share' }));
    expect(form.getByText('Paste the address of the database.')).toBeVisible();
    expect(form.getByLabelText('Address of the database')).toHaveFocus();
    expect(go.Computers.Share).not.toHaveBeenCalled();

    await user.keyboard(' postgres://telehab@127.0.0.1/telehab ');
    await user.type(form.getByLabelText('Your password'), PASSWORD);
    go.Computers.Share.mockRejectedValueOnce(refusal('invalid', 'The database is not empty.'));
    await user.click(form.getByRole('button', { name: 'Share' }));
    expect(await form.findByText('The database is not empty.')).toBeVisible();

    go.Computers.Share.mockImplementationOnce(() =>
      Promise.resolve((go.state = { ...go.state, generation: 2, shared: SHARED })),
    );
    await user.click(form.getByRole('button', { name: 'Share' }));
    expect(await screen.findByText(/^The clinic is shared/)).toBeVisible();
    expect(go.Computers.Share).toHaveBeenLastCalledWith(
      'postgres://telehab@127.0.0.1/telehab',
      PASSWORD,
    );
    expect(await screen.findByRole('row', { name: /FRONT-DESK-1/ })).toBeVisible();
  });

  it('are listed with the one that syncs, and others can be removed', async () => {
    const { go, user } = await open({ shared: SHARED });
    const here = await screen.findByRole('row', { name: /FRONT-DESK-1/ });
    expect(here).toHaveTextContent('syncs for all');
    expect(within(here).queryByRole('button')).toBeNull(); // it is this one
    await user.click(await button('Remove ROOM-3'));
    const question = within(await screen.findByRole('alertdialog', { name: 'Remove ROOM-3?' }));
    await user.type(question.getByLabelText('Your password'), PASSWORD);
    await user.click(question.getByRole('button', { name: 'Remove' }));
    expect(await screen.findAllByText(/^ROOM-3 is removed/)).toHaveLength(2); // shown, and spoken
    expect(go.Computers.Remove).toHaveBeenCalledWith(PASSWORD, 'c2');
  });

  it('are joined with a code, which is made with the own password', async () => {
    const { go, user } = await open({ shared: SHARED });
    await user.click(await button('Add a computer'));
    const form = within(await screen.findByRole('dialog', { name: 'Add a computer' }));
    await user.type(form.getByLabelText('Your password'), `${PASSWORD}{Enter}`);
    expect(await form.findByLabelText('Join code')).toHaveValue(sample.JOIN_CODE);
    await user.click(form.getByRole('button', { name: 'Copy code' }));
    expect(go.Computers.CopyCode).toHaveBeenCalledWith(sample.JOIN_CODE);
    expect(go.About.CopyText).not.toHaveBeenCalled(); // which stays on the clipboard
    await user.click(form.getByRole('button', { name: 'Done' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('become one again, and it is said where the database could not be told', async () => {
    const { go, user } = await open({ shared: SHARED });
    await user.click(await button('Stop sharing on this computer…'));
    const question = within(await screen.findByRole('alertdialog'));
    await user.type(question.getByLabelText('Your password'), PASSWORD);
    go.Computers.StopSharing.mockImplementationOnce(() => {
      go.state = { ...go.state, generation: 2, shared: null };
      return Promise.resolve({ state: go.state, left: refusal('database_unreachable') });
    });
    await user.click(question.getByRole('button', { name: 'Stop sharing' }));
    expect(await screen.findByText(/^This computer has the clinic for itself/)).toBeVisible();
    expect(screen.getByText(/^The database could not be told/)).toBeVisible();
  });

  it('go on read-only while the database is out of reach', async () => {
    const problem = refusal('database_unreachable', 'The database does not answer. Ask your IT.');
    await open({ shared: { since: new Date().toISOString(), problem } });
    expect(await screen.findByText('The database does not answer. Ask your IT.')).toBeVisible();
    expect(screen.getByText(/It was last reached just now\./)).toBeVisible();
    expect(await screen.findByText(/^Read-only since/)).toBeVisible(); // on every screen
  });

  it('are changed by those alone who may do everything', async () => {
    await open({ shared: SHARED, person: sample.LEE });
    await vi.waitFor(() => expect(screen.getByText('FRONT-DESK-1')).toBeVisible());
    expect(screen.queryByRole('button', { name: 'Add a computer' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Remove/ })).toBeNull();
  });
});

describe('a computer on which nobody has an account', () => {
  it('joins the clinic with a code', async () => {
    const go = startGo();
    go.state = { ...go.state, person: null, peopleExist: false, clinic: null };
    render(App);
    const user = userEvent.setup();
    await user.click(await button('Join my clinic'));
    await user.click(await button('Join'));
    expect(screen.getByText('Paste the join code.')).toBeVisible();
    expect(go.Computers.Join).not.toHaveBeenCalled();
    go.Computers.Join.mockRejectedValueOnce(refusal('invalid', 'The code was used already.'));
    await user.type(screen.getByLabelText('Join code'), sample.JOIN_CODE);
    await user.click(await button('Join'));
    expect(await screen.findByText('The code was used already.')).toBeVisible();
    go.Computers.Join.mockImplementationOnce(() =>
      Promise.resolve((go.state = { ...go.state, peopleExist: true, shared: SHARED })),
    );
    await user.click(await button('Join'));
    expect(await button('Sign in')).toBeVisible();
    expect(go.Computers.Join).toHaveBeenLastCalledWith(sample.JOIN_CODE);
  });
});
