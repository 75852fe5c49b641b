// Turns `go test -json` into what `go test` prints: one line per package, and
// the output of failing tests.
import { createInterface } from 'node:readline';

const said = new Map();
let tests = 0;

for await (const line of createInterface({ input: process.stdin })) {
  let event;
  try {
    event = JSON.parse(line);
  } catch {
    console.log(line);
    continue;
  }
  // Compiler errors come under the import path, tests under the package.
  const key = `${event.Package ?? event.ImportPath} ${event.Test ?? ''}`;
  if (event.Action === 'build-output') process.stdout.write(event.Output);
  if (event.Action === 'output') {
    said.set(key, (said.get(key) ?? '') + event.Output);
  }
  if (event.Action === 'run') tests++;
  if (event.Action === 'fail' || (!event.Test && event.Action === 'pass')) {
    process.stdout.write(said.get(key) ?? '');
  }
  if (['pass', 'fail', 'skip'].includes(event.Action)) said.delete(key);
}
console.log(`${tests} tests and subtests`);
