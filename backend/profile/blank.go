package profile

import (
	"slices"
	"strings"
	"unicode"
)

// Blank says whether a text shows nothing: it is empty, or holds only white
// space, format and control characters, marks without a letter to stand on,
// and letters and symbols that have no shape. Such a text is no detail, though
// it is not empty.
func Blank(s string) bool { return strings.IndexFunc(s, visible) < 0 }

func visible(r rune) bool {
	if isIdeograph(r) {
		return true
	}
	if !unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) {
		return false
	}
	return !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !slices.Contains(shapeless, r)
}

// isIdeograph is true of every place in the two planes that Unicode has set
// aside for ideographs: each version fills in some more, for names above all, and
// the tables here are older than the newest.
func isIdeograph(r rune) bool {
	const first, last, plane = 0x20000, 0x3fffd, 0xffff
	return r >= first && r <= last && r&plane <= last&plane
}

// shapeless are letters and symbols that Unicode draws as empty space, beside
// those with the property Default_Ignorable_Code_Point, such as the fillers of
// Hangul.
var shapeless = []rune{
	'\u2800',                   // Braille pattern blank
	'\ufffc',                   // object replacement character: the object is not there
	'\U0001d159',               // musical symbol null notehead
	'\U00013441', '\U00013442', // Egyptian hieroglyphs, full and half blank
}

// trimmed is a text as it is kept: without white space around it, and "" when
// it is Blank.
func trimmed(s string) string {
	if Blank(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

// trimmed returns the details as they are kept. The birth date is not among
// them: see Profile.judge.
func (d Details) trimmed() Details {
	d.Email = Trim(d.Email)
	d.mapTexts(trimmed)
	d.Phones = trimmedPhones(d.Phones)
	return d
}

// trimmedPhones leaves out numbers that show nothing.
func trimmedPhones(phones []Phone) []Phone {
	var kept []Phone
	for _, phone := range phones {
		if number := trimmed(phone.Number); number != "" {
			kept = append(kept, Phone{Type: trimmed(phone.Type), Number: number})
		}
	}
	return kept
}

// Trim returns a text without the white space and the format characters around
// it, such as a zero-width space: they come along when an address or a key is
// copied, and nobody sees them.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}
