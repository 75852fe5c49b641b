/**
 * Puts the stand-in on the window. The address says what to show, such as
 * /?stage=imported&count=5000&word=patient&problem=offline, or, for a link that came
 * in, /?stage=imported&link=836447129235000000&trouble=offline&scheme=foreign, or
 * who looks at it, /?stage=imported&may=practitioner,pms_link, &locked, &clinics.
 */
import type { AppState, ErrorView, LinkState, Permission } from '../lib/api/types';
import { FakeGo } from './fake-go';
import type { FakeOptions } from './fake-state';

const asked = new URLSearchParams(location.search);

const MESSAGES: Record<string, string> = {
  offline:
    'This computer cannot reach Cliniko. Check the internet connection; TeleHab tries again by itself.',
  key_refused: 'Cliniko no longer accepts this key. Make a new one in Cliniko and replace it here.',
  keyring_missing:
    'TeleHab found no system keyring. Install one (GNOME Keyring or KWallet), sign out of the computer and in again.',
  store_busy: 'Another copy of TeleHab holds the data. Close it and try again.',
};
const view = (name: string): ErrorView | undefined => {
  const code = asked.get(name);
  return code ? { code, message: MESSAGES[code] ?? code, until: '' } : undefined;
};

const fake = new FakeGo({
  stage: (asked.get('stage') ?? 'new') as FakeOptions['stage'],
  count: Number(asked.get('count') ?? 2013),
  delay: Number(asked.get('delay') ?? 15),
  passTime: Number(asked.get('pass') ?? 4000),
});
const patch: Partial<AppState> = { clientWord: asked.get('word') ?? 'client' };
const keyring = view('keyring');
const store = view('store');
if (keyring) patch.keyring = keyring;
if (store) {
  patch.store = store;
  patch.mayReset = asked.has('reset');
}
Object.assign(fake.state, patch);
fake.state.sync.problem = view('problem') ?? null;
fake.state.sync.unfinished = asked.has('unfinished');
if (asked.has('missing')) fake.lose(Number(asked.get('missing')));

fake.links.trouble = asked.get('trouble') ?? '';
fake.links.delay = Number(asked.get('reply') ?? 900);
fake.links.comesBack = !asked.has('lost');
fake.links.setup.state = (asked.get('scheme') ?? 'ready') as LinkState;
if (asked.has('scheme')) {
  fake.links.setup.owner = 'Example Player';
  fake.links.setup.message = 'Links from Cliniko do not reach TeleHab on this computer.';
}
fake.links.waiting = asked.get('link') ?? '';
fake.state.linkWaiting = asked.has('link');
const may = asked.get('may');
if (may && fake.state.person) fake.state.person.permissions = may.split(',') as Permission[];
if (asked.has('clinics')) {
  fake.accounts.separate('Riverside Physio');
  fake.accounts.use('');
}
if (asked.has('locked')) fake.lockItself();
Object.assign(window, { fake }); // for a click in Cliniko: fake.arrive('…')

window.go = { main: { App: fake } };
window.runtime = fake.runtime;
