package profile

import (
	"slices"
	"strings"
	"unicode"
)

// Blank reports whether a text shows nothing: it is empty, or contains only
// white space, format and control characters, marks without a base letter, and
// letters and symbols without a shape. Such a text counts as no value even
// though it is not empty.
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

// isIdeograph reports whether r is in one of the two planes that Unicode
// reserves for ideographs. Each version of Unicode adds more of them, mostly
// for names, and Go's tables lag behind.
func isIdeograph(r rune) bool {
	const first, last, plane = 0x20000, 0x3fffd, 0xffff
	return r >= first && r <= last && r&plane <= last&plane
}

// shapeless are letters and symbols that Unicode draws as empty space, in
// addition to those with the property Default_Ignorable_Code_Point, such as the
// fillers of Hangul.
var shapeless = []rune{
	'\u2800',                   // Braille pattern blank
	'\ufffc',                   // object replacement character, without the object
	'\U0001d159',               // musical symbol null notehead
	'\U00013441', '\U00013442', // Egyptian hieroglyphs, full and half blank
}

// trimmed returns a text as it is stored: without surrounding white space, and
// "" if it is Blank.
func trimmed(s string) string {
	if Blank(s) {
		return ""
	}
	return strings.TrimSpace(s)
}

// trimmed returns the details as they are stored, without the birth date: see
// Profile.judge.
func (d Details) trimmed() Details {
	d.Email = Trim(d.Email)
	d.mapTexts(trimmed)
	d.Phones = trimmedPhones(d.Phones)
	return d
}

// trimmedPhones leaves out blank numbers.
func trimmedPhones(phones []Phone) []Phone {
	var kept []Phone
	for _, phone := range phones {
		if number := trimmed(phone.Number); number != "" {
			kept = append(kept, Phone{Type: trimmed(phone.Type), Number: number})
		}
	}
	return kept
}

// Trim returns a text without the white space and format characters around it,
// such as a zero-width space: copying an address or a key may include them,
// invisibly.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}
