import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { MEI, ROBIN } = sample;
const PALETTE = { name: 'Name, pasted Cliniko address, or action' };
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

/** Whoever a link names is Robin, who is not on this computer yet. */
function start() {
  const go = startGo();
  go.Links.Follow.mockResolvedValue(ROBIN);
  return go;
}

describe('a client of another clinic', () => {
  it('is opened there, where that clinic is on this computer', async () => {
    const go = start();
    go.Clinics.List.mockResolvedValue([sample.HARBOUR, sample.RIVERSIDE]);
    go.Links.Follow.mockRejectedValueOnce(sample.refusal('not_found'));
    const generation = go.state.generation + 1;
    go.Clinics.OpenIn.mockImplementation(async () => {
      go.link = ROBIN.id;
      const clinic = { ...sample.CLINIC, name: 'Riverside Physio' };
      return go.set({
        clinic,
        generation,
        sync: { ...go.state.sync, generation },
        linkWaiting: true,
      });
    });
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    go.arrive(ROBIN.id);
    await heading('This client is not in Harbour Physio');
    await user.click(await button('Switch to Riverside Physio and open'));
    await heading(/Robin Newcomer/);
    expect(go.Clinics.OpenIn.mock.calls).toEqual([['7', ROBIN.id]]);
    await button('Clinic: Riverside Physio');
  });

  it('takes the address of another clinic of this computer there', async () => {
    const go = start();
    go.Clinics.List.mockResolvedValue([sample.HARBOUR, sample.RIVERSIDE]);
    go.Links.FindPasted.mockRejectedValue(sample.refusal('other_clinic'));
    go.Clinics.OpenIn.mockImplementation(async () => go.set({}));
    const user = userEvent.setup();
    render(App);
    await user.click(await button(/^Find a client/));
    const box = await screen.findByRole('combobox', PALETTE);
    await screen.findByRole('option', { name: /^Switch to Riverside Physio/ });
    await user.type(box, 'https://riverside.au2.cliniko.com/patients/999000111');
    await screen.findByText('What Go says of other_clinic.');
    const option = screen.getByRole('option', { name: 'Switch to Riverside Physio and open' });
    await user.click(option);
    expect(go.Clinics.OpenIn.mock.calls).toEqual([['7', '999000111']]);
  });
});

describe('a link', () => {
  it('that could not be refreshed is current again once a sync ends well', async () => {
    const go = start();
    go.Links.Follow.mockRejectedValueOnce(sample.refusal('offline'));
    render(App);
    await heading('Profiles');
    go.arrive(MEI.id);
    const alert = await screen.findByRole('alert');
    go.tell({ phase: 'idle' }); // nothing has ended since
    go.tell({ phase: 'changes' });
    go.tell({ phase: 'idle', problem: sample.refusal('offline') });
    expect(alert).toHaveTextContent(/Could not be refreshed/);
    go.tell({ phase: 'idle', problem: null, lastSuccess: '2026-11-30T09:20:00Z' });
    await vi.waitFor(() => expect(alert).not.toBeInTheDocument());
  });

  it('that could not be fetched stays so, whatever a sync brings', async () => {
    const go = start();
    go.Links.Follow.mockRejectedValueOnce(sample.refusal('offline'));
    render(App);
    await heading('Profiles');
    go.arrive(ROBIN.id);
    await heading('This client could not be fetched');
    go.tell({ phase: 'idle', problem: null, lastSuccess: '2026-11-30T09:20:00Z' });
    await button('Try again');
    expect(screen.queryByRole('heading', { name: /is not in/ })).toBeNull();
  });
});
