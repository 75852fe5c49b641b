// Searches files for what must be in none of them: the details of clients, the
// API key, passwords.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { results } from './paths.mjs';

const folder = `${results}/secrets`;

// A shorter name alone would be found by chance in sealed data: of five bytes,
// one time in a hundred runs. It counts in each form: two Chinese characters are
// six bytes, and four in UTF-16.
const SHORTEST_NAME = 6; // bytes

/** Notes for the search afterwards what a run must not have written. */
export function rememberSecrets(run, secrets) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${run}.json`, JSON.stringify(secrets));
}

export function recallSecrets(run) {
  return JSON.parse(readFileSync(`${folder}/${run}.json`, 'utf8'));
}

/**
 * What to search for, from patients as Cliniko's API gives them.
 *
 * Days on which some record was made or changed are left out: times lie in
 * clear, and a birth date among them would be one of those.
 */
export function termsOf(people) {
  const words = new Set();
  const texts = new Set();
  const days = new Set();
  for (const p of people) {
    for (const time of [p.created_at, p.updated_at, p.archived_at, p.merged_at]) {
      if (time) days.add(time.slice(0, 10));
    }
  }
  for (const p of people) {
    const [first, last, preferred] = [p.first_name, p.last_name, p.preferred_first_name].map(trim);
    for (const name of [first, last, preferred]) {
      words.add(name);
    }
    if (first && last) texts.add(`${first} ${last}`).add(`${last}, ${first}`);
    for (const phone of p.patient_phone_numbers ?? []) {
      texts
        .add(trim(phone.number))
        .add(trim(phone.normalized_number))
        .add(trim(phone.number).replace(/\D/g, ''));
    }
    const born = trim(p.date_of_birth);
    if (born && !days.has(born)) texts.add(born).add(born.split('-').reverse().join('/'));
    for (const text of [p.email, p.address_1, p.medicare, p.notes]) texts.add(trim(text));
  }
  return { words: [...words].filter(canBeSought), texts: [...texts].filter(canBeSought) };
}

const trim = (text) => String(text ?? '').trim();

/** Long enough, and on one line: the search takes one term a line. */
const canBeSought = (term) =>
  Math.min(Buffer.byteLength(term), 2 * term.length) >= SHORTEST_NAME && !/[\r\n\0]/.test(term);

/** A key or a password, in the forms in which it travels. */
export function formsOf(secret) {
  const base64 = (text) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [secret, base64(secret), base64(`${secret}:`), Buffer.from(secret).toString('hex')];
}

/** All files under the paths, except those that skip() names. */
export function filesUnder(paths, skip = () => false) {
  return paths.flatMap((path) => {
    if (skip(path)) return [];
    const stat = statSync(path);
    if (stat.isFile()) return [path];
    if (!stat.isDirectory()) return [];
    return filesUnder(
      readdirSync(path).map((name) => join(path, name)),
      skip,
    );
  });
}

/**
 * Searches each file as it is, as UTF-16 (web views keep text so), and unpacked.
 *
 * @param {string[]} files
 * @param {{ words: string[], texts: string[] }} terms words count only as whole ones
 * @returns {string[]} "file: term" for each kind of finding
 */
export function findLeaks(files, terms) {
  const dir = mkdtempSync(join(tmpdir(), 'leaks-'));
  try {
    const names = new Map();
    for (const file of files) {
      for (const [form, data] of forms(readFileSync(file))) {
        const copy = `${dir}/${names.size}`;
        writeFileSync(copy, data);
        names.set(copy, form ? `${file} (${form})` : file);
      }
    }
    const search = (kind, list, options) => {
      if (list.length === 0) return [];
      writeFileSync(`${dir}/${kind}`, `${list.join('\n')}\n`);
      return grep([...options, '-aoHF', '-f', `${dir}/${kind}`, ...names.keys()]);
    };
    const found = [...search('words', terms.words, ['-w']), ...search('texts', terms.texts, [])];
    return [...new Set(found)].map((line) => {
      const at = line.indexOf(':');
      return `${names.get(line.slice(0, at))}: ${line.slice(at + 1)}`;
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function forms(data) {
  const result = [
    ['', data],
    ['UTF-16', data.toString('utf16le')],
    ['UTF-16, one byte on', data.subarray(1).toString('utf16le')],
  ];
  if (data[0] === 0x1f && data[1] === 0x8b) result.push(['unpacked', gunzipSync(data)]);
  return result;
}

function grep(args) {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 64 << 20 };
    return execFileSync('grep', args, options).trim().split('\n');
  } catch (error) {
    if (error.status === 1) return []; // nothing found
    throw error;
  }
}
