package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func manyEntries(n int) []profile.Entry {
	entries := make([]profile.Entry, n)
	for i := range entries {
		p := alex()
		p.ID = profile.ID(fmt.Sprint(1000 + i))
		entries[i] = entry(p)
	}
	return entries
}

// kept returns how many profiles and outcomes are stored.
func kept(t *testing.T, s interface {
	Tally(context.Context) (profile.Tally, error)
	Counts(context.Context, int64) (profile.Counts, error)
}, pass int64) [2]int {
	t.Helper()
	tally, err := s.Tally(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts, err := s.Counts(t.Context(), pass)
	if err != nil {
		t.Fatal(err)
	}
	return [2]int{tally.Active, counts.Read}
}

func TestFullDiskLeavesNothingHalfWritten(t *testing.T) {
	db, s := newStore(t)
	pass := begin(t, s, profile.FullPass)
	save(t, s, pass.ID, manyEntries(10)...)
	if err := db.LimitPages(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	_, err := s.Save(t.Context(), profile.Batch{PassID: pass.ID, Page: 2, Entries: manyEntries(1000)})
	if profile.CodeOf(err) != profile.StoreFull {
		t.Fatalf("a full disk: %v", err)
	}
	if got := kept(t, s, pass.ID); got != [2]int{10, 10} {
		t.Errorf("%v profiles and outcomes after a full disk", got)
	}
	if err := db.LimitPages(t.Context(), 1_000_000); err != nil {
		t.Fatal(err)
	}
	save(t, s, pass.ID, manyEntries(1000)...)
	if got := kept(t, s, pass.ID); got != [2]int{1000, 1000} {
		t.Errorf("%v profiles and outcomes once there is space", got)
	}
}

func TestLockedDatabaseLeavesNothingHalfWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	pass := begin(t, s, profile.FullPass)
	other, err := sql.Open("sqlite3", path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	holding, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(t.Context(), profile.Batch{PassID: pass.ID, Entries: manyEntries(5)}); profile.CodeOf(err) != profile.StoreBusy {
		t.Errorf("a database that another program holds: %v", err)
	}
	if got := kept(t, s, pass.ID); got != [2]int{} {
		t.Errorf("%v profiles and outcomes", got)
	}
	if err := holding.Rollback(); err != nil {
		t.Fatal(err)
	}
	save(t, s, pass.ID, manyEntries(5)...)
	if got := kept(t, s, pass.ID); got != [2]int{5, 5} {
		t.Errorf("%v profiles and outcomes once it is free", got)
	}
}

func TestStoreIsClosedToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows gives a person's folder to that person")
	}
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	modes := map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600}
	for name, mode := range modes {
		if err := os.Chmod(name, mode|0o044); err != nil {
			t.Fatal(err)
		}
	}
	openStore(t, path)
	for name, mode := range modes {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", filepath.Base(name), info.Mode(), err)
		}
	}
}
