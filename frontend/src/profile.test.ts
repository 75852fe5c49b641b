import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { ProfileView } from './lib/api';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import * as sample from './testing/samples';

const { CHILD, HANA, MEI, OLIVER, TWICE } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });

/** Opens the profile of somebody who is like this. */
async function open(view: ProfileView, permissions = sample.EVERYTHING) {
  const go = startGo({ person: { ...sample.DANA, permissions: [...permissions] } });
  go.profiles = [view, ...go.profiles.filter(({ id }) => id !== view.id)];
  router.reset({ name: 'profile', id: view.id });
  render(App);
  await heading(new RegExp(view.lastName));
  return { go, user: userEvent.setup() };
}

describe('a profile that needs attention', () => {
  it('says after a visit to Cliniko what the next sync has found', async () => {
    const { go, user } = await open(OLIVER);
    go.tell({ lastSuccess: '2026-11-03T09:00:00Z' });
    await user.click(await button('Fix in Cliniko'));
    expect(screen.queryByText(/^It still needs attention/)).toBeNull();
    go.tell({ lastSuccess: '2026-11-03T09:05:00Z' }); // nothing was saved there
    await screen.findByText(
      /^It still needs attention\. Check in Cliniko that the change is saved/,
    );
    go.profiles = [{ ...OLIVER, email: 'oliver@example.com', failure: null }];
    go.emit('profiles', {});
    await screen.findByText('This profile is complete now.');
    expect(screen.queryByText(/^It still needs attention/)).toBeNull();
  });
});

describe('a complete profile', () => {
  it('has one Refresh, one Edit, and the initials', async () => {
    await open(MEI);
    expect(screen.getAllByRole('button', { name: /^Refresh/ })).toHaveLength(1);
    expect(screen.getAllByRole('button', { name: /in Cliniko/ })).toHaveLength(1);
    screen.getByText('MM');
  });

  it('breaks no number', async () => {
    await open(MEI);
    const id = screen.getByText(MEI.id); // which screen readers say, and people do not see
    expect(id.nextElementSibling?.textContent).toBe(`${MEI.id.slice(0, 4)}…${MEI.id.slice(-3)}`);
    const [phone] = MEI.phones;
    expect(screen.getByText(phone?.number ?? '')).toHaveClass('whitespace-nowrap');
  });

  it('is up to date as the syncs find it, however long ago it was changed', async () => {
    const { go } = await open(MEI); // stored weeks ago
    const page = within(screen.getByRole('main'));
    const age = page.getByText('Up to date');
    expect(age.closest('[title]')).toHaveAttribute(
      'title',
      expect.stringMatching(/^Synced Nov 3, 2026/),
    );
    go.tell({ problem: sample.refusal('key_refused') });
    await page.findByText(/^Synced Nov 3, 2026/);
  });

  it('calls and writes to whom it shows, and to nobody else', async () => {
    const { go, user } = await open({
      ...MEI,
      phones: [
        { type: 'Mobile', number: '0491 570 156', dialable: true },
        { type: 'Fax', number: '02 5550 1234', dialable: false },
      ],
    });
    await user.click(await button('Call 0491 570 156'));
    await user.click(await button('Write an email'));
    expect(absent('Call 02 5550 1234')).toBeNull();
    expect(go.Profiles.Call.mock.calls).toEqual([[MEI.id, '0491 570 156']]);
    expect(go.Profiles.Mail.mock.calls).toEqual([[MEI.id]]);
    await button('Copy mobile');
    await button('Copy fax');
  });

  it('says what to do when there is no program for it', async () => {
    const { go, user } = await open(MEI);
    go.Profiles.Mail.mockRejectedValueOnce(sample.refusal('contact_trouble'));
    await user.click(await button('Write an email'));
    expect(await screen.findByRole('alert')).toHaveTextContent('What Go says of contact_trouble.');
  });

  it('offers nothing for an email that no program opens', async () => {
    await open({ ...MEI, email: 'n/a', mailable: false });
    await button('Copy email');
    expect(absent('Write an email')).toBeNull();
  });
});

