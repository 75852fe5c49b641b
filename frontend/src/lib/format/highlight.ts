/** A stretch of a text, and whether the search hit it. */
export interface Segment {
  text: string;
  hit: boolean;
}

/**
 * Cuts a text where the search hit it. Go says where, so that the search and its
 * marks compare in one way: the beginning and the end of each hit, one after the
 * other, in UTF-16 units as strings have them here.
 */
export function highlight(text: string, hits: readonly number[] | null | undefined): Segment[] {
  const segments: Segment[] = [];
  let last = 0;
  const add = (end: number, hit: boolean) => {
    if (end > last) segments.push({ text: text.slice(last, end), hit });
    last = Math.max(last, end);
  };
  for (let at = 0; hits && at + 1 < hits.length; at += 2) {
    add(hits[at] ?? last, false);
    add(hits[at + 1] ?? last, true);
  }
  add(text.length, false);
  return segments.length > 0 ? segments : [{ text, hit: false }];
}
