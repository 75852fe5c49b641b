/**
 * Puts the stand-in on the window. The address says what to show, such as
 * /?stage=imported&count=5000&word=patient&problem=offline.
 */
import type { AppState, ErrorView } from '../lib/api/types';
import { FakeGo, type FakeOptions } from './fake-go';

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
if (store) patch.store = store;
Object.assign(fake.state, patch);
fake.state.sync.problem = view('problem') ?? null;
fake.state.sync.unfinished = asked.has('unfinished');

window.go = { main: { App: fake } };
window.runtime = fake.runtime;
