// Counts what a stage of `make test` tested: { passed, failed, skipped }.
import { readFileSync } from 'node:fs';

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

// A Go test counts once, whatever number of subtests it has.
function countGo(file) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const names = { pass: 'passed', fail: 'failed', skip: 'skipped' };
  for (const line of read(file).split('\n')) {
    if (!line.startsWith('{')) continue;
    const event = JSON.parse(line);
    if (event.Test && !event.Test.includes('/') && names[event.Action]) sum[names[event.Action]]++;
  }
  return sum;
}

function countVitest(file) {
  const report = JSON.parse(read(file) || '{}');
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

// The closing lines of node's own runner.
function countNode(file) {
  const text = read(file);
  const last = (word) =>
    Number([...text.matchAll(new RegExp(`^\\S+ ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return {
    passed: last('pass'),
    failed: last('fail') + last('cancelled'),
    skipped: last('skipped'),
  };
}

const counters = {
  go: countGo,
  vitest: countVitest,
  node: countNode,
  check: () => ({ passed: 1, failed: 0, skipped: 0 }),
  none: () => ({ passed: 0, failed: 0, skipped: 0 }),
};

/**
 * @param {string} counting the stage's --count: a kind, and perhaps a file
 * @param {string} log the stage's log, for kinds that read their counts there
 * @param {boolean} ok whether the stage ended well; one that did not always has a failure
 */
export function count(counting, log, ok) {
  const [kind, file = log] = counting.split(':');
  const sum =
    ok || !['check', 'none'].includes(kind)
      ? counters[kind](file)
      : { passed: 0, failed: 1, skipped: 0 };
  if (!ok && sum.failed === 0) sum.failed = 1;
  return sum;
}
