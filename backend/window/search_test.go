package window

import (
	"fmt"
	"reflect"
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

// A row shows the phone number that the search has hit, which may not be the one
// that it usually shows.
func TestARowShowsThePhoneThatWasHit(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 76, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	id := f.fake.IDs()[3]
	f.edit(id, func(p *fakeclinic.Patient) {
		p.Email = nil // so that they need attention, too
		p.Phones = []fakeclinic.Phone{{Type: "Home", Number: "(03) 5550 8642"}, {Type: "Mobile", Number: "0491 579 246"}}
	})
	f.imported()
	for search, want := range map[string]string{
		"5550 8642":       "(03) 5550 8642 [5 14]",
		"+61 3 5550 8642": "(03) 5550 8642 [1 14]",
		"0491 579 246":    "0491 579 246 [0 12]",
		id:                "0491 579 246 []",
	} {
		page, err := f.app.Profiles.Find(ProfileQuery{Search: search, Filter: "all", Limit: 5})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != id {
			t.Fatalf("%q: %d rows, %v", search, len(page.Rows), err)
		}
		if got := fmt.Sprint(page.Rows[0].Phone, " ", page.Rows[0].Hits.Phone); got != want {
			t.Errorf("%q: %s, want %s", search, got, want)
		}
		needy, err := f.app.Attention.Find(ProfileQuery{Search: search, Limit: 5})
		if err != nil || len(needy.Rows) != 1 {
			t.Fatalf("%q: %d rows, %v", search, len(needy.Rows), err)
		}
		if got := fmt.Sprint(needy.Rows[0].Phone, " ", needy.Rows[0].Hits.Phone); got != want {
			t.Errorf("%q among those who need attention: %s, want %s", search, got, want)
		}
	}
}

func TestASearchThatFindsNobodySuggestsOneThatDoes(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 77, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.edit(f.fake.IDs()[3], func(p *fakeclinic.Patient) { p.FirstName, p.LastName = new("Ada"), new("Quillon") })
	f.imported()
	for search, want := range map[string]string{"qiullon": "Quillon", "ada quilon": "ada Quillon", "quillon": "", "quill": "", "xqvztrw": ""} {
		page, err := f.app.Profiles.Find(ProfileQuery{Search: search, Filter: "all", Limit: 5})
		if err != nil || page.Suggestion != want {
			t.Errorf("%q: %q, want %q, %v", search, page.Suggestion, want, err)
		}
	}
}

// What is listed before a sync says how many lack what.
func TestAListingCountsItsReasons(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 78, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	ids := f.fake.IDs()
	f.edit(ids[3], func(p *fakeclinic.Patient) { p.Email = nil })
	f.edit(ids[4], func(p *fakeclinic.Patient) { p.Email, p.Sex = nil, nil })
	f.edit(ids[5], func(p *fakeclinic.Patient) { p.DateOfBirth = new("2099-01-01") })
	listed, err := f.app.Sync.List()
	if err != nil {
		t.Fatal(err)
	}
	want := ListingView{Total: 40, Failing: 3, Ready: 37, Added: 40, Reasons: []ReasonCount{{"email", 2}, {"sex", 1}, {"wrong_date_of_birth", 1}}}
	if again, err := f.app.Sync.ListingSummary(); err != nil || !reflect.DeepEqual(listed, want) || !reflect.DeepEqual(again, want) {
		t.Errorf("%+v and %+v, %v", listed, again, err)
	}
}

// What is listed before another sync says what that will change.
func TestAListingSaysWhatIsNewAndWhatChanged(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 79, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	listed := func(want ListingView) {
		t.Helper()
		if got, err := f.app.Sync.List(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v, %v", got, want, err)
		}
	}
	listed(ListingView{Total: 40, Ready: 40, Reasons: []ReasonCount{}})
	ids := f.fake.IDs()
	f.edit(ids[3], func(p *fakeclinic.Patient) { p.FirstName = new("Ada") })
	f.edit(ids[4], func(p *fakeclinic.Patient) { p.Email = nil })
	f.edit(ids[5], func(*fakeclinic.Patient) {}) // which moves its time alone
	copied, _ := f.fake.Get(ids[6])
	copied.ID = ""
	if _, err := f.fake.Create(copied); err != nil {
		t.Fatal(err)
	}
	listed(ListingView{Total: 41, Failing: 1, Ready: 40, Added: 1, Changed: 2, Reasons: []ReasonCount{{"email", 1}}})
}
