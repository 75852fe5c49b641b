package directory

import (
	"strings"

	"telehab.io/desktop/backend/profile"
)

// terms are the words of a search, all of which must be found.
type terms []term

type term struct {
	text   string         // folded
	start  string         // text as the start of a word
	born   []profile.Date // the days that it may mean
	digits string         // of a term that may be a part of a phone number; else ""

	letter      uint64 // of a text of one letter or digit; else 0
	textPairs   pairs
	digitsPairs pairs
}

// A phone number is compared by its last nine digits, which are the same with
// and without a country code or the zero before an area.
const localDigits = 9

func parseTerms(search string) terms {
	folded := joinDates(fold(search))
	if onlyPhone(folded) {
		// "0491 570 156" is one number, not three words.
		folded = strings.Join(strings.Fields(folded), "")
	}
	var out terms
	for _, word := range strings.Fields(folded) {
		word = strings.Trim(word, ",;")
		if word == "" {
			continue
		}
		t := term{text: word, start: " " + word, born: datesOf(word)}
		if onlyPhone(word) {
			if digits := digitsOf(word); len(digits) >= 3 {
				t.digits = strings.TrimPrefix(digits[max(0, len(digits)-localDigits):], "0")
			}
		}
		if len(word) == 1 && letterOf(word[0]) < lettersApart {
			t.letter = 1 << letterOf(word[0])
		}
		t.textPairs.add(t.text)
		t.digitsPairs.add(t.digits)
		out = append(out, t)
	}
	return out
}

func onlyPhone(s string) bool {
	return s != "" && strings.Trim(s, "0123456789 +()-./") == ""
}
