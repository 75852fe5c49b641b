import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import App from './App.svelte';
import { router } from './lib/state/route.svelte';
import { startGo } from './testing/go';
import { refusal } from './testing/samples';

const WARNING = /which has no password\. Whoever copies the disk can read the keys/;

function open() {
  const go = startGo();
  router.reset({ name: 'settings', section: 'security' });
  return go;
}

it('warns of a system keyring without a password', async () => {
  const go = open();
  go.Security.Keyring.mockResolvedValue({ unprotected: true });
  render(App);
  expect(await screen.findByText(WARNING)).toBeVisible();
});

it('says nothing of one with a password, or that cannot be asked', async () => {
  for (const answer of ['protected', 'unknown']) {
    const go = open();
    if (answer === 'unknown') {
      go.Security.Keyring.mockRejectedValue(refusal('keyring_locked', 'Unlock it.'));
    }
    const { unmount } = render(App);
    await screen.findByRole('button', { name: 'Change password' });
    expect(go.Security.Keyring).toHaveBeenCalled();
    expect(screen.queryByText(WARNING)).toBeNull();
    unmount();
  }
});
