/** On macOS a shortcut is held with Cmd, elsewhere with Ctrl. */
const mac = /mac/i.test(navigator.userAgent);

/** As a menu shows it. */
export const keysFor = (key: string) => (mac ? `⌘${key}` : `Ctrl ${key}`);

/** As aria-keyshortcuts wants it. */
export const ariaKeys = (key: string) => `${mac ? 'Meta' : 'Control'}+${key}`;

/** Whether Cmd on macOS, Ctrl elsewhere, is held; Shift may be too. */
export const heldAlone = (event: KeyboardEvent) =>
  (mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey;

export const isShortcut = (event: KeyboardEvent, key: string) =>
  heldAlone(event) && !event.shiftKey && event.key.toLowerCase() === key;

const TEXT = 'input:not([type=radio], [type=checkbox]), textarea, [contenteditable]';

/** Whether text is typed there. */
export const takesText = (target: EventTarget | null) =>
  target instanceof Element && target.closest(TEXT) !== null;
