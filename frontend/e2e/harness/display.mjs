// A virtual display.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { pictures } from './paths.mjs';
import { start } from './processes.mjs';

const run = promisify(execFile);

/** Starts Xvfb on a free display and returns its name, such as ":3". */
export async function startDisplay() {
  const program = start(
    'xvfb',
    'Xvfb',
    // Between two programs it stays as it is: one that came while it starts anew would fail.
    ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const number = await new Promise((done, fail) => {
    let said = '';
    program.child.stdio[3].on('data', (data) => {
      said += data;
      if (said.endsWith('\n')) done(said.trim());
    });
    program.ended.then((how) => fail(new Error(`Xvfb ended: ${how}\n${program.log()}`)));
  });
  return `:${number}`;
}

/** Takes a picture of the whole display: what a person would see. */
export async function photograph(display, name) {
  const file = `${pictures}/${name}.png`;
  await run('import', ['-window', 'root', file], { env: { ...process.env, DISPLAY: display } });
  return file;
}

/** Whether a picture shows a page: that of a window with nothing in it yet has a few kilobytes. */
export const isPainted = (picture) => statSync(picture).size > 15_000;

// Where the app's window stands on a display without a window manager, without its rim.
const WINDOW = '[1160x760+60+70]';

/** How many pixels of the app's window differ in two pictures. A blinking caret has about 20. */
export async function difference(one, other) {
  const compare = ['-metric', 'AE', one + WINDOW, other + WINDOW, 'null:'];
  const { stderr } = await run('compare', compare).catch((error) => error); // 1: they differ
  if (!/^[\d.e+]+/.test(stderr)) throw new Error(`compare: ${stderr}`);
  return Number.parseFloat(stderr);
}
