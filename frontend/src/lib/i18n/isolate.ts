/** Hebrew, Arabic and the other scripts that are written from right to left. */
const TO_THE_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Keeps the direction of a text to itself where it stands in another one, as
 * <bdi> does in the page: without it a name in Arabic moves the words around it.
 */
export function isolated(text: string): string {
  return TO_THE_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
