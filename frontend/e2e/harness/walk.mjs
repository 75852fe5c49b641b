// A walk through the app: steps that follow from one another, each a test. Once
// a step has failed the rest is skipped: it would only wait in vain.
import { test } from 'node:test';
import { lastWords } from './processes.mjs';

/** @param {() => Promise<string>} describe what the screen shows when a step fails */
export function walk(describe) {
  let broken = false;
  return (name, step) =>
    test(name, async (t) => {
      if (broken) return t.skip('a step before it failed');
      try {
        await step();
      } catch (error) {
        broken = true;
        const screen = await describe().catch((problem) => `(not known: ${problem.message})`);
        console.log(`“${name}” failed when the screen said:\n${screen.replace(/^/gm, '    ')}\n`);
        console.log(`The programs' last words:\n${lastWords().replace(/^/gm, '    ')}\n`);
        throw error;
      }
    });
}
