// The release binary in a real window, driven through WebKitWebDriver.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { results, root } from './paths.mjs';
import { freePort, start, until } from './processes.mjs';
import { openSession } from './webdriver.mjs';

const library = `${results}/bin/automation.so`;
const pidFile = `${results}/window.pid`;
const launcher = `${results}/bin/launch`;

/** Compiles automation.c against the web view that the app was built with. */
export function buildAutomation() {
  mkdirSync(`${results}/bin`, { recursive: true });
  const source = fileURLToPath(new URL('automation.c', import.meta.url));
  const version = process.env.TAGS === '' ? 'webkit2gtk-4.0' : 'webkit2gtk-4.1';
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', version], { encoding: 'utf8' });
  execFileSync('gcc', [
    '-shared',
    '-fPIC',
    '-O2',
    '-o',
    library,
    source,
    ...flags.trim().split(/\s+/),
    '-ldl',
  ]);
}

export async function startDriver(env) {
  const port = await freePort();
  const driver = start('webdriver', 'WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    env,
  });
  const address = `http://127.0.0.1:${port}`;
  await until('WebKitWebDriver to answer', async () => (await fetch(`${address}/status`)).ok, {
    program: driver,
  });
  return address;
}

/** Opens the app's window. The driver starts it, with the driver's environment. */
export async function openWindow(driver, args = []) {
  writeFileSync(
    launcher,
    `#!/bin/sh
echo $$ >'${pidFile}'
LD_PRELOAD='${library}' exec '${root}/build/bin/telehab' "$@" >>'${results}/logs/window-app.log' 2>&1
`,
    { mode: 0o755 },
  );
  rmSync(pidFile, { force: true });
  return openSession(driver, { binary: launcher, args });
}

/** Ends the app as closing the session or logging out would, and waits for it. */
export async function closeWindow(session) {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  await session?.close();
  if (!pid) return;
  signal(pid, 'SIGTERM');
  await until('the window to end', () => !signal(pid, 0), { seconds: 15 }).catch((error) => {
    signal(pid, 'SIGKILL');
    throw error;
  });
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
