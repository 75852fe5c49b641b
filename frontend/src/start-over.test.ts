import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { refusal } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const dialog = (name: string | RegExp) => screen.findByRole('dialog', { name });
const gone = () => vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

describe('the start again', () => {
  it('wants the word, and leads to the welcome', async () => {
    const go = startGo(sample.SIGNED_OUT);
    go.Clinics.StartOver.mockRejectedValueOnce(
      refusal('invalid', 'Type ERASE in capital letters to continue.'),
    );
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Forgot your password?'));
    const answer = within(await dialog('Forgot your password?'));
    answer.getByText(/^Ask an owner of TeleHab at your clinic\./);
    expect(answer.queryByRole('textbox')).toBeNull();
    await user.click(answer.getByRole('button', { name: 'Nobody can sign in any more' }));
    const form = within(await dialog('Erase everything and start again?'));
    form.getByText(/^This erases everything that TeleHab has on this computer\./);
    await user.type(form.getByLabelText('Type ERASE to start again'), 'erase{Enter}');
    await form.findByText(/in capital letters/);
    await user.clear(form.getByLabelText('Type ERASE to start again'));
    go.Clinics.StartOver.mockImplementationOnce(async () => go.set(sample.NEW));
    await user.type(form.getByLabelText('Type ERASE to start again'), 'ERASE{Enter}');
    await heading('Welcome to TeleHab');
    expect(go.Clinics.StartOver.mock.calls).toEqual([['erase'], ['ERASE']]);
  });

  it('begins with the answer each time', async () => {
    startGo(sample.SIGNED_OUT);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Forgot your password?'));
    await user.click(await button('Nobody can sign in any more'));
    await vi.waitFor(() => {
      expect(screen.getByLabelText('Type ERASE to start again')).toHaveFocus();
    });
    await user.keyboard('{Escape}');
    await gone();
    await user.click(await button('Forgot your password?'));
    await button('Nobody can sign in any more');
    expect(screen.queryByRole('textbox', { name: /ERASE/ })).toBeNull();
  });
});
