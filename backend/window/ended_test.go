package window

import (
	"sync/atomic"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// What one person asked for is not answered to the next one at the window.
func TestAnAnswerEndsWithItsSession(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[3]
	kim := f.signInWith(staff.Practitioner, staff.ModifyProfiles)
	for name, leave := range map[string]func() error{
		"locked":                func() error { _, err := f.app.Security.Lock(); return err },
		"signed out":            func() error { _, err := f.app.People.SignOut(); return err },
		"somebody else":         func() error { _, err := f.app.People.SignIn(kim, deskPassword); return err },
		"the same person again": func() error { _, err := f.app.People.SignIn(email, password); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := f.app.People.SignIn(email, password); err != nil {
				t.Fatal(err)
			}
			arrived, release := f.hold()
			type answer struct {
				view ProfileView
				err  error
			}
			answers := make(chan answer, 1)
			go func() {
				view, err := f.app.Profiles.Refresh(id)
				answers <- answer{view, err}
			}()
			<-arrived
			err := leave()
			release()
			if got := <-answers; err != nil || profile.CodeOf(got.err) != profile.SignedOut || got.view.ID != "" {
				t.Errorf("%v, %v, a profile %v", err, got.err, got.view.ID != "")
			}
		})
	}
}

// Whoever deactivates their own account is told, and signed out.
func TestADeactivatedPersonIsSignedOut(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 96, Patients: 1})
	f.signUpAndConnect()
	f.signInWith(staff.ManagePeople)
	state, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	details := PersonDetails{Name: state.Person.Name, Email: state.Person.Email, Permissions: state.Person.Permissions}
	if view, err := f.app.People.Change(state.Person.ID, details); err != nil || view.Active {
		t.Errorf("%+v, %v", view.Active, err)
	}
	if state, err := f.app.About.State(); err != nil || state.Person != nil || state.Locked != nil {
		t.Errorf("still signed in, %v", err)
	}
	if _, err := f.app.People.List(); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("the people: %v", err)
	}
}

// The page is told of the lock though the store cannot be read at that moment.
func TestTheLockNeedsNoStore(t *testing.T) {
	for name, damage := range map[string]string{
		"a person who cannot be decrypted": "UPDATE person SET sealed = x'00'",
		"a clinic that cannot":             "UPDATE clinic SET sealed = zeroblob(60)",
		"a table that is gone":             "DROP TABLE person",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 97, Patients: 5})
			var screen atomic.Bool
			f.computer.ScreenLocked = screen.Load
			f.signUpAndConnect()
			f.imported()
			f.exec(damage)
			screen.Store(true)
			f.app.lockIfDue(t.Context(), false)
			f.system.mu.Lock()
			told := f.system.state
			f.system.mu.Unlock()
			if told.Person != nil || told.Store == nil || told.Generation == 0 {
				t.Errorf("the page was told %+v", told)
			}
			if _, err := f.clinic().Workspace.Directory(); profile.CodeOf(err) != profile.SignedOut {
				t.Errorf("the names are still in memory: %v", err)
			}
		})
	}
}
