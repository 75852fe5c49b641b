// A walk through the app: steps that follow from one another, each a test. Once
// a step has failed, the rest is not tried: it would only wait in vain.
import { test } from 'node:test';

export function walk() {
  let broken = '';
  return (name, step) =>
    test(name, async () => {
      if (broken) throw new Error(`not tried, because “${broken}” failed`);
      try {
        await step();
      } catch (error) {
        broken = name;
        throw error;
      }
    });
}
