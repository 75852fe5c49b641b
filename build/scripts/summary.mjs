// The end of `make test`: the stages with their times, go test's own lines, and
// the count. Fails when something failed or nothing was tested.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { count } from './count.mjs';

const results = 'build/test-results';
const folder = `${results}/stages`;

const stages = (existsSync(folder) ? readdirSync(folder) : [])
  .map((name) => readFileSync(`${folder}/${name}`, 'utf8').trim().split('\t'))
  .map(([name, status, start, end, counting]) => ({
    name,
    ok: status === '0',
    start: Number(start),
    end: Number(end),
    sum: count(counting, `${results}/logs/${name}.log`, status === '0'),
  }))
  .sort((a, b) => a.start - b.start);

const first = Math.min(...stages.map((s) => s.start));
const last = Math.max(...stages.map((s) => s.end));
const total = { passed: 0, failed: 0, skipped: 0 };

console.log('\nstage            from  seconds  passed  failed  skipped');
for (const { name, ok, start, end, sum } of stages) {
  for (const key of Object.keys(total)) total[key] += sum[key];
  const cells = [
    name.padEnd(15),
    (start - first).toFixed(0).padStart(5),
    (end - start).toFixed(0).padStart(8),
    ...[sum.passed, sum.failed, sum.skipped].map((n) => String(n || '').padStart(7)),
  ];
  console.log(cells.join(' ') + (ok ? '' : '  FAILED'));
}
if (stages.length > 0) console.log(`together ${((last - first) / 60).toFixed(1)} minutes\n`);

const goLog = `${results}/logs/go-test.log`;
if (existsSync(goLog)) {
  const lines = readFileSync(goLog, 'utf8').split('\n');
  console.log(lines.filter((line) => /^(ok|FAIL|---|\?)\s/.test(line)).join('\n') + '\n');
}

// The figures are reported, and are no reason to fail.
const figures = `${results}/figures`;
for (const name of existsSync(figures) ? readdirSync(figures) : []) {
  console.log(readFileSync(`${figures}/${name}`, 'utf8'));
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
