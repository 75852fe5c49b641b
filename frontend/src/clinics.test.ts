import { readFileSync } from 'node:fs';
import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { ClinicColor, ListingView, Permission } from './lib/api';
import { router, type Route } from './lib/state/route.svelte';
import { later, startGo, type CannedGo } from './testing/go';
import * as sample from './testing/samples';

const { CLINIC, DANA, HARBOUR, RIVERSIDE } = sample;
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const absent = (name: string | RegExp) => screen.queryByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
/** Nothing has a place here, so what a menu holds has no role. */
const choice = async (text: string) => {
  const found = await screen.findAllByText(text);
  return found
    .flatMap((each) => each.closest('[role=menuitemradio], [role=menuitem]') ?? [])
    .at(-1);
};

const KEY = 'MS0xMjM0NTY3ODkwriverside-au2';
const INTEGRATION: Route = { name: 'settings', section: 'integration' };
const OWNER: Permission[] = ['practitioner', 'pms_link', 'pms_link.create', 'pms_link.modify'];

/** Both clinics are on this computer. */
function withBoth(permissions: Permission[] = OWNER) {
  const go = startGo({ person: { ...DANA, permissions } });
  go.Clinics.List.mockResolvedValue([HARBOUR, RIVERSIDE]);
  go.Clinics.Use.mockImplementation(async (account) =>
    shows(go, account === '7' ? RIVERSIDE : HARBOUR),
  );
  return go;
}

/** Go shows this one of the two from now on. */
function shows(go: CannedGo, { account, name, color }: typeof HARBOUR) {
  const places = [HARBOUR, RIVERSIDE].map((each) => ({
    ...each,
    current: each.account === account,
  }));
  go.Clinics.List.mockResolvedValue(places);
  const generation = go.state.generation + 1;
  const sync = { ...go.state.sync, generation };
  return go.set({ clinic: { ...CLINIC, name, color }, generation, sync });
}

/** In which colour the clinic of this name is shown beside it. */
function colorBeside(element: Element | null | undefined): string {
  const marks = [...(element?.querySelectorAll('[style*="--clinic-"]') ?? [])];
  return marks.map((mark) => /--clinic-(\w+)/.exec(mark.getAttribute('style') ?? '')?.[1]).join();
}

describe('the clinic', () => {
  it('is named on every screen, with its colour', async () => {
    const go = startGo({ clinic: { ...CLINIC, color: 'violet' } });
    go.Sync.List.mockReturnValue(later<ListingView>().promise);
    render(App);
    const routes: Route[] = [
      { name: 'today' },
      { name: 'profiles' },
      { name: 'attention' },
      { name: 'profile', id: sample.OLIVER.id },
      { name: 'sync' },
      INTEGRATION,
      { name: 'settings', section: 'audit' },
    ];
    for (const route of routes) {
      router.go(route);
      const menu = await button('Clinic: Harbour Physio');
      expect(menu).toHaveTextContent('HP Harbour Physio');
      expect(colorBeside(menu)).toBe('violet');
    }
  });

  it.each([
    ['sign-in', sample.SIGNED_OUT, 'TeleHab'],
    ['lock', sample.LOCKED, 'TeleHab is locked'],
  ])('is named on the %s screen, with its colour', async (_, change, title) => {
    startGo({ ...change, clinic: { ...CLINIC, color: 'orange' } });
    render(App);
    await heading(title);
    const name = screen.getByText('Harbour Physio');
    expect(colorBeside(name.parentElement)).toBe('orange');
  });

  it('keeps its colour from the sign-in on through a lock that Go has not heard of', async () => {
    const go = startGo({ clinic: { ...CLINIC, color: 'pink' } });
    render(App);
    await button('Clinic: Harbour Physio');
    go.emit('lock', go.state.session);
    await heading('TeleHab is locked');
    expect(colorBeside(screen.getByText('Harbour Physio').parentElement)).toBe('pink');
  });
});

