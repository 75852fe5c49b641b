import { keep, recall } from './kept';

const KEPT = 'plainKeys';

/**
 * Shortcuts of one letter or sign. Whoever dictates, or meets a key by accident,
 * can switch them off; they do nothing where a text is typed.
 */
class PlainKeys {
  on = $state(recall(KEPT) !== false);

  set(on: boolean) {
    this.on = on;
    keep(KEPT, on);
  }
}

export const plainKeys = new PlainKeys();

const TYPED_INTO = 'input, textarea, select, [contenteditable]';
const IN_FRONT = '[role$="dialog"], [role="menu"]';

/** Whether what is pressed is for the screen: no text is typed, and nothing lies over it. */
export const isForScreen = (event: KeyboardEvent) =>
  !event.isComposing &&
  !(event.target instanceof Element && event.target.closest(TYPED_INTO)) &&
  !document.querySelector(IN_FRONT);

export const isPlainKey = (event: KeyboardEvent, key: string) =>
  plainKeys.on &&
  event.key === key &&
  !(event.ctrlKey || event.metaKey || event.altKey) &&
  isForScreen(event);
