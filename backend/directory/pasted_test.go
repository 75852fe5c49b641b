package directory

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// What people copy from other programs finds the client it is about.
func TestPastedLinksAndLabels(t *testing.T) {
	d := New()
	d.InCountry("AU")
	ann := client("836447129235883061", "Ann", "", "Sample", "ann@example.org", "0491 570 156")
	ann.Profile.DateOfBirth = profile.Date{Year: 1990, Month: 4, Day: 3}
	d.Apply([]profile.Entry{ann, client("836447129235883062", "Bob", "", "Testa", "bob@example.org", "0491 570 157")})
	for _, typed := range []string{
		"[mailto:ann@example.org]", "Ann Sample [mailto:ann@example.org]", "Sample, Ann [mailto:ann@example.org] [tel:0491570156]",
		"[tel:+61491570156", "([tel:0491570156])", "<mailto:ann@example.org>", "[ann@example.org](mailto:ann@example.org)", "[[tel:0491570156]]",
		"ph 0491 570 156", "mob. 0491570156", "Sample tel 0491 570 156", "phone: 0491570156",
		"3 / 4 / 1990", "3.4.1990.", "3-Apr-1990", "03/APR/1990", "3. 4. 1990", "3rd of April, 1990", "Tuesday, 3 April 1990", "Apr. 3, 1990", "dob 3/4/1990",
		"born 3 April 1990", "sample 3-apr-1990",
	} {
		if found := d.Find(Query{Search: typed, Filter: All, Limit: 5}); found.Matched != 1 || found.Entries[0].Ref != "836447129235883061" {
			t.Errorf("%q finds %d", typed, found.Matched)
		}
	}
	for _, typed := range []string{"[tel:", "[tel:0", "[mailto:nobody@example.org]", "mob sample", "3 / 4 / 1991", "3-Abc-1990"} {
		d.Find(Query{Search: typed, Filter: All, Limit: 5}) // ends
	}
	if found := d.Find(Query{Search: "mob testa", Filter: All, Limit: 5}); found.Matched != 0 {
		t.Errorf("a word before a name counts as a label: %d", found.Matched)
	}
}

// A whole document, pasted by mistake, is looked at as far as a detail is long.
func TestALongSearchIsCut(t *testing.T) {
	document := "ann " + strings.Repeat("sample an 0491 ", 100_000)
	if terms := parseTerms(document, "AU"); len(terms) > 24 {
		t.Errorf("%d words", len(terms))
	}
	d := New()
	d.Apply([]profile.Entry{client("836447129235883061", "Ann", "", "Sample", "", "0491 570 156")})
	if found := d.Find(Query{Search: document, Filter: All, Limit: 5}); found.Matched != 1 {
		t.Errorf("found %d", found.Matched)
	}
}