describe('a place without a clinic', () => {
  it('says that another one is on this computer, and leads there', async () => {
    const go = withBoth();
    go.set({ clinic: null });
    const user = userEvent.setup();
    render(App);
    await heading('No clinic is connected here');
    screen.getByText('Riverside Physio is on this computer as well.');
    router.go(INTEGRATION);
    await heading('Set up Cliniko integration');
    expect(await screen.findByText('Riverside Physio is on this computer as well.')).toBeVisible();
    await user.click(await button('Switch to Riverside Physio'));
    await button('Clinic: Riverside Physio');
    expect(go.Clinics.Use.mock.calls).toEqual([['7']]);
  });

  it('offers what is there where no other clinic is', async () => {
    startGo({ clinic: null });
    render(App);
    await heading('No clinic is connected yet');
    expect(absent(/^Switch to/)).toBeNull();
  });
});

describe('the menu of clinics', () => {
  it('has those of this computer, the one that is shown ticked', async () => {
    withBoth();
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinic: Harbour Physio'));
    const [here, other] = [await choice('Harbour Physio'), await choice('Riverside Physio')];
    expect([here, other].map((each) => each?.getAttribute('aria-checked'))).toEqual([
      'true',
      'false',
    ]);
    expect([here, other].map(colorBeside)).toEqual(['teal', 'blue']);
  });

  it('keeps its order, whichever is shown', async () => {
    const go = withBoth();
    shows(go, RIVERSIDE);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinic: Riverside Physio'));
    const other = await choice('Harbour Physio');
    const choices = [...(other?.parentElement?.querySelectorAll('[role=menuitemradio]') ?? [])];
    expect(choices.map((each) => [each.textContent.trim(), each.ariaChecked])).toEqual([
      ['HP Harbour Physio', 'false'],
      ['RP Riverside Physio', 'true'],
    ]);
  });

  it('switches with the keyboard alone, starts every screen anew and says where one is', async () => {
    const go = withBoth();
    const user = userEvent.setup();
    render(App);
    await heading('Profiles');
    router.go(INTEGRATION);
    const menu = await button('Clinic: Harbour Physio');
    menu.focus();
    await user.keyboard('{Enter}');
    expect(await choice('Riverside Physio')).toBeDefined();
    await user.keyboard('{ArrowDown}{Enter}');
    const now = await button('Clinic: Riverside Physio');
    expect(colorBeside(now)).toBe('blue');
    expect(go.Clinics.Use.mock.calls).toEqual([['7']]);
    await heading('Profiles');
    expect(router.canGoBack).toBe(false);
    await vi.waitFor(() =>
      expect(screen.getAllByRole('status').map((each) => each.textContent)).toContain(
        'Switched to Riverside Physio',
      ),
    );
  });

  it('says why it cannot switch, and stays', async () => {
    const go = withBoth();
    go.Clinics.Use.mockRejectedValue(sample.refusal('store_busy', 'Try again in a minute.'));
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinic: Harbour Physio'));
    const other = await choice('Riverside Physio');
    if (other) await user.click(other);
    expect(await screen.findByText('Try again in a minute.')).toBeVisible();
    await button('Clinic: Harbour Physio');
  });

  it('of a clinic that is alone has that one, and offers another', async () => {
    const go = startGo();
    go.Clinics.ConnectSeparately.mockRejectedValueOnce(
      sample.refusal('sign_in_refused', 'Wrong password.'),
    );
    go.Clinics.ConnectSeparately.mockRejectedValueOnce(
      sample.refusal('invalid', 'This key belongs to the clinic that is connected here.'),
    );
    go.Clinics.ConnectSeparately.mockImplementationOnce(async () => shows(go, RIVERSIDE));
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinic: Harbour Physio'));
    expect((await choice('Harbour Physio'))?.getAttribute('aria-checked')).toBe('true');
    await user.click(await screen.findByText('Add a clinic'));
    const dialog = await screen.findByRole('dialog', { name: 'Add a clinic' });
    await user.click(within(dialog).getByRole('button', { name: 'Add clinic' }));
    expect(await within(dialog).findByText('Paste the API key first.')).toBeVisible();
    await user.type(within(dialog).getByLabelText('API key'), KEY);
    await user.keyboard('{Enter}');
    expect(await within(dialog).findByText('Enter your password.')).toBeVisible();
    expect(go.Clinics.ConnectSeparately.mock.calls).toEqual([]);
    const own = within(dialog).getByLabelText('Your password');
    expect(own).toHaveFocus();
    await user.type(own, 'wrong horses{Enter}');
    expect(await within(dialog).findByText('Wrong password.')).toBeVisible();
    expect(own).toHaveValue('');
    expect(own).toHaveFocus();
    await user.type(own, 'four brown horses{Enter}');
    expect(await within(dialog).findByText(/^This key belongs to the clinic/)).toBeVisible();
    expect(within(dialog).getByLabelText('API key')).toHaveFocus();
    await user.keyboard('{Enter}');
    await heading(/^Riverside Physio/);
    expect(go.Clinics.ConnectSeparately.mock.calls).toEqual([
      [KEY, 'wrong horses'],
      [KEY, 'four brown horses'],
      [KEY, 'four brown horses'],
    ]);
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.documentElement.outerHTML).not.toContain(KEY);
  });

  it.each([
    ['whoever may not connect one', { person: { ...DANA, permissions: ['pms_link.modify'] } }],
    ['the demo', { demo: true }],
  ] as const)('does not offer another one to %s', async (_, change) => {
    startGo(change as Parameters<typeof startGo>[0]);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinic: Harbour Physio'));
    expect(await choice('Harbour Physio')).toBeDefined();
    expect(screen.queryByText('Add a clinic')).toBeNull();
  });

  it('leads away from a store without a clinic too', async () => {
    const go = startGo({ ...sample.UNCONNECTED });
    go.Clinics.List.mockResolvedValue([HARBOUR, RIVERSIDE]);
    go.Clinics.Use.mockImplementation(async () => shows(go, RIVERSIDE));
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Clinics on this computer'));
    const other = await choice('Riverside Physio');
    if (other) await user.click(other);
    await button('Clinic: Riverside Physio');
  });
});

