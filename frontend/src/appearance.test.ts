import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { appearance } from '$lib/state/appearance.svelte';
import { startGo } from './testing/go';

const theme = () => document.documentElement.dataset.theme;

describe('Appearance', () => {
  afterEach(() => {
    appearance.choose('system');
    delete document.documentElement.dataset.theme;
  });

  it('follows the system until somebody chooses', async () => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const media = vi.spyOn(window, 'matchMedia').mockReturnValue(system);
    startGo();
    const user = userEvent.setup();
    render(App);
    const open = await screen.findByRole('button', { name: /^Account of/ });
    expect(theme()).toBe('light');
    Object.assign(system, { matches: true });
    system.dispatchEvent(new Event('change'));
    await vi.waitFor(() => expect(theme()).toBe('dark'));

    await user.click(open);
    await user.click(await screen.findByText('Light')); // nothing has a place here, so no role
    await vi.waitFor(() => expect(theme()).toBe('light'));
    // eslint-disable-next-line no-restricted-globals -- what the next start reads
    expect(localStorage.getItem('appearance')).toBe('"light"');
    media.mockRestore();
  });

  it('tells Go once a screen is painted, and again when its colours change', async () => {
    const go = startGo();
    render(App);
    await vi.waitFor(() => expect(go.About.Painted).toHaveBeenLastCalledWith(false));
    appearance.choose('dark');
    await vi.waitFor(() => expect(go.About.Painted).toHaveBeenLastCalledWith(true));
  });

  it('does what the menu bar asks', async () => {
    const go = startGo();
    render(App);
    await screen.findByRole('heading', { name: 'Profiles' });
    go.emit('command', 'settings');
    await screen.findByRole('heading', { name: 'Settings' });
    go.emit('command', 'find');
    await screen.findByRole('dialog');
  });
});
