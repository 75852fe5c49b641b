import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { AppState } from './lib/api';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import { refusal } from './testing/samples';

function open(state: Partial<AppState> = {}) {
  router.reset({ name: 'settings', section: 'security' });
  const go = startGo(state);
  render(App);
  return { go, user: userEvent.setup() };
}

describe('notifications', () => {
  it('are turned on and off, and the page says why this computer shows none', async () => {
    const { go, user } = open();
    go.Today.SetNotify.mockRejectedValueOnce(
      refusal(
        'notifications_off',
        'Nothing on this computer shows notifications. Ask your IT person.',
      ),
    );
    const setting = within(await screen.findByRole('region', { name: 'Notifications' }));
    expect(setting.getByRole('status')).toHaveTextContent(/^Off$/);
    await user.click(setting.getByRole('button', { name: 'Turn on' }));
    expect(await setting.findByRole('alert')).toHaveTextContent(/Ask your IT person/);
    expect(setting.getByRole('status')).toHaveTextContent(/^Off$/);
    go.Today.SetNotify.mockImplementation(async (notify) => go.set({ notify }));
    await user.click(setting.getByRole('button', { name: 'Turn on' }));
    const off = await setting.findByRole('button', { name: 'Turn off' });
    expect(setting.getByRole('status')).toHaveTextContent(/^On$/);
    await user.click(off);
    await setting.findByRole('button', { name: 'Turn on' });
    expect(setting.queryByRole('alert')).toBeNull();
    expect(go.Today.SetNotify.mock.calls).toEqual([[true], [true], [false]]);
  });

  it('are tried again after one could not be shown', async () => {
    const { go, user } = open({ notify: true, notifyFails: true });
    const setting = within(await screen.findByRole('region', { name: 'Notifications' }));
    await setting.findByText('The last notification could not be shown.');
    go.Today.SetNotify.mockImplementation(async () => go.set({ notifyFails: false }));
    await user.click(setting.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(setting.queryByText(/could not be shown/)).toBeNull());
    expect(setting.getByRole('status')).toHaveTextContent(/^On$/);
    expect(go.Today.SetNotify.mock.calls).toEqual([[true]]);
  });
});
