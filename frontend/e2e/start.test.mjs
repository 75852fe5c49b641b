// How long the real window takes from the start of its process to the first
// screen that is of use, against an empty window of the same toolkit. The figures
// are told; what can fail is whether the screen comes at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { photograph, startDisplay } from './harness/display.mjs';
import { line, tell } from './harness/figures.mjs';
import { median } from './harness/links.mjs';
import { requirePrivateHome, results, root } from './harness/paths.mjs';
import { start, stopAll, until } from './harness/processes.mjs';

const ROUNDS = 7;
const home = requirePrivateHome();
const data = `${home}/data`;
const log = `${data}/logs/telehab.log`;
const telehab = `${root}/build/bin/telehab`;
let display, env;

before(async () => {
  display = await startDisplay();
  env = {
    DISPLAY: display,
    TELEHAB_DATA_DIR: data,
    TELEHAB_PASSWORD: 'velvet otter carries nine lanterns',
    LIBGL_ALWAYS_SOFTWARE: '1', // no graphics card here
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
  };
  // Somebody has an account, so that the store is opened and the sign-in comes.
  const person = ['people', 'add', '--email', 'robin@example.org', '--name', 'Robin Example'];
  execFileSync(telehab, person, { env: { ...process.env, ...env } });
});
after(stopAll);

/** Starts a program and returns after how many milliseconds it was painted. */
async function painted(name, command, time) {
  rmSync(log, { force: true });
  const from = Date.now();
  const program = start(name, command, [], { env });
  const at = await until('the first screen', () => time(program), { program });
  if (name === 'start-app') await photograph(display, 'window-start');
  await program.stop();
  return at - from;
}

const app = () =>
  painted('start-app', telehab, () => {
    if (!existsSync(log)) return 0;
    const line = readFileSync(log, 'utf8').match(/^.*the first screen is painted.*$/m);
    return line && Date.parse(JSON.parse(line[0]).time);
  });

const empty = () =>
  painted('start-empty', `${results}/bin/emptywindow`, (program) =>
    Number(program.log().match(/^painted (\d+)$/m)?.[1] ?? 0),
  );

test('the first screen comes soon after the start', async () => {
  const times = { app: [], empty: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const pair = { empty: await empty(), app: await app() };
    if (round === 0) continue; // from a cold disk
    times.app.push(pair.app);
    times.empty.push(pair.empty);
  }
  const ratio = median(times.app.map((time, i) => time / times.empty[i]));
  assert.ok(ratio > 0);
  const [ours, empties] = [median(times.app), median(times.empty)];
  tell('start', `from the start of the process to the sign-in screen, ${ROUNDS} starts:`, [
    line(`TeleHab ${ours} ms, an empty window ${empties} ms, ratio ${ratio.toFixed(2)}`, ratio, 1.2),
  ]);
});
