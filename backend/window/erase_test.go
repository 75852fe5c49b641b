package window

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

func TestDisconnectErasesWhatCameFromCliniko(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 70, Patients: 120})
	logs := 0
	f.computer.EraseLogs = func() error { logs++; return nil }
	f.signUpAndConnect()
	f.imported()
	erased, err := f.app.Integration.Disconnect(password)
	if err != nil || erased.State.Clinic != nil || erased.State.Person == nil {
		t.Fatalf("%+v, %v", erased, err)
	}
	if erased.Clinic != "Harbour Physio" || erased.Profiles < 100 || erased.Syncs != 1 {
		t.Errorf("%+v", erased)
	}
	if _, err := os.Stat(filepath.Join(f.o.DataDir(), "erase-webview")); err != nil || logs != 1 {
		t.Errorf("the log was erased %d times; the web view's mark: %v", logs, err)
	}
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.NotConnected {
		t.Errorf("the API key is still there: %v", err)
	}
	f.app.close()
	var looked int
	err = filepath.WalkDir(f.o.DataDir(), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		looked++
		content, err := os.ReadFile(path)
		for _, id := range f.fake.IDs() {
			if bytes.Contains(content, []byte(id)) {
				t.Errorf("%s still holds the id of a client", filepath.Base(path))
				break
			}
		}
		return err
	})
	if err != nil || looked == 0 {
		t.Errorf("%d files, %v", looked, err)
	}
	f.start() // the person is still known, with the fresh key
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic != nil {
		t.Errorf("%+v, %v", state, err)
	}
}

// A key that is lost, or was replaced by another, makes the data unreadable for
// good. The window says so, resets it when asked, and starts again.
func TestLostKeyOffersToStartAgain(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 71, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.app.close()
	// Its name ends with a hash of the folder's.
	sum := sha256.Sum256([]byte(f.o.DataDir()))
	if err := keyring.Open("TeleHab").Delete(t.Context(), "store key "+hex.EncodeToString(sum[:6])); err != nil {
		t.Fatal(err)
	}
	f.start()
	state, err := f.app.About.State()
	if err != nil || state.Store == nil || state.Store.Code != string(profile.StoreKeyLost) {
		t.Fatalf("%+v, %v", state, err)
	}
	if _, err := f.app.Clinics.ResetStore(""); profile.CodeOf(err) != profile.Invalid {
		t.Fatalf("erased without the word: %v", err)
	}
	if state, err = f.app.Clinics.ResetStore("ERASE"); err != nil || state.Store != nil || state.PeopleExist {
		t.Fatalf("%+v, %v", state, err)
	}
	f.signUpAndConnect()
	if pass := f.imported(); pass.Read != 20 {
		t.Errorf("%+v", pass)
	}
}

func TestStartOverAfterAForgottenPassword(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 72, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	if _, err := f.app.Clinics.StartOver("ERASE"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("while somebody is signed in: %v", err)
	}
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.StartOver("erase"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("without the word: %v", err)
	}
	state, err := f.app.Clinics.StartOver("ERASE")
	if err != nil || state.PeopleExist || state.Clinic != nil || state.Store != nil {
		t.Fatalf("%+v, %v", state, err)
	}
	f.signUpAndConnect()
}
