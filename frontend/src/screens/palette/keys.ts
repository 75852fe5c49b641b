/** On macOS, Ctrl-K deletes the rest of a line in every box; there it is Cmd-K. */
export const mac = /mac/i.test(navigator.userAgent);
export const shortcut = mac ? '⌘K' : 'Ctrl K';

export function opensPalette(event: KeyboardEvent): boolean {
  const held = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return held && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
}
