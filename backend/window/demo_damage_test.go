package window

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// A demo whose data is lost is left. The clinic behind it has nothing to do with
// that.
func TestALostDemoErasesNoClinic(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 82, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(f.o.DataDir(), "demo", "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE clinic SET sealed = x'00'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	state, err := f.app.About.State()
	if err != nil || state.Store == nil || state.MayReset || !state.Demo {
		t.Errorf("%+v, %v", state, err)
	}
	if _, err := f.app.Clinics.ResetStore("ERASE"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("erased: %v", err)
	}
	if state, err = f.app.Clinics.LeaveDemo(); err != nil || state.Demo || state.Person == nil || state.Clinic == nil {
		t.Fatalf("%+v, %v", state, err)
	}
	if page, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Limit: 10}); err != nil || page.All != 19 {
		t.Errorf("%d profiles left, %v", page.All, err)
	}
	f.app.close()
	f.start()
	if state, err = f.app.About.State(); err != nil || state.Store != nil || !state.PeopleExist || state.Clinic == nil {
		t.Errorf("after a new start: %+v, %v", state, err)
	}
}

// Closing the window does not wait for a demo that is made: the next start makes
// it anew.
func TestClosingEndsTheMakingOfTheDemo(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 83, Patients: 1})
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(f.o.DataDir(), "demo", name))
		return err == nil
	}
	answer := make(chan error, 1)
	go func() {
		_, err := f.app.Clinics.OpenDemo()
		answer <- err
	}()
	waitForCall(t, "session.(*Session).syncOnce")
	f.app.close()
	if err := <-answer; profile.CodeOf(err) != profile.Cancelled || has("demo-ready") {
		t.Errorf("closed: %v; ready: %v", err, has("demo-ready"))
	}
	f.start()
	if state, err := f.app.Clinics.OpenDemo(); err != nil || !state.Demo || state.Tally.Active < 1900 || !has("demo-ready") {
		t.Errorf("the next start: %+v, %v; ready: %v", state, err, has("demo-ready"))
	}
}

// The page is told how much of the demo is made, and nothing of one that is ready.
func TestThePageIsToldHowFarTheDemoIs(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 84, Patients: 1})
	for range 2 {
		if _, err := f.app.Clinics.OpenDemo(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.app.Clinics.LeaveDemo(); err != nil {
			t.Fatal(err)
		}
	}
	made := f.system.made
	if len(made) < 40 || made[0] != 0 || made[len(made)-1] != 1 || f.told("demo") != len(made) || !slices.IsSorted(made) {
		t.Errorf("%v", made)
	}
}

func TestTheDemoHasNoOtherClinics(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	if _, err := f.app.Clinics.ConnectSeparately(other.Key(), password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.Use(""); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("changed in the demo: %v", err)
	}
}

// The clinic that is shown is erased, whichever one the list says is used.
func TestTheClinicThatIsShownIsErased(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	if _, err := f.app.Clinics.ConnectSeparately(other.Key(), password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.Use(""); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	if err := workspace.ClinicsOf(f.o).Use("4000777"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.StartOver("ERASE"); err != nil {
		t.Fatal(err)
	}
	state, err := f.app.About.State()
	if err != nil || state.Clinic == nil || state.Clinic.Name != "Bay Street Clinic" || !state.PeopleExist {
		t.Errorf("the other clinic: %+v, %v", state, err)
	}
	if state, err = f.app.Clinics.Use(""); err != nil || state.PeopleExist {
		t.Errorf("the one that was shown: %+v, %v", state, err)
	}
}