/** Tells what has been scrolled into view since, alone or with what is around it. */
function watchScrolling() {
  const scrolling = vi.spyOn(Element.prototype, 'scrollIntoView');
  return (what: Element) =>
    scrolling.mock.contexts.some((each) => (each as Element).contains(what));
}

describe('a second clinic', () => {
  const refused = sample.refusal('other_clinic', 'This key belongs to Riverside Physio.');

  it('is added where its key was refused', async () => {
    const go = withBoth();
    const scrolledTo = watchScrolling();
    go.Integration.Connect.mockRejectedValue(refused);
    go.Clinics.ConnectSeparately.mockImplementation(async () => shows(go, RIVERSIDE));
    router.reset(INTEGRATION);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Replace key'));
    await user.type(screen.getByLabelText('API key'), KEY);
    await user.click(await button('Save'));
    expect(scrolledTo(await screen.findByText(/^This key belongs to Riverside/))).toBe(true);
    expect(screen.getByLabelText('API key')).toHaveFocus();
    await user.click(await button('Add a clinic'));
    const dialog = await screen.findByRole('dialog', { name: 'Add a clinic' });
    await user.click(within(dialog).getByRole('button', { name: 'Add clinic' }));
    expect(await within(dialog).findByText('Enter your password.')).toBeVisible();
    expect(go.Clinics.ConnectSeparately.mock.calls).toEqual([]);
    await user.type(within(dialog).getByLabelText('Your password'), 'four brown horses{Enter}');
    await heading(/^Riverside Physio/);
    expect(go.Clinics.ConnectSeparately.mock.calls).toEqual([[KEY, 'four brown horses']]);
    expect(screen.queryByLabelText('API key')).toBeNull();
  });

  it('is not offered to whoever may not connect one', async () => {
    const go = startGo({ person: { ...DANA, permissions: ['pms_link', 'pms_link.modify'] } });
    go.Integration.Connect.mockRejectedValue(refused);
    router.reset(INTEGRATION);
    const user = userEvent.setup();
    render(App);
    await user.click(await button('Replace key'));
    await user.type(screen.getByLabelText('API key'), `${KEY}{Enter}`);
    await screen.findByText(/This key belongs to Riverside/);
    expect(absent('Add a clinic')).toBeNull();
  });

  it('is found on the sign-in screen', async () => {
    const go = startGo(sample.SIGNED_OUT);
    go.Clinics.List.mockResolvedValue([HARBOUR, RIVERSIDE]);
    go.Clinics.Use.mockImplementation(async () => shows(go, RIVERSIDE));
    const user = userEvent.setup();
    render(App);
    const other = await button('Switch to Riverside Physio');
    expect(colorBeside(other)).toBe('blue');
    await user.click(other);
    await button('Switch to Harbour Physio');
    expect(await screen.findByText('Riverside Physio')).toBeVisible();
    expect(go.Clinics.Use.mock.calls).toEqual([['7']]);
  });
});

