package window

import (
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// brings asks for a sync and compares its answer.
func (f *fixture) brings(what string, changed, added int) {
	f.t.Helper()
	got, err := f.app.Sync.Now()
	if err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	if got.Changed != changed || got.Added != added || got.Pass.EndedAt == "" || got.Pass.Kind != "changes" {
		f.t.Errorf("%s: %d changed, %d new, want %d and %d: %+v", what, got.Changed, got.Added, changed, added, got.Pass)
	}
}

func TestASyncSaysWhatItBrought(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 7, Patients: 40, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.brings("nothing, in the very second of the import", 0, 0)

	ids := f.fake.IDs()
	edit := func(id string, change func(*fakeclinic.Patient)) {
		t.Helper()
		if err := f.fake.Edit(id, change); err != nil {
			t.Fatal(err)
		}
	}
	edit(ids[3], func(p *fakeclinic.Patient) { p.FirstName = new("Renamed") })
	f.brings("a name", 1, 0)

	// Whoever needs attention after it has changed as well.
	edit(ids[4], func(p *fakeclinic.Patient) { p.Email = nil })
	if err := f.fake.Archive(ids[5]); err != nil {
		t.Fatal(err)
	}
	f.brings("an email that is gone, and one who is archived", 2, 0)

	if _, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example")}); err != nil {
		t.Fatal(err)
	}
	edit(ids[3], func(p *fakeclinic.Patient) { p.FirstName = new("Renamed again") })
	f.brings("somebody new, who lacks nearly all, and a name", 1, 1)
	f.brings("nothing", 0, 0)
}
