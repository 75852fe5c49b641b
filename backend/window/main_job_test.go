package window

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

func TestTheMainJob(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 400, PatientTerm: "client"})
	state, err := f.app.About.State()
	if err != nil || state.PeopleExist || state.Person != nil || state.Clinic != nil || state.Keyring != nil {
		t.Fatalf("first start: %+v, %v", state, err)
	}
	if _, err := f.app.People.CreateFirst("Dana Smith", email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Connect("MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1"); profile.CodeOf(err) != profile.KeyRefused {
		t.Errorf("a wrong key: %v", err)
	}
	connection, err := f.app.Integration.Connect("  " + f.fake.Key() + "\n")
	if err != nil || connection.Clinic.Name != "Harbour Physio" || connection.Clinic.OwnerRole != "administrator" || connection.Patients < 300 {
		t.Fatalf("%+v, %v", connection, err)
	}
	list, err := f.app.Sync.List()
	if err != nil || list.Total != connection.Patients || list.Failing == 0 || list.Ready != list.Total-list.Failing {
		t.Fatalf("%+v, %v", list, err)
	}
	page, err := f.app.Sync.Listing(0, list.Failing+1)
	if err != nil || len(page.Rows) != list.Failing+1 || len(page.Rows[0].Problems) == 0 || page.Rows[list.Failing].Code != "" {
		t.Errorf("the failing ones are not on top, %v", err)
	}
	pass, err := f.app.Sync.Import()
	if err != nil || pass.Synced != list.Ready || pass.Failed != list.Failing || pass.Unchanged != 0 || pass.Read != 400 {
		t.Fatalf("%+v, %v", pass, err)
	}
	for _, phase := range []string{"listing", "listed", "storing", "checking", "idle"} {
		if !f.system.saw(phase) {
			t.Errorf("the window was never told of %q", phase)
		}
	}
	state, err = f.app.About.State()
	if err != nil || state.Tally.Active != list.Total || state.Tally.ActiveInCliniko != list.Total || state.Sync.LastSuccess == "" || state.ClientWord != "client" {
		t.Errorf("%+v, %v", state, err)
	}
	f.checkProfiles(list)
}

func (f *fixture) checkProfiles(list ListingView) {
	f.t.Helper()
	all, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Sort: "name", Limit: 1000})
	if err != nil || all.All != list.Total || all.Attention != list.Failing || len(all.Rows) != min(list.Total, maxRows) {
		f.t.Fatalf("%d rows, %+v, %v", len(all.Rows), all.Matched, err)
	}
	for _, row := range all.Rows {
		if row.Name == "" || len(row.Problems) > 0 {
			continue
		}
		found, err := f.app.Profiles.Find(ProfileQuery{Search: row.Email, Filter: "all", Limit: 5})
		if err != nil || found.Matched == 0 {
			f.t.Errorf("not found by email: %v", err)
		}
		one, err := f.app.Profiles.Get(row.ID)
		if err != nil || one.SyncedAt == "" || one.Age < 0 || one.Failure != nil {
			f.t.Errorf("%+v, %v", one.State, err)
		}
		if _, err := f.app.Profiles.Refresh(row.ID); err != nil {
			f.t.Error(err)
		}
		if err := f.app.Profiles.OpenInCliniko(row.ID); err != nil || !strings.HasSuffix(f.system.opened[0], "/patients/"+row.ID) {
			f.t.Errorf("%v, %v", f.system.opened, err)
		}
		break
	}
}

func TestFailedProfileIsMendedInCliniko(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 200})
	f.signUpAndConnect()
	f.imported()
	page, err := f.app.Attention.Find(ProfileQuery{Limit: 500})
	failures := page.Rows
	if err != nil || len(failures) == 0 || failures[0].Reason == "" || failures[0].Since == "" {
		t.Fatalf("%d failures, %v", len(failures), err)
	}
	ref := failures[0].Ref
	if still, err := f.app.Attention.Retry(ref); err != nil || still == nil || still.Attempts != 2 {
		t.Errorf("still wrong in Cliniko: %+v, %v", still, err)
	}
	if err := f.fake.Edit(ref, func(p *fakeclinic.Patient) {
		p.FirstName, p.LastName, p.Sex, p.DateOfBirth, p.Email = new("Sam"), new("Example"), new("Male"), new("1980-02-29"), new("sam@example.com")
	}); err != nil {
		t.Fatal(err)
	}
	if still, err := f.app.Attention.Retry(ref); err != nil || still != nil {
		t.Errorf("mended in Cliniko: %+v, %v", still, err)
	}
	page, err = f.app.Attention.Find(ProfileQuery{Limit: 500})
	after := page.Rows
	if err != nil || len(after) != len(failures)-1 || page.All != len(after) {
		t.Errorf("%d failures after %d, %v", len(after), len(failures), err)
	}

	f.system.saveTo = filepath.Join(t.TempDir(), "failed.csv")
	if path, err := f.app.Attention.Export(ProfileQuery{}, password); err != nil || path != f.system.saveTo {
		t.Fatal(path, err)
	}
	content, err := os.ReadFile(f.system.saveTo)
	if err != nil || !strings.HasPrefix(string(content), "\ufeffName,Cliniko id,") || strings.Count(string(content), "\n") != len(after)+1 || !strings.Contains(string(content), "/patients/"+after[0].ID) {
		t.Errorf("%.300s, %v", content, err)
	}
}

