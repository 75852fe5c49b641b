package directory

import (
	"testing"

	"telehab.io/desktop/backend/profile"
)

// A misspelt name is told from one that nobody has: one edit is a slip, and what
// is suggested finds somebody.
func TestSuggestsWhatFindsSomebody(t *testing.T) {
	d := New()
	d.Apply([]profile.Entry{
		client("1", "Ada", "", "Smith", "ada@example.com"),
		client("2", "Bo", "Bobby", "Smith", "bo@example.com"),
		client("3", "Ann", "", "Smits", ""),
		client("4", "Zoë", "", "Müller-O'Brien", "zoe@example.com"),
		client("5", "Mary-Jane", "", "De Sample", ""),
		as(profile.Archived, client("6", "Gone", "", "Departed", "")),
		client("7", "小明", "", "王", ""),
		client("8", "Łukasz", "", "Okafor", ""),
	})
	for search, want := range map[string]string{
		"Smiht":          "Smith",     // two swapped
		"smth":           "Smith",     // one less
		"smithh":         "Smith",     // one more
		"SMOTH":          "Smith",     // another one
		"bo smiht":       "bo Smith",  // in any of the words
		"smiht, bo":      "",          // not of letters alone
		"adda  smith":    "Ada smith", // as it is typed otherwise
		"ada smits":      "ada Smith", // both are names, of two people
		"ann smitt":      "ann Smits", // not Smith, which more have: nobody is called so
		"adda smihh":     "Ada Smith", // two words
		"lukass okafro":  "Łukasz Okafor",
		"adda smihh xq":  "",
		"obriem":         "O'Brien",
		"lukasx":         "Łukasz",
		"boby":           "Bobby",
		"jame":           "Jane",
		"smiiith":        "", // two edits
		"adx":            "", // too short to tell
		"departet":       "", // of no client in this list
		"xqvz":           "",
		"":               "",
		"zoe@exmple.com": "",
		"a b c d smiht":  "",
	} {
		q := Query{Search: search, Filter: All}
		if got := d.Suggest(q); got != want {
			t.Errorf("%q: %q, want %q", search, got, want)
		}
		if found := d.Find(Query{Search: want, Filter: All}).Matched; want != "" && found == 0 {
			t.Errorf("%q finds nobody", want)
		}
	}
	if got := d.Suggest(Query{Search: "departet", Filter: Archived}); got != "Departed" {
		t.Errorf("among the archived: %q", got)
	}
	if got := d.Suggest(Query{Search: "smitt", Filter: All, Narrow: Narrow{NoPhone: true, NoEmail: true}}); got != "Smits" {
		t.Errorf("among those without an email: %q", got)
	}
}

func TestOneEdit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"smith", "smith", false}, {"smith", "smit", true}, {"smit", "smith", true}, {"smith", "msith", true}, {"smith", "smiht", true},
		{"smith", "smyth", true}, {"smith", "xsmith", true}, {"smith", "smi", false}, {"smith", "simth", true}, {"smith", "tmihs", false},
		{"ab", "ba", true}, {"a", "b", true}, {"", "a", true}, {"", "", false}, {"abcd", "badc", false},
	} {
		if got := oneEdit(c.a, c.b); got != c.want || oneEdit(c.b, c.a) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
