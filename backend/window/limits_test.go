package window

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// crossesSmall fails for an answer that would freeze the page.
func crossesSmall(t *testing.T, what string, answer any, err error) {
	t.Helper()
	raw, jsonErr := json.Marshal(answer)
	if err != nil || jsonErr != nil || len(raw) > 60_000 {
		t.Errorf("%s: %d bytes, %v, %v", what, len(raw), err, jsonErr)
	}
}

// everyAnswer asks for all that shows a client.
func (f *fixture) everyAnswer(id string) {
	f.t.Helper()
	query := ProfileQuery{Filter: "all", Sort: "name", Limit: 10}
	page, err := f.app.Profiles.Find(query)
	crossesSmall(f.t, "the list", page, err)
	query.Search = "aaaa"
	page, err = f.app.Profiles.Find(query)
	crossesSmall(f.t, "a search", page, err)
	view, err := f.app.Profiles.Get(id)
	crossesSmall(f.t, "the profile", view, err)
	history, err := f.app.Profiles.History(id)
	crossesSmall(f.t, "the history", history, err)
	failing, err := f.app.Attention.Find(ProfileQuery{Limit: 10})
	crossesSmall(f.t, "what needs attention", failing, err)
	named, err := f.app.Attention.Names(ProfileQuery{})
	crossesSmall(f.t, "who needs attention", named, err)
}

// A client whose details are far too long in Cliniko is cut, said, and shown.
func TestLongDetailsAreCutAndSaid(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 71, Patients: 5, Shares: new(fakeclinic.CleanShares())})
	id := f.fake.IDs()[0]
	long := strings.Repeat("a", 200_000)
	edit := func(change func(p *fakeclinic.Patient)) {
		t.Helper()
		if err := f.fake.Edit(id, change); err != nil {
			t.Fatal(err)
		}
	}
	edit(func(p *fakeclinic.Patient) {
		p.FirstName, p.LastName, p.Sex, p.Email = new("Ann"), new("Example"), new("Female"), new("ann@example.org")
	})
	f.signUpAndConnect()
	f.imported()
	edit(func(p *fakeclinic.Patient) {
		p.FirstName, p.Title, p.Email = &long, &long, new(long+"@example.org")
		p.Phones = nil
		for i := range 100_000 {
			p.Phones = append(p.Phones, fakeclinic.Phone{Type: "Mobile", Number: fmt.Sprint("0491 570 ", i)})
		}
	})
	if _, err := f.app.Sync.Now(); err != nil {
		t.Fatal(err)
	}
	f.everyAnswer(id)
	view, err := f.app.Profiles.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	want := "First Name is too long, so only its beginning is kept; Email \"" + strings.Repeat("a", 60) + "…\" is not a valid email address; " +
		"Title is too long, so only its beginning is kept; Phone Numbers are too many, so only the first are kept."
	if view.Failure == nil || view.Failure.Reason != want {
		t.Errorf("%+v", view.Failure)
	}
	if view.FirstName != strings.Repeat("a", 254)+"…" || len(view.Phones) != 50 || view.Phones[49].Number != "0491 570 49" {
		t.Errorf("%d letters, %d phones", len(view.FirstName), len(view.Phones))
	}
	edit(func(p *fakeclinic.Patient) {
		p.FirstName, p.Title, p.Email, p.Phones = new("Ann"), nil, new("ann@example.org"), nil
	})
	if _, err := f.app.Sync.Now(); err != nil {
		t.Fatal(err)
	}
	if view, err = f.app.Profiles.Get(id); err != nil || view.Failure != nil || view.FirstName != "Ann" {
		t.Errorf("corrected in Cliniko: %+v, %v", view.Failure, err)
	}
	f.everyAnswer(id) // the history has the values before
}

// Rows of an earlier version, which were stored whole, and clients who were
// merged by the thousand, do not freeze the page either.
func TestLongRowsOfAnEarlierVersionAreShownCut(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 72, Patients: 3, Shares: new(fakeclinic.CleanShares())})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[0]
	store, err := f.clinic().Workspace.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entry, err := store.One(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a", 200_000)
	save := func(entries ...profile.Entry) {
		t.Helper()
		if _, err := store.Save(t.Context(), profile.Batch{Entries: entries}); err != nil {
			t.Fatal(err)
		}
	}
	later := func(by time.Duration) profile.Entry {
		old := entry
		old.Profile.UpdatedAt = entry.Profile.UpdatedAt.Add(by)
		old.Profile.SyncedAt = entry.Profile.SyncedAt.Add(by)
		return old
	}
	old := later(time.Second)
	old.Profile.FirstName, old.Profile.LastName, old.Profile.Title, old.Profile.ImpossibleBirthDate, old.Profile.DateOfBirth = long, long, long, long, profile.Date{}
	for i := range 100_000 {
		old.Profile.Phones = append(old.Profile.Phones, profile.Phone{Type: long[:100], Number: fmt.Sprint("0491 570 ", i)})
	}
	old.Failure = &profile.Failure{ID: old.Profile.ID, Ref: id, Code: profile.Incomplete, Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}}}
	save(old)
	again := later(2 * time.Second)
	again.Profile.FirstName = long + "b"
	again.Failure = old.Failure
	again.Profile.Phones = old.Profile.Phones
	save(again)
	var merged []profile.Entry
	for i := range 2000 {
		who := later(0)
		who.Ref = fmt.Sprint(900_000 + i)
		who.Profile.ID, who.Profile.State, who.Profile.MergedInto = profile.ID(who.Ref), profile.Merged, profile.ID(id)
		who.Profile.FirstName, who.Opened = long[:1000], true
		merged = append(merged, who)
	}
	save(merged...)
	f.app.close()
	f.start()
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	f.everyAnswer(id)
	view, err := f.app.Profiles.Get(id)
	if err != nil || len(view.Phones) != 50 || len(view.Merged) != 50 || view.FirstName != strings.Repeat("a", 254)+"…" {
		t.Errorf("%d phones, %d merged, %d letters, %v", len(view.Phones), len(view.Merged), len(view.FirstName), err)
	}
}
