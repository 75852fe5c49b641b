#!/usr/bin/env node
// Every test that docs/SECURITY.md names as a proof must exist and have passed
// in this run. Names in backticks in the table's last column: TestX and FuzzX
// are Go tests (on Linux or under Wine), all others are titles of tests of the
// page or of the whole app.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const results = `${root}/build/test-results`;

const proofs = readFileSync(`${root}/docs/SECURITY.md`, 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const columns = line.split('|').map((text) => text.trim());
    return { check: columns[1], names: [...columns[3].matchAll(/`([^`]+)`/g)].map((found) => found[1]) };
  });

const passedInGo = new Set(
  ['go-test', 'histories']
    .flatMap((name) => readFileSync(`${results}/${name}.jsonl`, 'utf8').split('\n'))
    .filter((line) => line.includes('"Action":"pass"'))
    .map((line) => JSON.parse(line).Test)
    .filter(Boolean),
);

const passedOnWindows = new Set(
  [...readFileSync(`${results}/logs/wine.log`, 'utf8').matchAll(/^--- PASS: (\w+)/gm)].map((found) => found[1]),
);

const passedInPage = new Set(
  JSON.parse(readFileSync(`${results}/vitest.json`, 'utf8'))
    .testResults.flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'passed')
    .map((test) => test.title),
);

const said = readdirSync(`${results}/logs`)
  .filter((name) => /^(e2e-\w+|e2e-open-in|leaks)\.log$/.test(name))
  .map((name) => readFileSync(`${results}/logs/${name}`, 'utf8'))
  .join('\n');
const passedInApp = new Set([...said.matchAll(/✔ (.+?) \([\d.]+m?s\)/g)].map((found) => found[1]));

const missing = [];
for (const { check, names } of proofs) {
  for (const name of names) {
    if (![passedInGo, passedOnWindows, passedInPage, passedInApp].some((passed) => passed.has(name))) {
      missing.push(`check ${check}: "${name}" did not run and pass`);
    }
  }
}
if (proofs.length < 30) missing.push(`the table has ${proofs.length} checks, not 30`);

for (const line of missing) console.error(line);
const count = proofs.reduce((sum, proof) => sum + proof.names.length, 0);
console.log(`${proofs.length} checks, ${count} proofs, ${missing.length} missing`);
process.exit(missing.length ? 1 : 0);
