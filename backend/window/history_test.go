package window

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// syncNow brings what is new.
func (f *fixture) syncNow() {
	f.t.Helper()
	if _, err := f.app.Sync.Now(); err != nil {
		f.t.Fatal(err)
	}
}

// newest returns the last change of a profile, of which there are n.
func (f *fixture) newest(id string, n int) ChangeView {
	f.t.Helper()
	history, err := f.app.Profiles.History(id)
	if err != nil || len(history.Changes) != n {
		f.t.Fatalf("%d changes instead of %d, %v", len(history.Changes), n, err)
	}
	return history.Changes[0]
}

func TestHistoryOfAProfile(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[7]
	before, err := f.app.Profiles.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	first, err := f.app.Profiles.History(id)
	if err != nil || len(first.Changes) != 0 || first.AddedAt == "" || first.CreatedAt != before.CreatedAt {
		t.Fatalf("just imported: %+v, %v", first, err)
	}

	if err := f.fake.Edit(id, func(p *fakeclinic.Patient) {
		p.Email, p.Phones = new("new@example.com"), nil
	}); err != nil {
		t.Fatal(err)
	}
	f.syncNow()
	change := f.newest(id, 1)
	phones := before.Phones[0]
	want := []FieldChangeView{
		{Field: "email", Label: "Email", Before: before.Email, After: "new@example.com"},
		{Field: "phones", Label: "Phone Numbers", Before: phones.Number + " " + phones.Type},
	}
	if diff := cmp.Diff(want, change.Fields); diff != "" || change.Opened || change.At == "" || change.UpdatedAt == "" {
		t.Errorf("%+v\n%s", change, diff)
	}

	// What somebody who opens the client brings is noted likewise.
	if err := f.fake.Archive(id); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.Refresh(id); err != nil {
		t.Fatal(err)
	}
	change = f.newest(id, 2)
	want = []FieldChangeView{{Field: "state", Label: "State", Before: "active", After: "archived"}}
	if diff := cmp.Diff(want, change.Fields); diff != "" || !change.Opened {
		t.Errorf("%+v\n%s", change, diff)
	}

	if _, err := f.app.Profiles.History("123"); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("of nobody: %v", err)
	}
}

func TestAMergeIsToldOnBothSides(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	ids := f.fake.IDs()
	duplicate, survivor := ids[3], ids[4]
	if err := f.fake.Merge(duplicate, survivor); err != nil {
		t.Fatal(err)
	}
	f.syncNow()
	gone, err := f.app.Profiles.Get(duplicate)
	if err != nil || gone.State != "merged" || gone.MergedInto != survivor {
		t.Errorf("%s into %s, %v", gone.State, gone.MergedInto, err)
	}
	kept, err := f.app.Profiles.Get(survivor)
	want := []MergedView{{ID: duplicate, Name: "陈小梅"}}
	if diff := cmp.Diff(want, kept.Merged); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	fields := f.newest(duplicate, 1).Fields
	if len(fields) != 2 || fields[0].After != "merged" || fields[1].Field != "merged_into" || fields[1].After != survivor {
		t.Errorf("%+v", fields)
	}
}

func TestSyncsAreListed(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	imported := f.imported()
	f.rename("Renamed")
	f.syncNow()
	f.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: fakeclinic.Unauthorized} })
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatal(err)
	}
	syncs, err := f.app.Sync.Passes(500)
	if err != nil || len(syncs) != 3 {
		t.Fatalf("%+v, %v", syncs, err)
	}
	refused, changed, full := syncs[0], syncs[1], syncs[2]
	if refused.Kind != "changes" || refused.Error != "key_refused" || refused.EndedAt == "" || refused.Read != 0 {
		t.Errorf("%+v", refused)
	}
	if changed.Kind != "changes" || changed.Error != "" || changed.Synced != 1 || changed.Requests < 2 {
		t.Errorf("%+v", changed)
	}
	if full.Kind != "full" || full.Synced != imported.Synced || full.Read != small.Patients {
		t.Errorf("%+v", full)
	}
	if one, err := f.app.Sync.Passes(1); err != nil || len(one) != 1 || one[0] != refused {
		t.Errorf("%+v, %v", one, err)
	}
	if none, err := f.app.Sync.Passes(-1); err != nil || none == nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// importedAgain reads everybody once more, as Sync clients does.
