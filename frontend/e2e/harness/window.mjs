// The release binary in a real window, driven through WebKitWebDriver.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { logs, results, root } from './paths.mjs';
import { freePort, start, until } from './processes.mjs';
import { openSession } from './webdriver.mjs';

const library = `${results}/bin/automation.so`;
const pidFile = `${results}/window.pid`;
const inspectorFile = `${results}/window.inspector`;
const launcher = `${results}/bin/launch`;
const starter = `${results}/bin/start`;
const serverFile = `${results}/window.server`;

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

/**
 * Opens the app's window. The driver starts it, with the driver's environment.
 *
 * @param {string} run whose log it writes
 */
export function openWindow(driver, args = [], run = 'window') {
  script(launcher, startApp(run));
  rmSync(pidFile, { force: true });
  return openSession(driver, { binary: launcher, args });
}

/**
 * Prepares for a window that somebody else starts, such as the desktop: with the
 * program `starter` and any arguments. `opened` becomes the session.
 */
export async function expectWindow(driver, run) {
  rmSync(serverFile, { force: true });
  rmSync(pidFile, { force: true });
  // The driver says where it wants to meet the app, and waits for that. What it
  // started for the app lasts as long as the driver does.
  script(launcher, `echo "$WEBKIT_INSPECTOR_SERVER" >'${serverFile}.new'
mv '${serverFile}.new' '${serverFile}'
while kill -0 "$PPID"; do sleep 0.2; done`);
  script(starter, `WEBKIT_INSPECTOR_SERVER=$(cat '${serverFile}')
export WEBKIT_INSPECTOR_SERVER
${startApp(run)}`);
  const opened = openSession(driver, { binary: launcher, args: [] });
  opened.catch(() => undefined); // whoever awaits it learns of it
  await until('the driver to wait for the app', () => existsSync(serverFile));
  return { starter, opened };
}

const startApp = (run) => `echo $$ >'${pidFile}'
echo "$WEBKIT_INSPECTOR_SERVER" >'${inspectorFile}'
LD_PRELOAD='${library}' exec '${root}/build/bin/telehab' "$@" >>'${logs}/${run}-app.log' 2>&1`;

const script = (file, lines) => writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });

/** The process of the window that was opened last. */
export const windowProcess = () => Number(readFileSync(pidFile, 'utf8'));

/** The port by which the driver looks into the window, as it never is in real use. */
export const inspectorPort = () => Number(readFileSync(inspectorFile, 'utf8').split(':').pop());

/** Ends the app as closing the session or logging out would, and waits for it. */
export async function closeWindow(session) {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  await session?.close();
  if (!pid) return;
  signal(pid, 'SIGTERM');
  await until('the window to end', () => !signal(pid, 0)).catch((error) => {
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
