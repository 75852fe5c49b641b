package window

import (
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A PIN opens the lock screen and the tile of its person, until five were wrong,
// it is removed, or the clinic forbids it; and the page is told each time.
func TestUnlockWithAPIN(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 66, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	dana, id := f.owner(), f.reachable().ID
	state := func(s AppState, err error) AppState {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := state(f.app.About.State()); s.PIN != (PINView{Allowed: true}) {
		t.Errorf("%+v", s.PIN)
	}
	if s := state(f.app.PIN.Set("7391", password)); s.PIN != (PINView{Allowed: true, Set: true}) {
		t.Errorf("%+v", s.PIN)
	}
	if s := state(f.app.Security.Lock()); s.Locked == nil || !s.Locked.PIN || s.PIN.Set {
		t.Errorf("%+v", s.Locked)
	}
	if _, err := f.app.PIN.SignIn(dana, "8362"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a wrong PIN: %v", err)
	}
	if _, err := f.app.Profiles.Get(id); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("a profile after a wrong PIN: %v", err)
	}
	if s := state(f.app.PIN.SignIn(dana, "7391")); s.Person == nil || s.Person.ID != dana || s.Session == 0 {
		t.Errorf("%+v", s.Person)
	}
	if _, err := f.app.Profiles.Get(id); err != nil {
		t.Error(err)
	}
	if _, err := f.app.Profiles.Export("csv", "7391"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("exported with the PIN: %v", err)
	}
	if _, err := f.app.Integration.Disconnect("7391"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("disconnected with the PIN: %v", err)
	}
	if s := state(f.app.People.SignOut()); len(s.People) != 1 || !s.People[0].PIN {
		t.Errorf("%+v", s.People)
	}
	for range 4 { // the first was before
		if _, err := f.app.PIN.SignIn(dana, "8362"); profile.CodeOf(err) != profile.SignInRefused {
			t.Errorf("a wrong PIN: %v", err)
		}
	}
	f.app.close()
	f.start()
	if s := state(f.app.About.State()); len(s.People) != 1 || s.People[0].PIN {
		t.Errorf("after five wrong PINs: %+v", s.People)
	}
	if _, err := f.app.PIN.SignIn(dana, "7391"); profile.CodeOf(err) != profile.SignInRefused || f.system.shows() {
		t.Errorf("the right PIN after five wrong ones: %v", err)
	}
	err := afterDelay(func() error { _, err := f.app.People.SignInAs(dana, password); return err })
	if err != nil {
		t.Fatal(err)
	}
	if s := state(f.app.Security.Lock()); !s.Locked.PIN {
		t.Error("the password does not bring the PIN back")
	}
	state(f.app.PIN.SignIn(dana, "7391"))
	if s := state(f.app.PIN.Allow(false)); s.PIN != (PINView{}) {
		t.Errorf("%+v", s.PIN)
	}
	if s := state(f.app.Security.Lock()); s.Locked.PIN {
		t.Error("a forbidden PIN is offered")
	}
	if _, err := f.app.PIN.SignIn(dana, "7391"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a forbidden PIN: %v", err)
	}
}
