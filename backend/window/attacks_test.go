package window

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// tamper changes the database past the app, which does not run meanwhile.
func (f *fixture) tamper(statement string) {
	f.t.Helper()
	f.app.close()
	f.exec(statement)
	f.start()
}

// exec changes the database past the app.
func (f *fixture) exec(statement string) {
	f.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(f.o.DataDir(), "telehab.db"))
	if err == nil {
		_, err = db.Exec(statement)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// Whatever was written into the file, there is a way on.
func TestDamagedStoreOffersToStartAgain(t *testing.T) {
	for name, damage := range map[string]func(f *fixture){
		"a person who does not open": func(f *fixture) { f.tamper("UPDATE person SET sealed = x'00'") },
		"a clinic that does not open": func(f *fixture) {
			f.tamper("UPDATE clinic SET sealed = zeroblob(60)")
		},
		"a table that is gone": func(f *fixture) { f.tamper("DROP TABLE person") },
		"another file": func(f *fixture) {
			f.app.close()
			if err := os.WriteFile(filepath.Join(f.o.DataDir(), "telehab.db"), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
				f.t.Fatal(err)
			}
			f.start()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 80, Patients: 20})
			f.signUpAndConnect()
			f.imported()
			if _, err := f.app.Clinics.ResetStore("ERASE"); profile.CodeOf(err) != profile.Invalid {
				t.Fatalf("a store that opens was reset: %v", err)
			}
			damage(f)
			state, err := f.app.About.State()
			if err != nil || state.Store == nil || !state.MayReset {
				t.Fatalf("%+v, %v", state, err)
			}
			if state, err = f.app.Clinics.ResetStore("ERASE"); err != nil || state.Store != nil || state.PeopleExist {
				t.Fatalf("%+v, %v", state, err)
			}
			f.signUpAndConnect()
			f.imported()
		})
	}
}

func TestExportEndsWithTheLock(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 81, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	f.system.whileAsking = func() {
		if _, err := f.app.Security.Lock(); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.app.Profiles.Export("csv", password); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("exported after the lock: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a file was written")
	}
}

func TestExportIsForThisUserAloneWhateverLiesThere(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 82, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	dir := t.TempDir()
	shared, elsewhere := filepath.Join(dir, "shared.csv"), filepath.Join(dir, "elsewhere")
	for _, path := range []string{shared, elsewhere} {
		if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	leads := filepath.Join(dir, "leads.csv")
	if err := os.Symlink(elsewhere, leads); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{shared, leads} {
		f.system.saveTo = path
		if _, err := f.app.Profiles.Export("csv", password); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
	if content, err := os.ReadFile(elsewhere); err != nil || string(content) != "before" {
		t.Errorf("what the link led to is %q, %v", content, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("%v, %v", left, err)
	}
}

// An export that leaves somebody out says so, and writes nothing.
func TestExportSaysWhoDoesNotOpen(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 83, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	db, err := sql.Open("sqlite3", filepath.Join(f.o.DataDir(), "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(context.Background(), "UPDATE profile SET sealed = zeroblob(80) WHERE cliniko_id = (SELECT min(cliniko_id) FROM profile)"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.Export("csv", password); profile.CodeOf(err) != profile.StoreDamaged {
		t.Errorf("exported all but one: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a file was written")
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // it is read again meanwhile
		if _, err = f.app.Profiles.Export("csv", password); err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		t.Errorf("after it was mended: %v", err)
	}
}

func TestWhoMayOnlyChangeFetchesNoStranger(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 84, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	stranger, err := f.fake.Create(fakeclinic.Patient{})
	if err != nil {
		t.Fatal(err)
	}
	known := f.fake.IDs()[0]
	if _, err := f.app.Attention.Retry(stranger); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("checked again who had not failed: %v", err)
	}
	f.signInWith(staff.Practitioner, staff.ModifyProfiles)
	if _, err := f.app.Profiles.Refresh(stranger); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("fetched a stranger: %v", err)
	}
	if _, err := f.app.Profiles.Refresh(known); err != nil {
		t.Error(err)
	}
}
