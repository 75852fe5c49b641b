package directory

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes text comparable, regardless of case, marks, width, invisible
// characters, and of the many variants of an apostrophe, a dash, a space or a
// digit. Everything that is compared goes through it: stored, typed and
// highlighted text.
func fold(s string) string {
	prepared := prepare(s)
	if isPlainASCII(prepared) {
		return prepared
	}
	return spellings(prepared)[0]
}

// prepare is the part of folding that leaves letters such as ü intact, because
// they have more than one spelling.
func prepare(s string) string {
	if isPlainASCII(s) {
		return strings.ToLower(s)
	}
	return strings.Map(unicode.ToLower, norm.NFKC.String(strings.Map(alike, s)))
}

// isPlainASCII reports whether only the case of letters needs folding.
func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '`' || unicode.IsControl(rune(s[i])) {
			return false
		}
	}
	return true
}

// apostrophes are the characters that are used as one: quotation marks, spacing
// accents, primes, and letters of several languages that look like it.
const apostrophes = "`´‘’‚‛′‵″‶＇｀" +
	"\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c0\u02c1\u02c8\u02ca\u02cb\u02ee\u02f4" +
	"\u0374\u0384\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u0559\u055a\u055b\u05f3\u05f4\u07f4\u07f5" +
	"\u0294\u0241\u0242\ua78b\ua78c\u275b\u275c\u2e2f\u10fb"

// alike maps characters that look the same to one of them, and drops invisible
// ones. It has to come before normalization, which would turn a spacing accent
// into a space.
func alike(r rune) rune {
	switch {
	case unicode.IsControl(r):
		if unicode.IsSpace(r) {
			return '\n'
		}
		return -1 // as on the screen, see profile.Display
	case r < 0x80 && r != '`':
		return r
	case strings.ContainsRune(apostrophes, r):
		return '\''
	case isDash(r):
		return '-'
	case r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == '\u2800' || unicode.Is(unicode.Z, r):
		return ' '
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	case unicode.Is(unicode.Nd, r):
		return '0' + digitValue(r)
	}
	return r
}

func isDash(r rune) bool {
	switch r {
	case '\u2212', '\u02d7', '\u2043', '\u207b', '\u208b', '\u2500', '\u2796', '\uff1d': // minus signs, a bullet, a line, Japan's double hyphen
		return true
	}
	return unicode.Is(unicode.Pd, r)
}

// digitValue returns the value of a decimal digit of any script: Unicode has
// them in runs of ten that start with zero.
func digitValue(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) { // #nosec G115 -- code points
			return (r - rune(run.Lo)) % 10 // #nosec G115 -- code points
		}
	}
	return 0
}

// letters are those that Unicode does not decompose into a letter and a mark,
// or that have several spellings. The first spelling is the plain one.
var letters = map[rune][]string{
	'ä': {"a", "ae"}, 'ö': {"o", "oe"}, 'ü': {"u", "ue"}, 'å': {"a", "aa"}, 'ø': {"o", "oe"},
	'ā': {"a", "aa"}, 'ē': {"e", "ee"}, 'ī': {"i", "ii"}, 'ō': {"o", "oo", "ou"}, 'ū': {"u", "uu"}, // Māori, Japanese
	'æ': {"ae"}, 'œ': {"oe"}, 'ß': {"ss"}, 'þ': {"th"}, 'ð': {"d", "dh"}, 'đ': {"d", "dj"},
	'ł': {"l"}, 'ı': {"i"}, 'ħ': {"h"}, 'ŧ': {"t"}, 'ŋ': {"n", "ng"}, 'ĸ': {"k"}, 'ə': {"e", "a"},
	'ɓ': {"b"}, 'ɗ': {"d"}, 'ɖ': {"d"}, 'ƒ': {"f"}, 'ɣ': {"g"}, 'ƙ': {"k"}, 'ƴ': {"y"}, 'ɨ': {"i"}, 'ʉ': {"u"}, 'ɛ': {"e"}, 'ɔ': {"o"},
	'ς': {"σ"}, 'ґ': {"г"}, 'ך': {"כ"}, 'ם': {"מ"}, 'ן': {"נ"}, 'ף': {"פ"}, 'ץ': {"צ"}, // the forms at a word's end
	'\u0e41': {"\u0e40\u0e40"}, // Thai, typed as one letter or as two
	// Arabic and its neighbours: one letter has several forms, and some are
	// left out.
	'\u0621': {""}, '\u0640': {""}, '\u0674': {""}, '\u0671': {"\u0627"},
	'\u0649': {"\u064a"}, '\u06cc': {"\u064a"}, '\u06d0': {"\u064a"}, '\u06d2': {"\u064a"}, '\u06cd': {"\u064a"},
	'\u06a9': {"\u0643"}, '\u06aa': {"\u0643"},
	'\u0629': {"\u0647"}, '\u06c1': {"\u0647"}, '\u06c3': {"\u0647"}, '\u06d5': {"\u0647"}, '\u06be': {"\u0647"},
}

