package window

import (
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// The disk is full once something is done, when the audit trail's line is to be
// completed. It was done, and nobody is told that it failed; the line is there.
func TestWhatWasDoneDidNotFail(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 5})
	f.signUpAndConnect()
	const full = `CREATE TRIGGER full BEFORE UPDATE ON audit BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`
	f.exec(full)
	const fresh = "three green hills upstairs"
	if err := f.app.People.ChangePassword(password, fresh); err != nil {
		t.Errorf("the password is changed, and the window says: %v", err)
	}
	if events, err := f.clinic().Workspace.Events(t.Context(), 0, 1); err != nil || events[0].Action != "changed_password" || events[0].Outcome != "not_finished" {
		t.Errorf("%+v, %v", events, err)
	}
	f.exec("DROP TRIGGER full")
	if _, err := f.app.People.SignIn(email, fresh); err != nil {
		t.Error(err)
	}
	f.exec(full)
	if err := f.app.People.ChangePassword("not the password", fresh); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("what did fail: %v", err)
	}
}
