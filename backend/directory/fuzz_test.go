package directory

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// Whatever is stored and typed, a search answers, hits lie within the displayed
// text, and a client is found by the full name and number as displayed.
func FuzzSearch(f *testing.F) {
	for i, v := range vectors(f, "search.tsv") {
		if i%20 > 0 {
			continue // enough to start from
		}
		number := ""
		if len(v.client.Profile.Phones) > 0 {
			number = v.client.Profile.Phones[0].Number
		}
		f.Add(v.client.Profile.LastName, number, v.typed, v.country)
	}
	f.Add("+1100", "+1100", "+1100", "AU")
	f.Add("\xff\xfe", "\xff+61", "\xff", "GB")
	f.Fuzz(func(t *testing.T, last, number, typed, country string) {
		d := New()
		d.InCountry(country)
		d.Apply([]profile.Entry{client("836447129235883061", "Ann", "", last, "ann@example.org", number)})
		marker := d.Highlighter(typed)
		d.Find(Query{Search: typed, Filter: All, Limit: 1})
		d.Named(Query{Filter: All, Sort: ByName}, typed)
		for _, text := range []string{last, number} {
			units := utf16.Encode([]rune(text))
			for _, hits := range []Hits{marker.Name(text), marker.Email(text), marker.Phone(text)} {
				before := 0
				for i, at := range hits {
					if at < before || i%2 == 1 && at == before || at > len(units) {
						t.Fatalf("%v in %+q by %+q", hits, text, typed)
					}
					before = at
				}
			}
		}
		if isNameOfLetters(last) && d.Find(Query{Search: last, Filter: All, Limit: 1}).Matched == 0 {
			t.Errorf("%+q alone is not found", last)
		}
		if isNumber(number) && d.Find(Query{Search: number, Filter: All, Limit: 1}).Matched == 0 {
			t.Errorf("the phone %+q alone is not found", number)
		}
	})
}

// isNameOfLetters is false for what may be read as something other than a name.
func isNameOfLetters(s string) bool {
	letters := 0
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsLetter(r) && !strings.ContainsRune(" '-", r) {
			return false
		}
		letters++
	}
	return letters > 0
}

func isNumber(s string) bool {
	return len(s) >= 3 && len(s) <= 15 && strings.Trim(s, "0123456789") == ""
}
