package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
)

// A row of an earlier version may hold far more than is stored today. It is
// indexed only as far as it is shown; its phone numbers alone would take minutes.
func TestLongRowsAreIndexedAsFarAsTheyAreShown(t *testing.T) {
	long := strings.Repeat("a", 200_000)
	entry := profile.Entry{Ref: "7", Profile: profile.Profile{ID: "7", State: "active", Details: profile.Details{FirstName: long + "end", LastName: "Sample", Title: long, Email: long}}}
	for i := range 100_000 {
		entry.Profile.Phones = append(entry.Profile.Phones, profile.Phone{Number: fmt.Sprintf("0491 %06d", i)})
	}
	d := directory.New()
	d.Fill([]profile.Entry{entry})
	kept, ok := d.One("7")
	if !ok || len(kept.Profile.Phones) != 50 || kept.Profile.FirstName != long[:254]+"…" || kept.Profile.Email != long[:254]+"…" {
		t.Errorf("%d phones, %d bytes", len(kept.Profile.Phones), len(kept.Profile.FirstName))
	}
	for search, want := range map[string]int{"aaaa": 1, "sample": 1, "0491 000 049": 1, "0491 000 050": 0} {
		if got := d.Find(directory.Query{Search: search, Filter: directory.All, Sort: directory.ByName, Limit: 5}).Matched; got != want {
			t.Errorf("%q finds %d", search, got)
		}
	}
	if len(entry.Profile.Phones) != 100_000 || entry.Profile.FirstName != long+"end" {
		t.Error("what was given was changed")
	}
}
