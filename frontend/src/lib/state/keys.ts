/** On macOS a shortcut is held with Cmd, elsewhere with Ctrl. */
const mac = /mac/i.test(navigator.userAgent);

/** As a menu shows it. */
export const keysFor = (key: string) => (mac ? `⌘${key}` : `Ctrl ${key}`);

/** As aria-keyshortcuts wants it. */
export const ariaKeys = (key: string) => `${mac ? 'Meta' : 'Control'}+${key}`;

export function isShortcut(event: KeyboardEvent, key: string): boolean {
  const held = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return held && !event.altKey && !event.shiftKey && event.key.toLowerCase() === key;
}
