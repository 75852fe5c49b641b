// Which network sockets a program and its children have, as Linux tells.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

const attempt = (read, otherwise) => {
  try {
    return read();
  } catch {
    return otherwise; // it has ended meanwhile
  }
};

const parentOf = (pid) =>
  Number(attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1], -1));

/** The program and everything that it started, by process id. */
export function family(pid) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  const found = [pid];
  for (const one of found) found.push(...all.filter((other) => parentOf(other) === one));
  return found;
}

function inodesOf(pid) {
  const open = attempt(() => readdirSync(`/proc/${pid}/fd`), []);
  return open
    .map((fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''))
    .flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

function tcpSockets() {
  return ['tcp', 'tcp6']
    .flatMap((kind) => attempt(() => readFileSync(`/proc/net/${kind}`, 'utf8'), '').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 9)
    .map((fields) => ({ local: fields[1], remote: fields[2], state: fields[3], inode: fields[9] }));
}

/**
 * The addresses, as hexadecimal numbers, on which the program or a child of it listens.
 *
 * @param {number} except a port that the test itself has had opened
 */
export function listening(pid, except) {
  const mine = new Set(family(pid).flatMap(inodesOf));
  return tcpSockets()
    .filter((socket) => socket.state === LISTENING && mine.has(socket.inode))
    .map((socket) => socket.local)
    .filter((address) => parseInt(address.split(':').pop(), 16) !== except);
}
