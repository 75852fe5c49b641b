package window

import (
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// A name may hold characters that turn the text after it around. They are kept,
// and not shown; the search finds the name without them, and says where.
func TestRowsShowNoControlsAndSayWhatWasHit(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 71, Patients: 40})
	f.signUpAndConnect()
	id := f.fake.IDs()[3]
	const first, last = "Zo\u202ee", "\u200fQuill\u2066on"
	if err := f.fake.Edit(id, func(p *fakeclinic.Patient) {
		p.FirstName, p.LastName, p.ArchivedAt = new(first), new(last), nil
		p.Phones = []fakeclinic.Phone{{Type: "Mobile", Number: "\u202d0491 570 156\u202c"}}
	}); err != nil {
		t.Fatal(err)
	}
	f.imported()
	for _, search := range []string{"quillon zoe", "+61 491 570 156 quillon", "zoe\u200b QUILLON 0491-570-156"} {
		page, err := f.app.Profiles.Find(ProfileQuery{Search: search, Filter: "all", Limit: 5})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != id {
			t.Fatalf("%+q: %d rows, %v", search, len(page.Rows), err)
		}
		row := page.Rows[0]
		if row.Name != "Quillon, Zoe" || row.Phone != "0491 570 156" {
			t.Errorf("%+q %+q", row.Name, row.Phone)
		}
		hitName := slices.Equal(row.Hits.Name, []int{0, 7, 9, 12}) || search[0] == '+' && slices.Equal(row.Hits.Name, []int{0, 7})
		hitPhone := slices.Equal(row.Hits.Phone, []int{0, 12}) || search[0] == 'q' && row.Hits.Phone == nil
		if !hitName || !hitPhone || row.Hits.Email != nil {
			t.Errorf("%+q hits %+v", search, row.Hits)
		}
	}
	view, err := f.app.Profiles.Get(id)
	if err != nil || view.FirstName != "Zoe" || view.LastName != "Quillon" || view.Phones[0].Number != "0491 570 156" {
		t.Errorf("%+q %+q %+v, %v", view.FirstName, view.LastName, view.Phones, err)
	}
	store, err := f.clinic().Workspace.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := store.One(t.Context(), id); err != nil || kept.Profile.FirstName != first || kept.Profile.LastName != last {
		t.Errorf("%+q %+q is kept, %v", kept.Profile.FirstName, kept.Profile.LastName, err)
	}
}