describe('a profile that needs attention', () => {
  it('has one Refresh, and one way to Cliniko, where it says what is missing', async () => {
    const { go, user } = await open(OLIVER);
    const band = (await screen.findByText('Email is missing.')).parentElement;
    expect(band).toHaveTextContent(
      'Email is missing. Add it in Cliniko; this profile then syncs by itself.',
    );
    expect(screen.getAllByRole('button', { name: /^Refresh/ })).toHaveLength(1);
    expect(screen.getAllByRole('button', { name: /in Cliniko/ })).toHaveLength(1);
    await user.click(await button(/^Fix in Cliniko/));
    expect(go.Profiles.OpenInCliniko.mock.calls).toEqual([[OLIVER.id]]);
  });

  const failing = (reason: string, ...kinds: ('missing' | 'in_future')[]): ProfileView => ({
    ...HANA,
    failure: HANA.failure && {
      ...HANA.failure,
      reason,
      problems: kinds.map((kind) => ({
        field: 'date_of_birth' as const,
        label: 'Date of Birth',
        kind,
        text: '',
        value: '',
      })),
    },
  });

  it.each([
    [
      failing('Date of Birth "2099-01-01" is in the future.', 'in_future'),
      'Date of Birth "2099-01-01" is in the future. Correct it in Cliniko; this profile then syncs by itself.',
    ],
    [
      failing('Sex and Email are missing.', 'missing', 'missing'),
      'Sex and Email are missing. Add them in Cliniko; this profile then syncs by itself.',
    ],
    [
      failing('Cliniko’s answer about this client could not be understood.'),
      'Cliniko’s answer about this client could not be understood. TeleHab reads it again by itself.',
    ],
  ])('says what is wrong, and the next step', async (view, text) => {
    await open(view);
    const reason = await screen.findByText(view.failure?.reason ?? '');
    expect(reason.parentElement).toHaveTextContent(text);
  });
});

describe('others with the same email or phone', () => {
  it('who have the same birth date may be duplicates', async () => {
    const { go, user } = await open({ ...MEI, shared: [TWICE, CHILD] });
    expect(screen.getByText('(same birth date and phone)')).toBeVisible();
    await user.click(await button('Compare with Mueller, Mei in Cliniko'));
    await vi.waitFor(() =>
      expect(go.Profiles.OpenInCliniko.mock.calls).toEqual([[MEI.id], [TWICE.id]]),
    );
    expect(absent('Compare with Müller, Lin in Cliniko')).toBeNull();
    await user.click(await button('Mueller, Mei'));
    expect(router.current).toEqual({ name: 'profile', id: TWICE.id });
  });

  it('are a click away', async () => {
    const { user } = await open({ ...MEI, shared: [TWICE, CHILD], sharedMore: 3 });
    const card = within(screen.getByRole('region', { name: 'Same email or phone' }));
    expect(card.getAllByRole('listitem').map((item) => item.textContent.trim())).toEqual([
      expect.stringMatching(/^Müller, Lin\s+.*2018\s+same email$/),
      'and 3 more',
    ]);
    await user.click(card.getByRole('button', { name: /^Müller, Lin/ }));
    expect(router.current).toEqual({ name: 'profile', id: CHILD.id });
  });

  it('are counted where so many have it that it says nothing of them, and shown', async () => {
    const { go, user } = await open({
      ...MEI,
      sharedByMany: [
        { email: true, text: 'desk@example.com', others: 16 },
        { email: false, text: '02 5550 1234', others: 30_000 },
      ],
    });
    const card = within(screen.getByRole('region', { name: 'Same email or phone' }));
    const texts = card.getAllByRole('listitem').map((item) => item.textContent);
    expect(texts[1]).toContain('02\u00a05550\u00a01234');
    expect(texts.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      '16 other clients share this email (often a family’s or the clinic’s own). Show them',
      '30,000 other clients share 02 5550 1234 (often a family’s or a home’s). Show them',
    ]);
    expect(screen.queryByText(/Possible duplicate/)).toBeNull();
    const [first] = card.getAllByRole('button', { name: 'Show them' });
    await user.click(first as HTMLElement);
    expect(await screen.findByLabelText('Search name, birth date, phone, email')).toHaveValue(
      'desk@example.com',
    );
    expect(go.Profiles.Find).toHaveBeenCalledWith(
      expect.objectContaining({ search: 'desk@example.com', filter: 'all' }),
    );
    await user.click(await button('Back to Mei Müller'));
    expect(router.current).toEqual({ name: 'profile', id: MEI.id });
    await heading(/Müller/);
    await user.click(await button('Profiles'));
    expect(absent('Back to Mei Müller')).toBeNull();
  });

  it('who are archived are told apart', async () => {
    await open({ ...MEI, shared: [{ ...TWICE, state: 'archived' }] });
    const band = screen.getByText(/^Possible duplicate:/).closest('p') ?? document.body;
    expect(band).toHaveTextContent(/Mueller, Mei\s+Archived\s+\(same birth date and phone\)/);
  });

  it('are not spoken of where there are none', async () => {
    await open(MEI);
    expect(screen.queryByText('Same email or phone')).toBeNull();
    expect(screen.queryByText(/Possible duplicate/)).toBeNull();
  });
});
