package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// clock is a computer's clock that a test can set.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

// learn sets the clock, and Cliniko's to the same time.
func (c *clock) learn(t *testing.T, s *sqlite.Profiles, now time.Time) {
	t.Helper()
	c.now = now
	if _, err := s.Learn(t.Context(), profile.Reading{Clinic: now, Here: now}); err != nil {
		t.Fatal(err)
	}
}

func newStoreAt(t *testing.T, c *clock) (string, *sqlite.Profiles) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, c.now); err != nil {
		t.Fatal(err)
	}
	return path, db.Profiles(clinic.AccountID, c.time)
}

func TestChangesOfAProfile(t *testing.T) {
	c := &clock{changedAt}
	path, s := newStoreAt(t, c)
	save(t, s, 0, entry(alex()))
	if changes, err := s.Changes(t.Context(), alex().ID); err != nil || len(changes) != 0 {
		t.Fatalf("a new profile has changed: %v, %v", changes, err)
	}

	c.now = changedAt.Add(time.Hour)
	pass := begin(t, s, profile.ChangesPass)
	second := alex()
	second.Email, second.Phones, second.UpdatedAt = "", []profile.Phone{{Type: "Home", Number: "0491 570 157"}}, c.now
	save(t, s, pass.ID, entry(second))
	second.UpdatedAt = c.now.Add(time.Minute) // a change to something that is not stored
	save(t, s, pass.ID, entry(second))

	c.now = changedAt.Add(2 * time.Hour)
	if _, _, err := s.MarkDeleted(t.Context(), pass.ID, []profile.Departure{{Ref: string(second.ID), NotFoundAt: c.now}}); err != nil {
		t.Fatal(err)
	}

	changes, err := s.Changes(t.Context(), alex().ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []profile.Change{
		{At: changedAt.Add(2 * time.Hour), UpdatedAt: second.UpdatedAt, PassID: pass.ID,
			Fields: []profile.FieldChange{{Field: profile.FieldState, Before: "active", After: "deleted"}}},
		{At: changedAt.Add(time.Hour), UpdatedAt: changedAt.Add(time.Hour), PassID: pass.ID, Fields: []profile.FieldChange{
			{Field: profile.FieldEmail, Before: "canary@example.com"},
			{Field: profile.FieldPhones, Before: "0491 570 156 Mobile", After: "0491 570 157 Home"}}},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}

	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var fields string
	var sealed []byte
	if err := raw.QueryRow("SELECT fields, sealed FROM change ORDER BY id LIMIT 1").Scan(&fields, &sealed); err != nil {
		t.Fatal(err)
	}
	if fields != "email,phones" || strings.Contains(string(sealed), "canary") {
		t.Errorf("fields %q, sealed %q", fields, sealed)
	}
}

func count(t *testing.T, path, table string) (n int) {
	t.Helper()
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if err := raw.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
