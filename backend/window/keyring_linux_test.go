package window

import (
	"testing"
	"time"

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
	// The keyring writes its file when it likes.
	view, err := f.app.Security.Keyring()
	for end := time.Now().Add(time.Minute); err == nil && !view.Unprotected && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		view, err = f.app.Security.Keyring()
	}
	if err != nil || !view.Unprotected {
		t.Errorf("without: %+v, %v", view, err)
	}
}
