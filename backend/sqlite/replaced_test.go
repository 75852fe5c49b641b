package sqlite_test

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

func worker(id string) staff.Person {
	return staff.Person{ID: id, Name: id, Email: id + "@clinic.example", Permissions: staff.AllPermissions, CreatedAt: changedAt}
}

// Another process replaces the store's key: whoever opened the store before
// writes nothing that is sealed, whichever transaction it is.
func TestNothingIsWrittenWithTheKeyOfBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	window, waiting := openStore(t, path), openStore(t, path)
	if err := keep(t, window, worker("dana")); err != nil {
		t.Fatal(err)
	}
	if err := window.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	clients := waiting.Profiles(clinic.AccountID, time.Now)
	sealed, err := clients.Prepare(profile.Batch{Entries: []profile.Entry{entry(alex())}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := window.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	for round, again := range []func() error{
		func() error { return nil },
		func() error { return window.Connect(t.Context(), clinic, changedAt) },
	} {
		if err := again(); err != nil {
			t.Fatal(err)
		}
		for name, write := range map[string]func() error{
			"a clinic": func() error { return waiting.Connect(t.Context(), clinic, changedAt) },
			"a person": func() error { return keep(t, waiting, worker("eve")) },
			"a client": func() error {
				_, err := clients.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(alex())}})
				return err
			},
			"one of then": func() error { _, err := clients.SavePrepared(t.Context(), 0, sealed); return err },
			"a wrong try": func() error {
				return waiting.CountTries(t.Context(), "dana@clinic.example", time.Hour, time.Minute, func(staff.Tries) staff.Tries { return staff.Tries{Wrong: 9} })
			},
			"another key": func() error { _, err := waiting.Forget(t.Context(), key); return err },
		} {
			if err := write(); profile.CodeOf(err) != profile.StoreMissing {
				t.Errorf("%s, %d: %v", name, round, err)
			}
		}
		if people, err := window.People(t.Context()); err != nil || len(people) != 1 || people[0].ID != "dana" {
			t.Errorf("%d people, %v", len(people), err)
		}
	}
	if c, err := window.Clinic(t.Context()); err != nil || c.Name != clinic.Name {
		t.Errorf("%q, %v", c.Name, err)
	}
}

// What was sealed before this very process replaced the key is not written
// either.
func TestWhatWasSealedBeforeIsNotWritten(t *testing.T) {
	db := openStore(t, filepath.Join(t.TempDir(), "data", "telehab.db"))
	if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	clients := db.Profiles(clinic.AccountID, time.Now)
	sealed, err := clients.Prepare(profile.Batch{Entries: []profile.Entry{entry(alex())}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	if _, err := clients.SavePrepared(t.Context(), 0, sealed); profile.CodeOf(err) != profile.StoreMissing {
		t.Error(err)
	}
	save(t, clients, 0, entry(alex()))
	if _, err := clients.One(t.Context(), string(alex().ID)); err != nil {
		t.Error(err)
	}
}

// Another process changes people while the key is being replaced.
func TestForgetBesideAChangeOfPeople(t *testing.T) {
	left := worker("dana")
	left.Deactivated = changedAt
	for name, c := range map[string]struct {
		change       staff.Person
		most, active int
	}{
		"somebody is added":       {worker("eve"), 2, 2},
		"somebody is deactivated": {left, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data", "telehab.db")
			window, terminal := openStore(t, path), openStore(t, path)
			if err := keep(t, window, worker("dana")); err != nil {
				t.Fatal(err)
			}
			if err := window.Connect(t.Context(), clinic, changedAt); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			if err := terminal.ChangePeople(t.Context(), func([]staff.Person) (staff.Person, error) {
				go func() {
					_, err := window.Forget(t.Context(), otherKey)
					ended <- err
				}()
				for !window.Writes() { // it waits for this transaction then
					runtime.Gosched()
				}
				return c.change, nil
			}); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			people, err := window.People(t.Context())
			if err != nil || len(people) != c.most {
				t.Fatalf("%d people, %v", len(people), err)
			}
			active := 0
			for i := range people {
				if people[i].Active() {
					active++
				}
			}
			if active != c.active {
				t.Errorf("%d may sign in, want %d", active, c.active)
			}
		})
	}
}

// Somebody takes rows out of the file, adds themselves on the first screen, and
// puts the rows back.
func TestRowsOfBeforeTheFirstPersonDoNotOpen(t *testing.T) {
	for name, back := range map[string][]string{
		"the clinic":               {"INSERT INTO clinic SELECT * FROM clinic_aside"},
		"the clinic and its proof": {"INSERT INTO clinic SELECT * FROM clinic_aside", "UPDATE store SET proof = (SELECT proof FROM store_aside)"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data", "telehab.db")
			db := openStore(t, path)
			if err := keep(t, db, worker("dana")); err != nil {
				t.Fatal(err)
			}
			if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
				t.Fatal(err)
			}
			save(t, db.Profiles(clinic.AccountID, time.Now), 0, entry(alex()))
			reopen := func(statements ...string) {
				t.Helper()
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				downgrade(t, path, append([]string{"PRAGMA foreign_keys = off"}, statements...)...)
				db = openStore(t, path)
			}
			reopen("CREATE TABLE clinic_aside AS SELECT * FROM clinic", "CREATE TABLE store_aside AS SELECT * FROM store", "DELETE FROM clinic", "DELETE FROM person")
			if err := keep(t, db, worker("mallory")); err != nil {
				t.Fatal(err)
			}
			reopen(back...)
			people, err := db.People(t.Context())
			_, clinicErr := db.Clinic(t.Context())
			_, clientErr := db.Profiles(clinic.AccountID, time.Now).One(t.Context(), string(alex().ID))
			if err == nil && len(people) > 0 && (clinicErr == nil || clientErr == nil) {
				t.Errorf("%s opens the clinic (%v) and a client (%v)", people[0].ID, clinicErr, clientErr)
			}
		})
	}
}

// A process that opened the store before the first person was added continues.
func TestTheFirstPersonIsSeenByWhoWasThereBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	window, terminal, third := openStore(t, path), openStore(t, path), openStore(t, path)
	if err := keep(t, terminal, worker("dana")); err != nil {
		t.Fatal(err)
	}
	if people, err := window.People(t.Context()); err != nil || len(people) != 1 {
		t.Errorf("%d people, %v", len(people), err)
	}
	if err := third.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Error(err)
	}
	if c, err := window.Clinic(t.Context()); err != nil || c.Name != clinic.Name {
		t.Errorf("%q, %v", c.Name, err)
	}
	for _, db := range []*sqlite.DB{window, terminal, openStore(t, path)} {
		if err := keep(t, db, worker("eve")); err != nil {
			t.Error(err)
		}
		if err := db.CheckKey(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// What gives permissions is sealed: a column in clear that says that nobody has
// those of this version yet gives none.
func TestASettingInClearGivesNoPermission(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	for name, statements := range map[string][]string{"the column": {"UPDATE store SET permissions = 0"}, "the schema": before7} {
		db := openStore(t, path)
		desk := worker("desk")
		desk.Permissions = []staff.Permission{staff.Practitioner, staff.PMSLink, staff.ModifyLink}
		if err := keep(t, db, desk); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		downgrade(t, path, statements...)
		people, err := openStore(t, path).People(t.Context())
		if err != nil || len(people) != 1 || people[0].May(staff.Export) {
			t.Errorf("%s: %d people, %v", name, len(people), err)
		}
	}
}
