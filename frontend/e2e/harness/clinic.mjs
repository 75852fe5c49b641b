// The fake clinic: a simulated Cliniko on a loopback address.
import { results } from './paths.mjs';
import { start, until } from './processes.mjs';

/**
 * @param {string[]} flags of `fakeclinic serve`; an --addr among them wins
 * @returns its address, such as http://127.0.0.1:40495/v1, and its API key
 */
export async function startClinic(flags) {
  const program = start('clinic', `${results}/bin/fakeclinic`, ['--addr', '127.0.0.1:0', ...flags]);
  const said = (word) => program.log().match(new RegExp(`^${word} (\\S+)$`, 'm'))?.[1];
  const address = await until('the fake clinic to listen', () => said('address'), { program });
  const key = await until('its key', () => said('key'), { program });
  return {
    address,
    key,
    ask: (path) => ask(address, key, path),
    people: () => people(address, key),
    change: (id, action, fields) => change(address, id, action, fields),
    stop: () => program.stop(),
  };
}

async function ask(address, key, path) {
  const response = await fetch(path.startsWith('http') ? path : address + path, {
    headers: {
      Authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'User-Agent': 'TeleHab tests (tests@example.com)',
    },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/**
 * Does on a client's page what somebody in the clinic does: save (with the fields
 * that change), archive, unarchive.
 */
async function change(address, id, action, fields = {}) {
  const body = new URLSearchParams({ action, ...fields });
  const page = new URL(`/patients/${id}`, address);
  const response = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  if (response.status !== 303) throw new Error(`${action} ${id}: ${response.status}`);
}

/** Everybody whom the clinic has, archived ones too, as Cliniko tells of them. */
async function people(address, key) {
  const everybody = [];
  let next = `/patients?per_page=100&${new URLSearchParams({ 'q[]': 'archived_at:*' })}`;
  while (next) {
    const page = await ask(address, key, next);
    everybody.push(...page.patients);
    next = page.links.next;
  }
  return everybody;
}

/** A key of the right shape that the clinic does not know. */
export function wrongKey(key) {
  const [secret, shard] = key.split('-');
  return `${secret.slice(0, -6)}${secret.slice(-6) === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA'}-${shard}`;
}
