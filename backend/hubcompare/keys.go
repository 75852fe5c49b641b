package hubcompare

import (
	"slices"
	"strings"
	"unicode"

	"telehab.io/desktop/backend/profile"
)

// Keys returns what somebody is compared by: each spelling of each first name
// and the last name, with the birth date. Two are likely the same who share one.
// Somebody without a name or a birth date is like nobody.
func Keys(spellings Spellings, last string, born profile.Date, firsts ...string) (keys []string) {
	if born.IsZero() {
		return nil
	}
	families := letters(spellings, last)
	for _, first := range firsts {
		for _, given := range letters(spellings, first) {
			for _, family := range families {
				if key := given + "|" + family + "|" + born.String(); !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// letters are the spellings of a name without what is no letter or digit, which
// people write or leave out.
func letters(spellings Spellings, name string) (all []string) {
	for _, spelt := range spellings(name) {
		kept := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, spelt)
		if kept != "" {
			all = append(all, kept)
		}
	}
	return all
}

// FoldEmail folds an address: whether VALD Hub tells capitals apart is not
// published.
func FoldEmail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
