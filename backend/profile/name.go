package profile

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ListName returns "Last, First", as lists are sorted, and as exports and --json
// have it.
func (p *Profile) ListName() string {
	if p.LastName == "" || p.FirstName == "" {
		return p.LastName + p.FirstName
	}
	return p.LastName + ", " + p.FirstName
}

// ShownName returns the name as lists show it: as ListName, or as
// FamilyFirstName where there is one.
func (p *Profile) ShownName() string {
	if name := p.FamilyFirstName(); name != "" {
		return name
	}
	return p.ListName()
}

// FamilyFirstName returns a Chinese, Japanese or Korean name as it is written,
// the family name first and without a comma. It returns "" for a name that is
// not in these scripts as a whole: 王 and Xiaoming do not say their order by
// themselves, nor does a name with a space or a middle dot in it, as those of
// people from elsewhere have.
func (p *Profile) FamilyFirstName() string {
	family, given := strings.TrimSpace(p.LastName), strings.TrimSpace(p.FirstName)
	if !inEastAsianScript(family) || !inEastAsianScript(given) {
		return ""
	}
	last, _ := utf8.DecodeLastRuneInString(family)
	first, _ := utf8.DecodeRuneInString(given)
	if kana := syllabary(last); kana != nil && kana == syllabary(first) {
		return family + " " + given // nothing else says where one ends
	}
	return family + given
}

// inEastAsianScript reports whether a name consists of Chinese, Japanese or
// Korean letters.
func inEastAsianScript(name string) bool {
	if name == "" {
		return false
	}
	for _, r := range name {
		letter := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo)
		if !letter && !strings.ContainsRune(ofKatakana, r) && !unicode.IsMark(r) {
			return false
		}
	}
	return !unicode.IsMark([]rune(name)[0])
}

// ofKatakana are the signs of Japanese that belong to no script: those that
// lengthen a vowel and that voice a consonant, and their narrow forms.
const ofKatakana = "\u30fc\uff70\uff9e\uff9f"

// syllabary returns which of Japan's syllabaries the letter is of, or nil.
func syllabary(r rune) *unicode.RangeTable {
	switch {
	case unicode.Is(unicode.Hiragana, r):
		return unicode.Hiragana
	case unicode.Is(unicode.Katakana, r), strings.ContainsRune(ofKatakana, r):
		return unicode.Katakana
	}
	return nil
}
