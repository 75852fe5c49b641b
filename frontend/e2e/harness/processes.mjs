// Starts programs and ends them again, by their process id.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { logs } from './paths.mjs';

const running = new Set();
const started = new Set();

/**
 * Seconds that something may take on a computer that does much else: far more
 * than any needs. A test that waits for less would judge the computer.
 */
export const PATIENCE = 120;

/**
 * Starts a program with its output in build/test-results/logs/NAME.log.
 *
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, stdio?: import('node:child_process').StdioOptions }} options
 *   env is added to the environment of the tests
 */
export function start(name, command, args, { env = {}, stdio = ['ignore', 'pipe', 'pipe'] } = {}) {
  mkdirSync(logs, { recursive: true });
  const logFile = `${logs}/${name}.log`;
  const before = existsSync(logFile) ? statSync(logFile).size : 0; // of earlier starts
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio });
  const file = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });

  const ended = new Promise((done) => {
    child.once('error', (error) => done(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => done(signal ?? code));
  });
  const program = {
    name,
    child,
    ended,
    isRunning: () =>
      child.exitCode === null && child.signalCode === null && child.pid !== undefined,
    /** What it has printed since this start. */
    log: () => readFileSync(logFile).subarray(before).toString(),
    stop: () => stop(program),
  };
  running.add(program);
  started.add(program);
  ended.then(() => running.delete(program));
  return program;
}

/** The end of what each program has printed that was started here. */
export const lastWords = () =>
  [...started].map(({ name, log }) => `${name}:\n${log().split('\n').slice(-20).join('\n')}`).join('\n');

/** Asks the program to end, and makes it when that takes too long. Returns how it ended. */
async function stop(program) {
  if (!program.isRunning()) return program.ended;
  program.child.kill('SIGTERM');
  const force = setTimeout(() => program.child.kill('SIGKILL'), PATIENCE * 1000);
  const how = await program.ended;
  clearTimeout(force);
  return how;
}

/** Ends everything that is still running, the last one first. */
export async function stopAll() {
  for (const program of [...running].reverse()) await stop(program);
}

// A test that dies must not leave a window or a server behind.
process.once('exit', () => {
  for (const program of running) program.child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

// An attempt may wait for something that has gone meanwhile, such as a row that
// was scrolled away: the next attempt looks anew.
const ATTEMPT = 20;

/** @template T @param {T | Promise<T>} attempt */
function soon(attempt) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer in ${ATTEMPT} s`)), ATTEMPT * 1000);
  });
  return Promise.race([attempt, late]).finally(() => clearTimeout(timer));
}

/**
 * Calls attempt() until it returns something true, and returns that.
 *
 * @template T
 * @param {string} what for the error
 * @param {() => T | Promise<T>} attempt errors count as "not yet"
 */
export async function until(what, attempt, { seconds = PATIENCE, program } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let problem = 'no';
  while (Date.now() < deadline) {
    if (program && !program.isRunning()) {
      throw new Error(
        `${program.name} ended (${await program.ended}) before ${what}:\n${program.log()}`,
      );
    }
    try {
      const answer = await soon(attempt());
      if (answer) return answer;
    } catch (error) {
      problem = error.message;
    }
    await sleep(50);
  }
  throw new Error(`waited ${seconds} s in vain for ${what}: ${problem}\n${program?.log() ?? ''}`);
}

/**
 * Reads until what is read equals `expected`, and else fails with the difference.
 * What is on a screen may not be there yet when its heading is.
 *
 * @template T
 * @param {string} what for the error
 * @param {() => T | Promise<T>} read
 * @param {T} expected
 */
export async function equals(what, read, expected) {
  let got;
  const same = async () => isDeepStrictEqual((got = await read()), expected);
  try {
    await until(what, same);
  } catch (cause) {
    assert.deepEqual(got, expected, `${what}: ${cause.message}`);
    throw cause;
  }
}

/** A port of 127.0.0.1 that nobody uses at the moment. */
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
