import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import { router } from './lib/state/route.svelte';
import { Zoom } from './lib/state/zoom.svelte';
import { startGo } from './testing/go';
import { HANA, MEI, OLIVER, rowOf } from './testing/samples';

const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name });
const search = () => screen.findByLabelText('Search name, birth date, phone, email');
const activeRow = (grid: HTMLElement) =>
  document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');

/** The seven clients of the samples, by name: Abara, Chen, Ivanova, Müller, Patel, Quinn, Zhang. */
async function list() {
  const go = startGo();
  const user = userEvent.setup();
  render(App);
  const grid = await screen.findByRole('grid', { name: 'Profiles' });
  await waitFor(() => {
    expect(grid).toHaveAttribute('aria-rowcount', '8');
  });
  return { go, user, grid };
}

describe('by keyboard', () => {
  it('the search is reached from any screen', async () => {
    const { user } = await list();
    await user.keyboard('/');
    expect(await search()).toHaveFocus();
    await user.keyboard('a/b'); // here it is a letter like others
    expect(await search()).toHaveValue('a/b');
    router.go({ name: 'settings', section: 'about' });
    await heading('Settings');
    await user.keyboard('/');
    await waitFor(async () => {
      expect(await search()).toHaveFocus();
    });
  });

  it.each(['{Escape}', '{Alt>}{ArrowLeft}{/Alt}'])('%s goes back to the row', async (keys) => {
    const { user, grid } = await list();
    grid.focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await heading(/Hana.*Ivanova/);
    expect(router.current).toMatchObject({ id: HANA.id });
    await user.keyboard(keys);
    const again = await screen.findByRole('grid', { name: 'Profiles' });
    await waitFor(() => {
      expect(again).toHaveFocus();
    });
    expect(activeRow(again)).toHaveTextContent(/^\s*Ivanova, Hana/);
  });

  it('J and K go through the list that a profile was chosen in', async () => {
    const { user, grid } = await list();
    grid.focus();
    await user.keyboard('{ArrowDown}{Enter}');
    await heading(/Oliver.*Chen/);
    await screen.findByText('2 of 7');
    await user.keyboard('j');
    await heading(/Hana.*Ivanova/);
    await screen.findByText('3 of 7');
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await heading(/Mei.*Müller/);
    await user.keyboard('kk');
    await waitFor(() => {
      expect(router.current).toMatchObject({ id: OLIVER.id });
    });
    await user.keyboard('{Escape}'); // to the list, not to who was shown before
    const again = await screen.findByRole('grid', { name: 'Profiles' });
    await waitFor(() => {
      expect(activeRow(again)).toHaveTextContent(/^\s*Chen, Oliver/);
    });
  });

  it('the list ends where it ends', async () => {
    const { user, grid } = await list();
    grid.focus();
    await user.keyboard('{Enter}');
    await heading(/Ngozi.*Abara/);
    expect(await screen.findByRole('button', { name: 'Previous profile' })).toBeDisabled();
    await user.keyboard('k');
    await screen.findByText('1 of 7');
  });

  it('J and K go through what a search of the box has found, and no further', async () => {
    const { go, user } = await list();
    go.lists.all['e'] = [rowOf(MEI), rowOf(HANA), rowOf(OLIVER)];
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('e');
    const box = await screen.findByRole('listbox');
    await waitFor(() => {
      expect(within(box).getAllByRole('option')[1]).toHaveTextContent(/Ivanova, Hana/);
    });
    await user.keyboard('{ArrowDown}{Enter}');
    await heading(/Hana.*Ivanova/);
    await screen.findByText('2 of 3');
    await user.keyboard('j');
    await heading(/Oliver.*Chen/);
    expect(await screen.findByRole('button', { name: 'Next profile' })).toBeDisabled();
    await user.keyboard('kk');
    await heading(/Mei.*Müller/);
    expect(await screen.findByRole('button', { name: 'Previous profile' })).toBeDisabled();
    await user.keyboard('{Escape}');
    await screen.findByRole('grid', { name: 'Profiles' });
  });

  it('who was found in another way stands in no list', async () => {
    await list();
    router.go({ name: 'profile', id: MEI.id });
    await heading(/Mei.*Müller/);
    expect(screen.queryByRole('button', { name: 'Next profile' })).toBeNull();
  });

  it('Ctrl A selects what is typed, rows of a list, and nothing else', async () => {
    const { user, grid } = await list();
    const selected = () => document.getSelection()?.toString() ?? '';
    (await heading('Profiles')).focus();
    await user.keyboard('{Control>}a{/Control}');
    expect(selected()).toBe('');
    expect(screen.queryByRole('toolbar', { name: 'Selection' })).toBeNull();
    grid.focus();
    await user.keyboard('{Control>}a{/Control}');
    expect(await screen.findByRole('toolbar', { name: 'Selection' })).toHaveTextContent(
      /^7 selected/,
    );
    expect(selected()).toBe('');
    const box = (await search()) as HTMLInputElement;
    await user.type(box, 'mei');
    await user.keyboard('{Control>}a{/Control}');
    expect([box.selectionStart, box.selectionEnd]).toEqual([0, 3]);
  });

  it('everything is made larger and smaller, and stays so', async () => {
    const { user } = await list();
    const size = () => document.documentElement.style.fontSize;
    await user.keyboard('{Control>}={/Control}');
    expect(size()).toBe('110%');
    await user.keyboard('{Control>}{Shift>}+{/Shift}++++++++{/Control}');
    expect(size()).toBe('200%');
    expect(new Zoom().percent).toBe(200); // as after the next start
    await user.keyboard('{Control>}0{/Control}');
    expect(size()).toBe('');
    await user.keyboard('{Control>}-----{/Control}');
    expect(size()).toBe('80%');
    await user.keyboard('{Control>}0{/Control}0-');
    expect(size()).toBe('');
    expect(new Zoom().percent).toBe(100);
  });

  it('the shortcuts are shown, and those of one key can be switched off', async () => {
    const { user } = await list();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(sheet).toHaveTextContent('Go back Esc');
    await user.click(screen.getByRole('checkbox', { name: /^Shortcuts of a single key/ }));
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    await user.keyboard('?/');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(await search()).not.toHaveFocus();
    router.go({ name: 'profile', id: OLIVER.id });
    await heading(/Oliver.*Chen/);
    await user.keyboard('{Escape}'); // no letter, so it stays
    await heading('Profiles');
  });
});