func (f *fixture) importedAgain() error {
	f.t.Helper()
	if _, err := f.app.Sync.List(); err != nil {
		f.t.Fatal(err)
	}
	_, err := f.app.Sync.Import()
	return err
}

// missing returns whom a person has to decide about.
func (f *fixture) missing() []string {
	f.t.Helper()
	views, err := f.app.Integration.Missing()
	if err != nil {
		f.t.Fatal(err)
	}
	state, err := f.app.About.State()
	if err != nil || state.Tally.Missing != len(views) {
		f.t.Errorf("%d are counted and %d listed, %v", state.Tally.Missing, len(views), err)
	}
	ids := []string{}
	for _, view := range views {
		one, err := f.app.Profiles.Get(view.ID)
		if err != nil || (view.Name != one.LastName+", "+one.FirstName && view.Name != one.FamilyFirst) || view.Born != one.Born || view.Born == "" {
			f.t.Errorf("%+v, %v", view, err)
		}
		ids = append(ids, view.ID)
	}
	slices.Sort(ids)
	return ids
}

func (f *fixture) listed() int {
	f.t.Helper()
	page, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Limit: 1})
	if err != nil {
		f.t.Fatal(err)
	}
	return page.All
}

func TestAMassDisappearanceAsks(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 300, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	gone := slices.Clone(f.fake.IDs()[100:160])
	back, _ := f.fake.Get(gone[0])
	for _, id := range gone {
		if err := f.fake.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(gone)
	if err := f.importedAgain(); profile.CodeOf(err) != profile.Gone {
		t.Fatal(err)
	}
	if diff := cmp.Diff(gone, f.missing()); diff != "" || f.listed() != 300 {
		t.Errorf("%d are listed\n%s", f.listed(), diff)
	}
	syncs, err := f.app.Sync.Passes(1)
	if err != nil || syncs[0].Error != "mass_disappearance" {
		t.Errorf("%+v, %v", syncs, err)
	}

	if err := f.app.Integration.KeepMissing(); err != nil || len(f.missing()) != 0 || f.listed() != 300 {
		t.Errorf("kept: %d of %d missing, %v", len(f.missing()), f.listed(), err)
	}

	if err := f.importedAgain(); profile.CodeOf(err) != profile.Gone || len(f.missing()) != 60 {
		t.Fatalf("the question does not come again: %v", err)
	}
	if err := f.fake.Put(back); err != nil { // an administrator's slip, put right meanwhile
		t.Fatal(err)
	}
	pass, err := f.app.Integration.RemoveMissing(gone, password)
	if err != nil || pass.Kind != "full" || pass.Read != 241 || len(f.missing()) != 0 || f.listed() != 241 {
		t.Fatalf("%+v, %d listed, %v", pass, f.listed(), err)
	}
	if one, err := f.app.Profiles.Get(back.ID); err != nil || one.State != "active" || one.ErasedAt != "" {
		t.Errorf("who is in Cliniko after all: %s, %v", one.State, err)
	}
	id := gone[slices.IndexFunc(gone, func(id string) bool { return id != back.ID })]
	one, err := f.app.Profiles.Get(id)
	if err != nil || one.State != "deleted" {
		t.Fatalf("%s, %v", one.State, err)
	}
	erased, err := time.Parse(time.RFC3339, one.ErasedAt)
	if left := time.Until(erased); err != nil || left < 6*24*time.Hour || left > 8*24*time.Hour {
		t.Errorf("erased in %s, %v", left, err)
	}
	want := []FieldChangeView{{Field: "state", Label: "State", Before: "active", After: "deleted"}}
	if diff := cmp.Diff(want, f.newest(id, 1).Fields); diff != "" {
		t.Error(diff)
	}
}
