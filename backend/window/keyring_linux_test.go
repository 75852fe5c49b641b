package window

import (
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring/keyringtest"
)

// Settings says whether the real keyring that has the keys has no password.
func TestSettingsSayThatTheKeyringHasNoPassword(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 73, Patients: 1})
	f.signUpAndConnect()
	if view, err := f.app.Security.Keyring(); err != nil || view.Unprotected {
		t.Errorf("with a password: %+v, %v", view, err)
	}
	keyringtest.WithoutPassword(t)
	view, err := f.app.Security.Keyring()
	if err != nil || !view.Unprotected {
		t.Errorf("without: %+v, %v", view, err)
	}
}