func TestClosedInTheMiddleItGoesOn(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 3000, Shares: &fakeclinic.Shares{}, Latency: 20 * time.Millisecond})
	f.signUpAndConnect()
	started := make(chan struct{})
	go func() {
		defer close(started)
		_, _ = f.app.Sync.Now() // cut off below
	}()
	f.waitFor("a part to be stored", func(s AppState) bool { return s.Tally.Active > 300 })
	f.app.close()
	<-started
	f.start()
	state, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	if state.Tally.Active >= 3000 {
		t.Fatal("it was not cut off")
	}
	// Nobody signs in: it resumes.
	f.waitFor("the whole clinic", func(s AppState) bool { return s.Tally.Active == 3000 && s.Sync.LastSuccess != "" })
}

func TestEachStatusHasAHigherNumber(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 10})
	f.signUpAndConnect()
	before, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	f.imported()
	after, err := f.app.About.State()
	if err != nil || before.Sync.Number < 1 || after.Sync.Number <= before.Sync.Number {
		t.Errorf("%d, then %d, %v", before.Sync.Number, after.Sync.Number, err)
	}
}

func TestCancelKeepsWhatIsStored(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 3000, Shares: &fakeclinic.Shares{}, Latency: 20 * time.Millisecond})
	f.signUpAndConnect()
	ended := make(chan error)
	go func() {
		_, err := f.app.Sync.Now()
		ended <- err
	}()
	f.waitFor("a part to be stored", func(s AppState) bool { return s.Tally.Active > 300 })
	if err := f.app.Sync.Cancel(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; profile.CodeOf(err) != profile.Cancelled {
		t.Error(err)
	}
	state, err := f.app.About.State()
	if err != nil || !state.Sync.Unfinished || state.Sync.Problem != nil || state.Tally.Active >= 3000 {
		t.Errorf("%+v, %v", state.Sync, err)
	}
	if pass, err := f.app.Sync.Now(); err != nil || pass.Pass.Read != 3000 {
		t.Errorf("%+v, %v", pass, err)
	}
}

func TestSignedOutNothingIsShown(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 100})
	f.signUpAndConnect()
	f.imported()
	state, err := f.app.People.SignOut()
	if err != nil || state.Person != nil || state.Clinic == nil || state.Clinic.OwnerName != "" {
		t.Errorf("%+v, %v", state, err)
	}
	for name, call := range map[string]func() error{
		"Profiles":       func() error { _, err := f.app.Profiles.Find(ProfileQuery{}); return err },
		"Profile":        func() error { _, err := f.app.Profiles.Get("1"); return err },
		"RefreshProfile": func() error { _, err := f.app.Profiles.Refresh("1"); return err },
		"Attention":      func() error { _, err := f.app.Attention.Find(ProfileQuery{}); return err },
		"Names":          func() error { _, err := f.app.Attention.Names(ProfileQuery{}); return err },
		"Connect":        func() error { _, err := f.app.Integration.Connect(f.fake.Key()); return err },
		"Disconnect":     func() error { _, err := f.app.Integration.Disconnect(password); return err },
		"SyncNow":        func() error { _, err := f.app.Sync.Now(); return err },
		"ListPatients":   func() error { _, err := f.app.Sync.List(); return err },
		"Listing":        func() error { _, err := f.app.Sync.Listing(0, 1); return err },
		"StartImport":    func() error { _, err := f.app.Sync.Import(); return err },
		"OpenInCliniko":  func() error { return f.app.Profiles.OpenInCliniko("1") },
		"CopyText":       func() error { return f.app.About.CopyText("x") },
		"CallSheet":      func() error { _, err := f.app.Attention.CallSheet(ProfileQuery{}, "csv", password); return err },
		"Export":         func() error { _, err := f.app.Attention.Export(ProfileQuery{}, password); return err },
	} {
		if err := call(); profile.CodeOf(err) != profile.SignedOut {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.app.People.SignIn(email, "wrong password here"); profile.CodeOf(err) != profile.SignInRefused {
		t.Error(err)
	}
	if _, err := f.app.People.CreateFirst("Second", "second@example.com", password); err == nil {
		t.Error("a second first person")
	}
}

func TestDisconnectErases(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 100})
	f.signUpAndConnect()
	f.imported()
	erased, err := f.app.Integration.Disconnect(password)
	state := erased.State
	if err != nil || state.Clinic != nil || state.Person == nil {
		t.Fatalf("%+v, %v", state, err)
	}
	if page, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Limit: 10}); err != nil || page.All != 0 {
		t.Errorf("%d profiles left, %v", page.All, err)
	}
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.NotConnected {
		t.Error(err)
	}
	// Another clinic may follow, with the same people.
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Error(err)
	}
}

func TestDemoAndBack(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 10})
	state, err := f.app.Clinics.OpenDemo()
	if err != nil || !state.Demo || state.Person == nil || state.Clinic == nil {
		t.Fatalf("%+v, %v", state, err)
	}
	if _, err := f.app.Sync.Now(); err != nil { // what has changed since the last sync
		t.Fatal(err)
	}
	if pass := f.imported(); pass.Read <= fakeclinic.DefaultPatients || pass.Synced != 0 {
		t.Errorf("what has been synced for a month is read once more: %+v", pass)
	}
	if state, err = f.app.Clinics.LeaveDemo(); err != nil || state.Demo || state.Clinic != nil || state.Person != nil {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestPanicBecomesAnError(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Patients: 1})
	_, err := host.Do(f.app.parts.access, session.Anyone, func(context.Context, *host.Call) (int, error) { panic("broken") })
	if view := errorView(err); view.Code != string(profile.Internal) || strings.Contains(view.Message, "broken") {
		t.Errorf("%+v", view)
	}
}
