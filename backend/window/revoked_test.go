package window

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// changedElsewhere is telehab people change in a terminal.
func (f *fixture) changedElsewhere(who string, change func(*session.Details)) {
	f.t.Helper()
	f.elsewhere(func(f *fixture, w *workspace.Workspace) error {
		by, err := session.Authenticate(f.t.Context(), w, session.Options{}, email, password)
		if err != nil {
			return err
		}
		p, err := by.Accounts().Find(f.t.Context(), who)
		if err != nil {
			return err
		}
		d := session.Details{Name: p.Name, Email: p.Email, Permissions: p.Permissions, Active: p.Active()}
		change(&d)
		_, err = by.Accounts().Change(f.t.Context(), "", p.ID, d)
		return err
	})
}

func (f *fixture) lastState() AppState {
	f.system.mu.Lock()
	defer f.system.mu.Unlock()
	return f.system.state
}

// What a terminal takes from somebody is taken from the open window: at once
// where a password is asked for, and otherwise as soon as the window looks.
func TestWhatATerminalRevokesIsRevokedInTheWindow(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 40})
	f.signUpAndConnect()
	f.imported()
	kim := f.signInWith(staff.Practitioner, staff.ModifyProfiles, staff.Export)
	number := f.clinic().Session().Number()
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	f.changedElsewhere(kim, func(d *session.Details) { d.Permissions = []staff.Permission{staff.Practitioner} })
	if path, err := f.app.Profiles.Export("csv", deskPassword); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("exported to %q: %v", path, err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("there is a file")
	}
	if told := f.lastState(); told.Person == nil || !slices.Equal(told.Person.Permissions, []string{"practitioner"}) || told.Session != number {
		t.Errorf("the page was told of %+v in session %d", told.Person, told.Session)
	}

	f.changedElsewhere(kim, func(d *session.Details) { d.Permissions, d.Name = []staff.Permission{staff.PMSLink}, "Kim Smith" })
	f.app.host.RenewPeople(t.Context())
	if told := f.lastState(); told.Person == nil || told.Person.Name != "Kim Smith" || !slices.Equal(told.Person.Permissions, []string{"pms_link"}) {
		t.Errorf("the page was told of %+v", told.Person)
	}
	if _, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Limit: 5}); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("the clients of somebody who may not view profiles any more: %v", err)
	}

	f.changedElsewhere(kim, func(d *session.Details) { d.Active = false })
	f.app.host.RenewPeople(t.Context())
	if told := f.lastState(); f.system.shows() || told.Person != nil || told.Locked != nil || !told.PeopleExist {
		t.Errorf("the page was told %+v", told)
	}
	if _, err := f.app.Attention.Find(ProfileQuery{Limit: 5}); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("deactivated: %v", err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Errorf("Dana, whom nobody changed: %v", err)
	}
	dana := f.clinic().Session()
	f.app.host.RenewPeople(t.Context())
	if f.clinic().Session() != dana || !f.system.shows() && f.lastState().Person != nil {
		t.Error("the session of somebody who was not changed ended")
	}
}

// An export waits for the dialog, and the person is deactivated meanwhile.
func TestNothingIsExportedForWhoIsDeactivatedMeanwhile(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 40})
	f.signUpAndConnect()
	f.imported()
	kim := f.signInWith(staff.Practitioner, staff.Export)
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	f.system.whileAsking = func() { f.changedElsewhere(kim, func(d *session.Details) { d.Active = false }) }
	if _, err := f.app.Profiles.Export("csv", deskPassword); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("exported: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("there is a file")
	}
	if f.system.shows() {
		t.Error("somebody is shown")
	}
}

// A locked window follows whoever locked it: with the name that they have now,
// and it is nobody's once they are deactivated.
func TestALockedWindowFollowsWhoLockedIt(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 5})
	f.signUpAndConnect()
	kim := f.signInWith(staff.Practitioner)
	if _, err := f.app.Security.Lock(); err != nil {
		t.Fatal(err)
	}
	const corrected = "Kim Corrected"
	f.changedElsewhere(kim, func(d *session.Details) { d.Name = corrected })
	f.app.host.RenewPeople(t.Context())
	if told := f.lastState(); told.Locked == nil || told.Locked.Name != corrected {
		t.Errorf("the page was told of %+v", told.Locked)
	}
	f.changedElsewhere(kim, func(d *session.Details) { d.Active = false })
	f.app.host.RenewPeople(t.Context())
	if told := f.lastState(); told.Locked != nil || told.Person != nil || !told.PeopleExist {
		t.Errorf("the page was told %+v", told)
	}
}

// The window looks by itself.
func TestTheWindowLooksWhoItsPersonIs(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 5})
	f.signUpAndConnect()
	kim := f.signInWith(staff.Practitioner)
	go f.app.watchStore(t.Context())
	f.changedElsewhere(kim, func(d *session.Details) { d.Active = false })
	f.waitFor("the sign-in", func(s AppState) bool { return s.Person == nil && s.Locked == nil })
	for end := time.Now().Add(time.Minute); f.system.shows(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the page still shows somebody")
		}
	}
}

// Whoever is deactivated, renamed or added in a terminal while nobody is signed
// in is so on the sign-in screen as soon as the window looks.
func TestTheSignInFollowsATerminal(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 1})
	f.signUpAndConnect()
	kim := f.signInWith(staff.Practitioner)
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	f.app.host.RenewPeople(t.Context())
	for _, step := range []struct {
		change func(*session.Details)
		want   []string
	}{
		{func(d *session.Details) { d.Name = "Kim Renamed" }, []string{"Dana Smith", "Kim Renamed"}},
		{func(d *session.Details) { d.Active = false }, []string{"Dana Smith"}},
		{func(d *session.Details) { d.Active = true }, []string{"Dana Smith", "Kim Renamed"}},
	} {
		f.changedElsewhere(kim, step.change)
		f.app.host.RenewPeople(t.Context())
		var names []string
		for _, tile := range f.lastState().People {
			names = append(names, tile.Name)
		}
		if !slices.Equal(names, step.want) {
			t.Errorf("the page was told of %q, want %q", names, step.want)
		}
	}
	f.system.mu.Lock()
	f.system.state = AppState{}
	f.system.mu.Unlock()
	f.app.host.RenewPeople(t.Context())
	if f.lastState().PeopleExist {
		t.Error("the page is told though nobody has changed")
	}
}
