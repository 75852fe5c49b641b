import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { startAfresh } from './fresh';
import { unanswered } from './unanswered';

// A busy computer is slow, not wrong: everything that is waited for has long
// enough, and no test says less.
const PATIENCE = 20_000;
configure({ asyncUtilTimeout: PATIENCE });
const { waitFor } = vi; // gives up after a second
vi.waitFor = (attempt) => waitFor(attempt, PATIENCE);

// jsdom lays nothing out; virtual rows need a window to be in.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 600 },
  offsetWidth: { configurable: true, get: () => 900 },
  scrollHeight: { configurable: true, get: () => 1_000_000 },
});
Element.prototype.scrollTo = function (this: Element, to?: ScrollToOptions | number) {
  if (typeof to !== 'object' || to.top === undefined || to.top === this.scrollTop) return;
  this.scrollTop = to.top;
  this.dispatchEvent(new Event('scroll'));
};
Element.prototype.scrollIntoView = () => undefined;
window.ResizeObserver = class {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
};
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), { media, matches: false }) as MediaQueryList;

beforeEach(startAfresh);

afterEach(() => {
  delete window.go;
  delete window.runtime;
  const names = unanswered.splice(0);
  expect(names, 'the test gave these no answer').toEqual([]);
});
