import { expect, it } from 'vitest';
import { TypeAhead } from './type-ahead';

/** A key, so many milliseconds after the start. */
function key(name: string, at: number, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent('keydown', { key: name, ...more });
  Object.defineProperty(event, 'timeStamp', { value: 10_000 + at });
  return event;
}

it('puts letters together until there is a pause', () => {
  const ahead = new TypeAhead();
  expect(ahead.take(key('m', 0))).toEqual([{ typed: 'm', skip: 1 }]);
  expect(ahead.take(key('ü', 200))).toEqual([{ typed: 'mü', skip: 0 }]);
  expect(ahead.take(key(' ', 400))).toEqual([{ typed: 'mü ', skip: 0 }]);
  expect(ahead.take(key('l', 2000))).toEqual([{ typed: 'l', skip: 1 }]);
});

it('goes to the next of a letter when it is typed again, unless a name begins so', () => {
  const ahead = new TypeAhead();
  ahead.take(key('a', 0));
  expect(ahead.take(key('a', 300))).toEqual([
    { typed: 'aa', skip: 0 },
    { typed: 'a', skip: 1 },
  ]);
});

it('ends with any other key, so that Space then selects', () => {
  const ahead = new TypeAhead();
  ahead.take(key('m', 0));
  ahead.take(key('Home', 100));
  expect(ahead.take(key(' ', 200))).toBeNull();
});

it('leaves alone what is no text', () => {
  const ahead = new TypeAhead();
  for (const name of ['Enter', 'ArrowDown', 'F5', ' ']) expect(ahead.take(key(name, 0))).toBeNull();
  expect(ahead.take(key('f', 0, { ctrlKey: true }))).toBeNull();
  expect(ahead.take(key('f', 0, { metaKey: true }))).toBeNull();
});
