package window

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// What cannot be seen now is not gone: nothing is erased, nothing starts as
// on a new computer, and once it is there again everything is as it was.
func TestDataThatIsNotSeenIsNotGone(t *testing.T) {
	moved := func(part string) (func(f *fixture), func(f *fixture)) {
		return func(f *fixture) { rename(f.t, filepath.Join(f.o.Dir, part), f.o.Dir+".away") },
			func(f *fixture) {
				if err := os.RemoveAll(filepath.Join(f.o.Dir, part)); err != nil { // what TeleHab made meanwhile
					f.t.Fatal(err)
				}
				rename(f.t, f.o.Dir+".away", filepath.Join(f.o.Dir, part))
			}
	}
	driveAway, driveBack := moved("")
	fileAway, fileBack := moved("telehab.db")
	path := func(f *fixture) string { return filepath.Join(f.o.Dir, "telehab.db") }
	for name, test := range map[string]struct {
		hide, back func(f *fixture)
		code       profile.Code
		mayReset   bool
	}{
		"the folder lies on a drive that is not there": {driveAway, driveBack, profile.StoreMissing, true},
		"the file is not there":                        {fileAway, fileBack, profile.StoreMissing, true},
		"the file is empty": {func(f *fixture) {
			fileAway(f)
			if err := os.WriteFile(path(f), nil, 0o600); err != nil {
				f.t.Fatal(err)
			}
		}, fileBack, profile.StoreMissing, true},
		"the file is not there, and SQLite's log is": {func(f *fixture) {
			fileAway(f)
			if err := os.WriteFile(path(f)+"-wal", make([]byte, 4096), 0o600); err != nil {
				f.t.Fatal(err)
			}
		}, func(f *fixture) {
			fileBack(f)
			if err := os.Remove(path(f) + "-wal"); err != nil {
				f.t.Fatal(err)
			}
		}, profile.StoreMissing, true},
		"the file cannot be reached": {func(f *fixture) {
			if runtime.GOOS == "windows" {
				f.t.Skip("links need a right there")
			}
			fileAway(f)
			if err := os.Symlink(path(f), path(f)); err != nil {
				f.t.Fatal(err)
			}
		}, fileBack, profile.StoreUnreadable, false},
		"a folder stands in its place": {func(f *fixture) {
			fileAway(f)
			if err := os.MkdirAll(filepath.Join(path(f), "something"), 0o700); err != nil {
				f.t.Fatal(err)
			}
		}, func(f *fixture) {
			if _, err := os.Stat(filepath.Join(path(f), "something")); err != nil {
				f.t.Errorf("what is not ours was erased: %v", err)
			}
			fileBack(f)
		}, profile.StoreUnreadable, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 90, Patients: 20})
			f.signUpAndConnect()
			f.imported()
			f.app.close()
			test.hide(f)
			f.start()
			state, err := f.app.About.State()
			if err != nil || state.Store == nil || state.Store.Code != string(test.code) || state.MayReset != test.mayReset || state.PeopleExist {
				t.Fatalf("%+v, %v", state, err)
			}
			if _, err := f.app.People.CreateFirst("Somebody Else", "else@example.com", password); profile.CodeOf(err) != test.code {
				t.Errorf("a first person of a new store: %v", err)
			}
			if !test.mayReset {
				if _, err := f.app.Clinics.ResetStore("ERASE"); profile.CodeOf(err) != test.code {
					t.Errorf("it was reset: %v", err)
				}
			}
			f.app.close()
			test.back(f)
			f.start()
			state, err = f.app.People.SignIn(email, password)
			if err != nil || state.Clinic == nil || state.Tally.Active == 0 {
				t.Errorf("once it is there again: %+v, %v", state, err)
			}
		})
	}
}

// Starting again without data that is not to be seen makes a store and keeps
// the key, so that the data opens when it comes back.
func TestStartingAgainWithoutMissingDataLosesNothing(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 91, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.app.close()
	rename(t, f.o.Dir, f.o.Dir+".away")
	f.start()
	if state, err := f.app.Clinics.ResetStore(""); err != nil || state.Store != nil || state.PeopleExist || state.Clinic != nil {
		t.Fatalf("%+v, %v", state, err)
	}
	f.signUpAndConnect()
	f.app.close()
	f.start()
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic == nil {
		t.Errorf("the new store at the next start: %+v, %v", state, err)
	}
	f.app.close()
	if err := os.RemoveAll(f.o.Dir); err != nil {
		t.Fatal(err)
	}
	rename(t, f.o.Dir+".away", f.o.Dir)
	f.start()
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Tally.Active == 0 {
		t.Errorf("the data that came back: %+v, %v", state, err)
	}
}

// The keys are kept under a name that is made of the folder's: under another
// name of the folder they are not gone.
func TestMovedFolderFindsItsKeys(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 94, Patients: 20})
	f.signUpAndConnect()
	f.app.close()
	moved := filepath.Join(t.TempDir(), "moved")
	rename(t, f.o.Dir, moved)
	f.o.Dir = moved
	for range 2 {
		f.start()
		if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic == nil {
			t.Fatalf("%+v, %v", state, err)
		}
		if _, err := f.app.Sync.List(); err != nil {
			t.Errorf("the API key: %v", err)
		}
		f.app.close()
	}
}

// The folder of a second clinic is not there: the list says that there was one.
func TestSecondClinicThatIsNotSeenIsNotGone(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 92, Patients: 20})
	f.signUpAndConnect()
	f.app.close()
	list := filepath.Join(f.o.Dir, "clinics.json")
	content := `{"current":"4000777","clinics":[{"account":"","name":"A"},{"account":"4000777","name":"B"}]}`
	if err := os.WriteFile(list, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f.start()
	state, err := f.app.About.State()
	if err != nil || state.Store == nil || state.Store.Code != string(profile.StoreMissing) {
		t.Fatalf("%+v, %v", state, err)
	}
	if _, err := os.Stat(filepath.Join(f.o.Dir, "clinics", "4000777", "telehab.db")); err == nil {
		t.Error("a store was made")
	}
	places, err := f.app.Clinics.List()
	if err != nil || len(places) != 2 || !places[1].Current {
		t.Fatalf("%+v, %v", places, err)
	}
	if state, err = f.app.Clinics.Use(""); err != nil || state.Store != nil || !state.PeopleExist {
		t.Fatalf("the way to the other clinic: %+v, %v", state, err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Error(err)
	}
}

// Without the list the clinics are found by their folders.
func TestListOfClinicsThatIsNotSeenHidesNoClinic(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 93, Patients: 20})
	f.signUpAndConnect()
	f.app.close()
	second := workspace.Options{Dir: filepath.Join(f.o.Dir, "clinics", "4000777"), ClinikoURL: f.o.ClinikoURL}
	w, err := workspace.Open(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(f.o.Dir, "clinics", "4000778"), 0o700); err != nil { // of one that was disconnected
		t.Fatal(err)
	}
	f.start()
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	places, err := f.app.Clinics.List()
	if err != nil || len(places) != 2 || places[0].Account != "" || !places[0].Current || places[1].Account != "4000777" {
		t.Fatalf("%+v, %v", places, err)
	}
	if _, err := f.app.Clinics.Use("4000777"); err != nil {
		t.Fatal(err)
	}
	if state, err := f.app.About.State(); err != nil || state.Store != nil || state.Clinic != nil {
		t.Errorf("the second clinic: %+v, %v", state, err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
