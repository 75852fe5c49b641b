package window

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// A key that is replaced while the service's copy of it cannot be: whoever sees
// the integration is told, after a restart as well, until the service is
// installed again or removed.
func TestAServiceThatLostItsKeys(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 31, Patients: 5, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	install := func() {
		t.Helper()
		if _, err := workspace.CopyForService(t.Context(), f.o); err != nil {
			t.Fatal(err)
		}
	}
	lose := func() {
		t.Helper()
		path, err := filepath.EvalSymlinks(f.o.DataDir())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(path))
		if err := keyring.Open("TeleHab").Delete(t.Context(), "service password "+hex.EncodeToString(sum[:6])); err != nil {
			t.Fatal(err)
		}
		if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
			t.Fatal(err)
		}
	}
	says := func(when, want string) {
		t.Helper()
		state, err := f.app.About.State()
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if state.Service != nil {
			said = state.Service.Message
		}
		if said != want {
			t.Errorf("%s: %q", when, said)
		}
	}
	const lost = "The service's copy of the keys could not be changed, so it was deleted, and the service does not sync any more. " +
		"Run telehab service install again, as it was run before."

	says("no service", "")
	install()
	says("installed", "")
	lose()
	says("lost", lost)
	f.app.close()
	f.start()
	says("nobody is signed in", "")
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	says("after a restart", lost)
	f.signInWith(staff.Practitioner)
	says("who does not see the integration", "")
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	install()
	says("installed again", "")
	lose()
	says("lost again", lost)
	if err := workspace.ForgetServiceCopy(t.Context(), f.o); err != nil {
		t.Fatal(err)
	}
	says("removed", "")
}
