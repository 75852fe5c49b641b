package window

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// The first screen and a profile are shown though the store cannot keep who
// looked at them.
func TestTodayIsShownThoughALookCannotBeSaved(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.exec(`CREATE TRIGGER full BEFORE INSERT ON today BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`)
	first := f.look()
	if first.Since == "" {
		t.Error("nothing says since when it shows what is new")
	}
	if _, err := f.app.Profiles.Get(f.fake.IDs()[1]); err != nil {
		t.Errorf("a profile: %v", err)
	}
	f.exec("DROP TRIGGER full")
	if again := f.look(); again.Since != first.Since {
		t.Errorf("a look that was not saved counts: %s, then %s", first.Since, again.Since)
	}
	if _, err := f.app.Profiles.Get(f.fake.IDs()[2]); err != nil {
		t.Error(err)
	}
	if opened := f.look().Opened; len(opened) != 1 || opened[0].ID != f.fake.IDs()[2] {
		t.Errorf("opened: %v", idsOf(opened))
	}
}

// Another process has a transaction open, such as one that connects while the
// keyring asks: the first screen does not wait for it.
func TestTodayWaitsForNoOtherWriter(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	other, err := sql.Open("sqlite3", filepath.Join(f.o.DataDir(), "telehab.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	looked := make(chan TodayView, 1)
	go func() {
		view, err := f.app.Today.Look(nil)
		if err != nil {
			t.Error(err)
		}
		looked <- view
	}()
	select {
	case view := <-looked:
		if view.Since == "" {
			t.Error("nothing says since when it shows what is new")
		}
	case <-time.After(4 * time.Second): // the store waits for five
		t.Error("the first screen waits")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	store, err := f.clinic().Workspace.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := f.clinic().Session().Person().ID
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if kept, err := store.Today(t.Context(), id); err != nil || !kept.Looked.IsZero() {
			break // it is saved once it can be
		}
		if time.Now().After(end) {
			t.Fatal("the look is never saved")
		}
	}
}
