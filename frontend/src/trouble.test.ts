import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import { startGo } from './testing/go';
import { HARBOUR, refusal, RIVERSIDE, SIGNED_OUT } from './testing/samples';

const button = (name: string) => screen.findByRole('button', { name });
const heading = (name: string) => screen.findByRole('heading', { name });

function broken(code: string, mayReset: boolean) {
  const go = startGo({ ...SIGNED_OUT, store: refusal(code), mayReset });
  const mended = async () => go.set({ store: null, mayReset: false });
  render(App);
  return { go, mended, user: userEvent.setup() };
}

describe('trouble with the data of this computer', () => {
  it.each([
    ['keyring_locked', 'TeleHab’s keys are locked'],
    ['keyring_missing', 'TeleHab’s keys cannot be reached'],
    ['store_unreadable', 'The data on this computer cannot be opened'],
  ])('%s offers to try again, and never to erase', async (code, title) => {
    const { go, user } = broken(code, false);
    await heading(title);
    expect(screen.getByRole('alert')).toHaveTextContent(`What Go says of ${code}.`);
    expect(screen.queryByRole('button', { name: /start again|erase|reset/i })).toBeNull();
    go.set({ store: null }); // somebody has unlocked the password manager
    await user.click(await button('Try again'));
    await screen.findByLabelText('Email');
  });

  it('of the demo leads out of it, and erases nothing', async () => {
    const { go, mended, user } = broken('store_damaged', false);
    go.become({ demo: true });
    go.Clinics.LeaveDemo.mockImplementation(async () => {
      await mended();
      return go.set({ demo: false });
    });
    await user.click(await button('Leave demo'));
    await screen.findByLabelText('Email');
    expect(screen.queryByRole('button', { name: 'Try the demo clinic' })).toBeNull();
  });

  it('leads to another clinic, whose data is there', async () => {
    const { go, mended, user } = broken('store_missing', true);
    go.Clinics.List.mockResolvedValue([
      { ...HARBOUR, current: false },
      { ...RIVERSIDE, current: true },
    ]);
    go.Clinics.Use.mockImplementation(mended);
    await user.click(await button('Switch to Harbour Physio'));
    await screen.findByLabelText('Email');
    expect(go.Clinics.Use.mock.calls).toEqual([['']]);
  });

  it('says what is lost for good before it starts again', async () => {
    const { go, mended, user } = broken('store_key_lost', true);
    go.Clinics.ResetStore.mockRejectedValueOnce(
      refusal('invalid', 'Type ERASE in capital letters to continue.'),
    );
    const [first, second] = await screen.findAllByRole('button', { name: /again/ });
    expect(first).toHaveAccessibleName('Try again');
    expect(second).toHaveAccessibleName('Start again from Cliniko');
    await user.click(await button('Start again from Cliniko'));
    const form = within(await screen.findByRole('dialog'));
    expect(form.getAllByRole('listitem').map((each) => each.textContent)).toEqual([
      'people who sign in, and their permissions',
      'the audit trail',
      'the history of syncs and changes',
      'clients who left Cliniko',
    ]);
    await user.type(form.getByLabelText('Type ERASE to start again'), 'yes{Enter}');
    await form.findByText(/in capital letters/);
    await user.clear(form.getByLabelText('Type ERASE to start again'));
    go.Clinics.ResetStore.mockImplementationOnce(mended);
    await user.type(form.getByLabelText('Type ERASE to start again'), 'ERASE{Enter}');
    await screen.findByLabelText('Email');
    expect(go.Clinics.ResetStore.mock.calls).toEqual([['yes'], ['ERASE']]);
  });

  it('erases nothing of data that cannot be found, and says so', async () => {
    const { go, mended, user } = broken('store_missing', true);
    go.Clinics.ResetStore.mockImplementationOnce(mended);
    await heading('TeleHab’s data cannot be found');
    await user.click(await button('Start again from Cliniko'));
    const form = within(await screen.findByRole('dialog'));
    expect(form.getByText(/^Nothing is erased/)).toBeVisible();
    expect(form.queryByRole('button', { name: /erase/i })).toBeNull();
    expect(form.queryByRole('textbox')).toBeNull();
    await user.click(form.getByRole('button', { name: 'Start again' }));
    await screen.findByLabelText('Email');
    expect(go.Clinics.ResetStore.mock.calls).toEqual([['']]);
  });
});
