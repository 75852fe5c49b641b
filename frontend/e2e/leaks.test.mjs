// Whatever the app wrote in the other tests holds no client's details, no API
// key and no password.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { filesUnder, findLeaks, formsOf, recallSecrets, termsOf } from './harness/leaks.mjs';
import { logs, results } from './harness/paths.mjs';

// Kept by libraries about fonts and shaders, and by the test's own browser.
const NOT_OURS = /\/(\.cache\/fontconfig|\.cache\/mesa_shader_cache|\.config\/chromium)(\/|$)/;

const terms = (secrets) => {
  const { words, texts } = termsOf(secrets.people);
  return { words, texts: [...texts, ...secrets.keys.flatMap(formsOf)] };
};

for (const run of ['browser', 'states', 'window', 'lock', 'open-in']) {
  test(`the ${run} run wrote no personal value and no secret`, () => {
    const secrets = recallSecrets(run);
    assert.ok(secrets.people.length > 200, 'the clinic’s people are known');
    const said = readdirSync(logs).filter((name) => name.startsWith(`${run}-`));
    const written = [`${results}/${run}`, ...said.map((name) => `${logs}/${name}`)];
    const files = filesUnder(written, (path) => NOT_OURS.test(path));
    assert.ok(
      files.some((file) => /\.(db|sqlite)$/.test(file) && !file.includes('hsts')),
      `the app’s database is among ${files.join(' ')}`,
    );
    assert.deepEqual(findLeaks(files, terms(secrets)), []);
  });
}

test('the Go tests wrote no personal value and no secret', () => {
  const files = filesUnder([`${results}/artifacts`]);
  const lists = files.filter((file) => file.endsWith('.secrets.json'));
  const each = lists.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const secrets = {
    people: each.flatMap(({ people }) => people),
    keys: [...new Set(each.flatMap(({ keys }) => keys))],
  };
  const written = files.filter((file) => !lists.includes(file));
  const databases = written.filter((file) => file.endsWith('.db'));
  assert.ok(databases.length > 50 && secrets.people.length > 5000, `${databases.length} stores`);
  assert.deepEqual(findLeaks(written, terms(secrets)), []);
});

test('the search finds what is planted', () => {
  const secrets = recallSecrets('browser');
  const person = secrets.people.find(
    (p) => p.email && p.last_name?.length >= 6 && /^\w+$/.test(p.last_name),
  );
  const noise = Buffer.alloc(5000, 'x y\0');
  const dir = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    const plant = (name, data) =>
      writeFileSync(join(dir, name), Buffer.concat([noise, data, noise]));
    plant('plain', Buffer.from(`{"mail":"${person.email}"}`));
    plant('wide', Buffer.from(` ${person.last_name} `, 'utf16le'));
    plant('header', Buffer.from(`Basic ${Buffer.from(`${secrets.keys[0]}:`).toString('base64')}`));
    plant('clean', Buffer.from('nobody'));
    writeFileSync(join(dir, 'packed'), gzipSync(`born ${person.date_of_birth} ${person.email}`));

    const found = findLeaks(filesUnder([dir]), terms(secrets));
    const names = new Set(found.map((line) => line.slice(dir.length + 1).split(/[: ]/)[0]));
    assert.deepEqual([...names].sort(), ['header', 'packed', 'plain', 'wide']);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
