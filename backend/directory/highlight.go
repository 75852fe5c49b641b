package directory

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Highlighter tells which parts of a displayed text a search has hit. It
// compares as the search does, letter by letter of the displayed text.
type Highlighter struct{ terms terms }

// Highlighter returns one for a search.
func (d *Directory) Highlighter(search string) Highlighter {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return Highlighter{parseTerms(search, d.country)}
}

// Hits are the parts of a text that were hit: the start and the end of each in
// turn, in UTF-16 units as the page counts them.
type Hits []int

// letter is one character on the screen, which may consist of several code
// points.
type letter struct {
	spellings  []string // folded, only letters and digits
	begins     bool     // a word, or what may be one
	space      bool     // before it
	start, end int      // in UTF-16 units
	bytes      [2]int   // the same in the folded text
}

// lettersOf splits a displayed text into letters, and folds it.
func lettersOf(text string) (all []letter, folded string) {
	var plain strings.Builder
	begins, space, at := true, false, 0
	for len(text) > 0 {
		size := max(1, norm.NFKC.NextBoundaryInString(text, true))
		l := letter{start: at, begins: begins, space: space}
		spelt := spellings(prepare(text[:size]))
		for _, r := range text[:size] {
			at += max(1, utf16Length(r))
		}
		l.end = at
		l.bytes[0] = plain.Len()
		plain.WriteString(spelt[0])
		l.bytes[1] = plain.Len()
		text = text[size:]
		for _, s := range spelt {
			l.spellings = append(l.spellings, squeezed(s))
		}
		if l.spellings[0] == "" {
			begins = true
			space = space || strings.ContainsAny(spelt[0], " /(),")
			if plain.Len() == l.bytes[0] {
				continue // an invisible character, or a mark of its own
			}
		} else {
			begins, space = isSpaceless(l.spellings[0]), false
			l.begins = l.begins || begins
		}
		all = append(all, l)
	}
	return all, plain.String()
}

func utf16Length(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Name returns the hits in a name: beginnings of words.
func (h Highlighter) Name(text string) Hits {
	letters, _ := lettersOf(text)
	hit := make([]bool, len(letters))
	before := false
	for i := range h.terms {
		own := markWords(letters, hit, h.terms[i].keys)
		if !own || !before {
			own = markWords(letters, hit, h.terms[i].keysTogether) || own
		}
		before = own
	}
	return hitsOf(letters, hit)
}

// markWords marks what begins with one of the keys, and reports whether
// anything does.
func markWords(letters []letter, hit []bool, keys []string) (found bool) {
	for i := range letters {
		if !letters[i].begins || letters[i].spellings[0] == "" {
			continue
		}
		for _, key := range keys {
			for at := i; at < reach(letters, i, key); at++ {
				hit[at], found = true, true
			}
		}
	}
	return found
}

// reach returns the index after the letters that a key matches from this one
// on, or from itself if the key does not match.
func reach(letters []letter, from int, key string) int {
	type step struct {
		at   int
		rest string
	}
	open := []step{{from, key}}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		if s.rest == "" {
			if mayJoin(letters[from:s.at], s.at == len(letters) || letters[s.at].begins || letters[s.at].spellings[0] == "", key) {
				return s.at
			}
			continue
		}
		if s.at == len(letters) {
			continue
		}
		for _, spelt := range letters[s.at].spellings {
			if rest, ok := strings.CutPrefix(s.rest, spelt); ok {
				open = append(open, step{s.at + 1, rest})
			} else if strings.HasPrefix(spelt, s.rest) {
				open = append(open, step{s.at + 1, ""}) // the first half of ß
			}
		}
	}
	return from
}

// mayJoin reports whether a key may match letters across a space, by the same
// rule as the search.
func mayJoin(taken []letter, wordEnds bool, key string) bool {
	word := ""
	for i := range taken {
		if i > 0 && taken[i].space && taken[i].spellings[0] != "" {
			if !isParticle(word) && !isSpaceless(word) {
				return wordEnds || utf8.RuneCountInString(key) >= surelyJoined
			}
			word = ""
		}
		word += taken[i].spellings[0]
	}
	return true
}

// Email returns the hits in an email: any part.
func (h Highlighter) Email(text string) Hits {
	letters, folded := lettersOf(text)
	hit := make([]bool, len(letters))
	for i := range h.terms {
		markAll(letters, hit, folded, h.terms[i].text)
	}
	return hitsOf(letters, hit)
}

func markAll(letters []letter, hit []bool, folded, what string) {
	for from := 0; what != ""; {
		at := strings.Index(folded[from:], what)
		if at < 0 {
			return
		}
		start, end := from+at, from+at+len(what)
		for i := range letters {
			hit[i] = hit[i] || letters[i].bytes[0] < end && letters[i].bytes[1] > start
		}
		from = end
	}
}

// Phone returns the hits in a phone number: digits, whatever is between them.
func (h Highlighter) Phone(text string) Hits {
	letters, _ := lettersOf(text)
	digits, places := "", []int{}
	for i := range letters {
		if n := digitsOf(letters[i].spellings[0]); n != "" {
			digits, places = digits+n, append(places, i)
		}
	}
	hit := make([]bool, len(letters))
	for i := range h.terms {
		longest := ""
		for _, part := range h.terms[i].digits {
			if len(part) > len(longest) && len(part) <= len(digitsOf(h.terms[i].text)) && strings.Contains(digits, part) {
				longest = part
			}
		}
		if at := strings.Index(digits, longest); longest != "" && len(places) == len(digits) {
			for n := places[at]; n <= places[at+len(longest)-1]; n++ {
				hit[n] = true
			}
		}
	}
	return hitsOf(letters, hit)
}

// hitsOf joins adjacent letters that were hit.
func hitsOf(letters []letter, hit []bool) Hits {
	var hits Hits
	for i, l := range letters {
		switch last := len(hits) - 1; {
		case !hit[i]:
		case last > 0 && i > 0 && hit[i-1]:
			hits[last] = l.end
		default:
			hits = append(hits, l.start, l.end)
		}
	}
	return hits
}
