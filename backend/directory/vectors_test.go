package directory

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// vector is a line of testdata: what is stored, what a person types, and the
// clinic's country.
type vector struct {
	kind    string
	client  profile.Entry
	typed   string
	country string
}

// vectors reads a file of testdata, in which \uXXXX is a character that is
// invisible or looks like another.
func vectors(t testing.TB, file string) []vector {
	t.Helper()
	content, err := os.ReadFile("testdata/" + file) // #nosec G304 -- of this package
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for n, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		column := strings.Split(line, "\t")
		for len(column) < 8 {
			column = append(column, "")
		}
		for i := range column {
			column[i] = unescaped(t, column[i])
		}
		all = append(all, vector{column[0], client(strconv.Itoa(900_000_000_000_000_000+n), column[1], column[2], column[3], column[4], strings.FieldsFunc(column[5], isBar)...), column[6], column[7]})
	}
	return all
}

func isBar(r rune) bool { return r == '|' }

func unescaped(t testing.TB, s string) string {
	t.Helper()
	for {
		at := strings.Index(s, `\u`)
		if at < 0 {
			return s
		}
		code, err := strconv.ParseUint(s[at+2:at+6], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		s = s[:at] + string(rune(code)) + s[at+6:]
	}
}

func finds(v *vector, country string) bool {
	d := New()
	d.InCountry(country)
	d.Apply([]profile.Entry{v.client})
	return d.Find(Query{Search: v.typed, Filter: All, Limit: 1}).Matched == 1
}

// The clinic's country is not always known. A line has to match in its country,
// and a line without a country in any.
func TestWhoIsStoredSoIsFound(t *testing.T) {
	for _, v := range vectors(t, "search.tsv") {
		countries := []string{v.country}
		if v.country == "" {
			countries = []string{"", "AU", "nowhere"}
		}
		for _, country := range countries {
			if !finds(&v, country) {
				t.Errorf("%s, clinic in %q: %+q does not find %+q %+q %+q %+q %+q", v.kind, country, v.typed,
					v.client.Profile.FirstName, v.client.Profile.PreferredFirstName, v.client.Profile.LastName, v.client.Profile.Email, v.client.Profile.Phones)
			}
		}
	}
}

func TestWhoIsNotMeantIsNotFound(t *testing.T) {
	for _, v := range vectors(t, "not-found.tsv") {
		countries := []string{v.country}
		if v.country == "" {
			countries = []string{"", "AU"}
		}
		for _, country := range countries {
			if finds(&v, country) {
				t.Errorf("%s, clinic in %q: %+q finds %+q %+q %+q %+q %+q", v.kind, country, v.typed,
					v.client.Profile.FirstName, v.client.Profile.PreferredFirstName, v.client.Profile.LastName, v.client.Profile.Email, v.client.Profile.Phones)
			}
		}
	}
}
