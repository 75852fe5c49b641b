package directory

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// The words of a name are found by their beginning. Each follows a mark that
// says how much of it has to be typed.
const (
	wordMark   = " " // the beginning is enough
	joinedMark = "+" // words with a space between them, for searches that write them as one
)

// part is a piece of a name that consists only of letters.
type part struct {
	text  string
	gap   gap  // to the next part
	slash bool // is the gap
}

type gap int

const (
	tight gap = iota // an apostrophe or a hyphen, or nothing
	loose            // a space
	apart            // the start of something new: a bracket, a slash, the end
)

// mostParts bounds how many parts of a name are joined, and at how many
// positions of a name without spaces a search can begin.
const mostParts = 12

// namesOf returns every word of the names with its mark.
func namesOf(p *profile.Profile) string {
	first, preferred, last := prepareName(p.FirstName), prepareName(p.PreferredFirstName), prepareName(p.LastName)
	var out wordList
	out.text.Grow(len(first) + len(preferred) + len(last) + 4*len(wordMark))
	for _, field := range []string{first, preferred, last} {
		out.addField(field)
	}
	// Names without a space are written in both orders.
	if last != "" && (isSpaceless(first) || isSpaceless(preferred)) && isSpaceless(last) {
		for _, given := range []string{first, preferred} {
			if isSpaceless(given) {
				out.addField(last + given)
				out.addField(given + last)
			}
		}
	}
	return out.text.String() + wordMark // the last word has an end too
}

// prepareName replaces each invisible character with a hyphen: some separate
// parts of a name, others got there by copying or typing.
func prepareName(name string) string {
	return prepare(strings.Map(func(r rune) rune {
		if r >= 0x80 && unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return '-'
		}
		return r
	}, name))
}

type wordList struct {
	text  strings.Builder
	words []string // of names in several spellings, to add each once
}

func (w *wordList) addField(prepared string) {
	if prepared == "" {
		return
	}
	if strings.IndexFunc(prepared, isNoSimple) < 0 { // true of most names
		w.text.WriteString(wordMark)
		w.text.WriteString(prepared)
		return
	}
	for _, spelt := range spellings(prepared) {
		w.addParts(partsOf(spelt))
	}
}

func isNoSimple(r rune) bool { return r < 'a' || r > 'z' }

// addParts adds each part with what follows it, so that the beginning of each
// part is found, also where parts are written together.
func (w *wordList) addParts(parts []part) {
	for i := range parts {
		word, at := parts[i].text, i
		for at+1 < min(len(parts), i+mostParts) && parts[at].joinsNext() {
			at++
			word += parts[at].text
		}
		w.add(wordMark + word)
		joined := word
		for at+1 < min(len(parts), i+mostParts) && parts[at].gap != apart {
			at++
			joined += parts[at].text
		}
		if joined != word {
			w.add(joinedMark + joined + joinedMark)
		}
		if isSpaceless(parts[i].text) {
			w.addMiddles(word)
		}
	}
}

func (w *wordList) add(word string) {
	if !slices.Contains(w.words, word) {
		w.words = append(w.words, word)
		w.text.WriteString(word)
	}
}

// addMiddles adds the rest of the word from each letter on, for scripts without
// spaces.
func (w *wordList) addMiddles(word string) {
	left, before := mostParts, false
	for at, r := range word {
		spaceless := isSpaceless(word[at:])
		begins := beginsSyllable(r) && (spaceless || before) // but nowhere in 王zoe
		before = spaceless
		if at > 0 && begins {
			w.add(wordMark + word[at:])
			if left--; left == 0 {
				return
			}
		}
	}
}

// joinsNext reports whether the next part is also found as if there were no
// space before it.
func (p *part) joinsNext() bool {
	switch p.gap {
	case tight:
		return true
	case loose:
		return isParticle(p.text) || isSpaceless(p.text)
	}
	return false
}

// partsOf splits a folded text into parts.
func partsOf(folded string) []part {
	var parts []part
	start := -1
	end := func(at int) {
		if start >= 0 {
			parts, start = append(parts, part{text: folded[start:at]}), -1
		}
	}
	for at, r := range folded {
		if inWord(r) {
			if start < 0 {
				start = at
			}
			continue
		}
		end(at)
		if last := len(parts) - 1; last >= 0 {
			parts[last].slash = r == '/'
			parts[last].gap = widened(parts[last].gap, r)
		}
	}
	end(len(folded))
	for i := range parts[:max(0, len(parts)-1)] {
		if next := parts[i+1]; parts[i].slash && len(parts[i].text) == 1 && len(next.text) == 1 {
			parts[i].gap = tight // v/d, of van der
		}
	}
	if last := len(parts) - 1; last >= 0 {
		parts[last].gap = apart
	}
	return parts
}

// widened returns the gap between two parts with one more character between
// them.
func widened(before gap, r rune) gap {
	switch {
	case strings.ContainsRune("/(),;:&+|<>[]{}\"“”«»=", r) || unicode.Is(unicode.Cc, r) && r != '\t':
		return apart
	case r == ' ' || r == '\t':
		return max(before, loose)
	}
	return before
}

// squeezed returns only the characters of words.
func squeezed(folded string) string {
	return strings.Map(func(r rune) rune {
		if inWord(r) {
			return r
		}
		return -1
	}, folded)
}

func inWord(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// particles are written with or without a space before the name that follows
// them.
var particles = func() map[string]bool {
	all := map[string]bool{}
	for _, particle := range strings.Fields(`af al ap av ab abd abu ad aït ait an at bar bat ben bin bint ibn ould umm
		d da das dal dall dalla de dei del della delle den der des di die do dos du el er es fitz het in l la las le les
		lo los lu mac mc mhic mac nic ni o op os san sant santa santo st saint sankt t te ten ter thor tot um van vande vanden
		vander ver von vom y z zu zum zur عبد ال بن ابن ابو ام بنت ול בן בת אבו де ван фон`) {
		all[fold(particle)] = true
	}
	return all
}()

// isParticle reports whether this word, a particle or an initial, may be joined
// to the next one.
func isParticle(word string) bool {
	return particles[word] || utf8.RuneCountInString(word) == 1
}

// isSpaceless reports whether a text is in a script without spaces between
// words.
func isSpaceless(text string) bool {
	if text == "" || text[0] < 0x80 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// beginsSyllable is false for the later letters of a Korean syllable, which
// folding has decomposed.
func beginsSyllable(r rune) bool { return r < 0x1160 || r > 0x11ff }
