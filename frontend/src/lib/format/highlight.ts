/** A stretch of a text, and whether the search hit it. */
export interface Segment {
  text: string;
  hit: boolean;
}

/** Letters that Unicode does not take apart into a letter and a mark. */
const WHOLE: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
  '’': "'",
};

const folded = new Map<string, string>();

/** One letter as the search sees it: lower case, without accents. */
function fold(letter: string): string {
  let bare = folded.get(letter);
  if (bare === undefined) {
    bare = letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    bare = WHOLE[bare] ?? bare;
    folded.set(letter, bare); // no more of them than there are letters
  }
  return bare;
}

/** As the search compares a number: its last nine digits, without the zero before an area. */
const local = (digits: string) => digits.slice(-9).replace(/^0/, '');

const isDigits = (text: string) => /^[\d\s+()-]+$/.test(text) && /\d/.test(text);

/** Where each needle occurs in the letters, as a mask over them; null is nowhere. */
function mark(
  letters: string[],
  needles: string[],
  skip: (letter: string) => boolean,
): boolean[] | null {
  // Where in `letters` each character of the folded text came from.
  const origin: number[] = [];
  let text = '';
  letters.forEach((letter, index) => {
    if (skip(letter)) return;
    const bare = fold(letter);
    text += bare;
    while (origin.length < text.length) origin.push(index);
  });
  let hits: boolean[] | null = null;
  for (const needle of needles.filter(Boolean)) {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      const first = origin[at] ?? 0;
      const last = origin[at + needle.length - 1] ?? first;
      hits ??= new Array<boolean>(letters.length).fill(false);
      hits.fill(true, first, last + 1);
    }
  }
  return hits;
}

/**
 * Cuts a text into segments by what the search hit: every word of the query, with
 * no regard to case and accents; digits also across the spaces of a number.
 */
export function highlight(text: string, query: string): Segment[] {
  const words = query.split(/[\s,]+/).map((word) => [...word].map(fold).join(''));
  const needles = words.filter((word) => word !== '');
  if (needles.length === 0 || text === '') return [{ text, hit: false }];

  const letters = [...text];
  let hits = mark(letters, needles, () => false);
  if (isDigits(query) && isDigits(text)) {
    const digits = local(query.replace(/\D/g, ''));
    hits = mark(letters, [digits], (letter) => !/\d/.test(letter));
  }

  if (!hits) return [{ text, hit: false }];

  const segments: Segment[] = [];
  letters.forEach((letter, index) => {
    const hit = hits[index] ?? false;
    const last = segments.at(-1);
    if (last?.hit === hit) last.text += letter;
    else segments.push({ text: letter, hit });
  });
  return segments;
}