describe('the colour of a clinic', () => {
  it('is chosen in Software integration', async () => {
    const go = startGo({ person: { ...DANA, permissions: OWNER } });
    go.Clinics.SetColor.mockImplementation(async (color) =>
      go.set({ clinic: { ...CLINIC, color } }),
    );
    router.reset(INTEGRATION);
    const user = userEvent.setup();
    render(App);
    const choices = await screen.findByRole('group', { name: 'Colour' });
    const named = within(choices).getAllByRole<HTMLInputElement>('radio');
    expect(named.map((each) => each.getAttribute('aria-label'))).toEqual([
      'Teal',
      'Blue',
      'Violet',
      'Pink',
      'Orange',
      'Green',
    ]);
    expect(named.map(({ checked }) => checked).indexOf(true)).toBe(0);
    await user.click(within(choices).getByRole('radio', { name: 'Violet' }));
    await vi.waitFor(async () =>
      expect(colorBeside(await button('Clinic: Harbour Physio'))).toBe('violet'),
    );
    expect(go.Clinics.SetColor.mock.calls).toEqual([['violet']]);
  });

  it('is not offered to whoever may not change the integration', async () => {
    startGo({ person: { ...DANA, permissions: ['pms_link'] } });
    router.reset(INTEGRATION);
    render(App);
    await heading(/^Harbour Physio/);
    expect(screen.queryByRole('group', { name: 'Colour' })).toBeNull();
  });

  const tokens = readFileSync('src/tokens.css', 'utf8');

  /** WCAG 2: how much lighter one is than the other. */
  function contrast(a: string, b: string): number {
    const [light = 0, dark = 0] = [a, b].map(luminance).sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  }
  function luminance(hex: string): number {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  /** A token's values: the light one, and the dark one where it has another. */
  const values = (name: string) =>
    [...tokens.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6});`, 'g'))].map(([, hex = '']) => hex);

  it.each<ClinicColor>(['teal', 'blue', 'violet', 'pink', 'orange', 'green'])(
    '%s can be told from every ground, and its letters be read, in both themes',
    (color) => {
      const [hex = '', ...others] = values(`clinic-${color}`);
      expect(others).toEqual([]);
      expect(values('on-clinic')).toEqual(['#ffffff']);
      expect(contrast(hex, '#ffffff')).toBeGreaterThanOrEqual(4.5);
      const grounds = ['sidebar', 'canvas', 'surface', 'raised'].flatMap(values);
      expect(grounds).toHaveLength(8);
      for (const ground of grounds) expect(contrast(hex, ground)).toBeGreaterThanOrEqual(3);
    },
  );
});
