/**
 * What the page remembers on this computer by itself: how lists are laid out, and
 * nothing about a clinic or a person. Erasing a clinic takes it along.
 */
/* eslint no-restricted-globals: ["error", "sessionStorage", "indexedDB"] --
   widths, hidden columns and the order of a list say nothing about anybody */

/** What was kept under a name; undefined where there is nothing, or no storage. */
export function recall(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') ?? undefined;
  } catch {
    return undefined; // it is only a convenience
  }
}

export function keep(name: string, value: unknown) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // As above: then it lasts until the window closes.
  }
}
