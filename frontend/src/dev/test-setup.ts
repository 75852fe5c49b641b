import '@testing-library/jest-dom/vitest';
import { afterEach } from 'vitest';

// jsdom lays nothing out; virtual rows need a window to be in.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 600 },
  offsetWidth: { configurable: true, get: () => 900 },
});
Element.prototype.scrollTo = () => undefined;

afterEach(() => {
  delete window.go;
  delete window.runtime;
});