// mostSpellings bounds the spellings of one text.
const mostSpellings = 8

// spellings returns the spellings of prepared text without marks, the plain one
// first: for jürg, jurg and juerg.
func spellings(prepared string) []string {
	if isPlainASCII(prepared) {
		return []string{prepared}
	}
	all := [][]byte{make([]byte, 0, len(prepared)+4)}
	for _, r := range prepared {
		choice := spellingsOf(r)
		if len(choice) == 1 || len(all)*len(choice) > mostSpellings {
			// Past the bound, use one kind for the rest: plain for the first,
			// not plain for the others.
			for i := range all {
				all[i] = append(all[i], choice[min(i, len(choice)-1)]...)
			}
			continue
		}
		longer := make([][]byte, 0, len(all)*len(choice))
		for _, spelt := range choice {
			for _, before := range all {
				longer = append(longer, append(slices.Clone(before), spelt...))
			}
		}
		all = longer
	}
	texts := make([]string, len(all))
	for i := range all {
		texts[i] = string(all[i])
	}
	return texts
}

// knownSpellings caches the spellings of the letters of most names, by code
// point.
var knownSpellings [0x2000]atomic.Pointer[[]string]

func spellingsOf(r rune) []string {
	if int(r) >= len(knownSpellings) {
		return computeSpellings(r)
	}
	known := knownSpellings[r].Load()
	if known == nil {
		spelt := computeSpellings(r)
		known = &spelt
		knownSpellings[r].Store(known)
	}
	return *known
}

func computeSpellings(r rune) []string {
	if r < 0x80 {
		return []string{string(r)}
	}
	if spelt, ok := letters[r]; ok {
		return spelt
	}
	parts := []rune(norm.NFKD.String(string(r)))
	if spelt := spellingsWithin(parts); spelt != nil {
		return spelt
	}
	var bare strings.Builder
	for _, part := range parts {
		switch part = unicode.ToLower(part); {
		case unicode.Is(unicode.Mn, part) || unicode.Is(unicode.Me, part):
		case part < 0x80:
			bare.WriteRune(part)
		case letters[part] != nil:
			bare.WriteString(letters[part][0])
		case part >= 0x30a1 && part <= 0x30f6: // katakana as hiragana
			bare.WriteRune(part - 0x60)
		default:
			bare.WriteRune(part)
		}
	}
	return []string{bare.String()}
}

// spellingsWithin returns the spellings of the letter that remains without a
// letter's last marks, such as the ü in ǚ, or nil if that has none of its own.
func spellingsWithin(parts []rune) []string {
	for n := len(parts) - 1; n > 0 && unicode.Is(unicode.Mn, parts[n]); n-- {
		left := []rune(norm.NFC.String(string(parts[:n])))
		if spelt, ok := letters[left[0]]; ok && len(left) == 1 {
			return spelt
		}
	}
	return nil
}

// Spellings returns a text as it is compared: folded, with each spelling of the
// letters that have several.
func Spellings(s string) []string { return spellings(prepare(s)) }
