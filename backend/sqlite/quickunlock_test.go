package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

// What a PIN is compared with lies sealed: whoever has the file and not the key
// from the keyring has nothing to try 10,000 PINs on.
func TestACopiedFileHasNoPINToTry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	kept := staff.Enrollment{Kept: "$argon2id$v=19$m=64,t=1,p=1$Unmistakable$Canary", Wrong: 3}
	if err := keep(t, db, staff.Person{ID: "p1", Name: "Robin", Email: "robin@example.org", PasswordHash: "hash", QuickUnlock: kept, CreatedAt: changedAt}); err != nil {
		t.Fatal(err)
	}
	people, err := db.People(t.Context())
	if err != nil || people[0].QuickUnlock != kept {
		t.Errorf("%v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(raw, []byte("p1")) || bytes.Contains(raw, []byte("Canary")) || bytes.Contains(raw, []byte("argon2id")) {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	other := bytes.Clone(key)
	other[0]++
	if _, err := sqlite.Open(t.Context(), path, other); profile.CodeOf(err) != profile.StoreKeyLost {
		t.Errorf("with another key: %v", err)
	}
	db = openStore(t, path)
	if people, err = db.People(t.Context()); err != nil || people[0].QuickUnlock != kept {
		t.Errorf("after a restart: %v", err)
	}
}

// Forbidding takes every PIN away with the setting, also those that another
// process stores afterwards.
func TestForbiddenPINsAreNotStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db, other := openStore(t, path), openStore(t, path)
	with := func(id string) staff.Person {
		return staff.Person{ID: id, Name: id, Email: id + "@example.org", PasswordHash: "hash " + id, CreatedAt: changedAt,
			QuickUnlock: staff.Enrollment{Kept: "pin", Wrong: 1}, Permissions: []staff.Permission{"people"}}
	}
	for _, id := range []string{"p1", "p2"} {
		if err := keep(t, db, with(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.ForbidQuickUnlock(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if err := keep(t, other, with("p2")); err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []bool{true, false} {
		for _, each := range []*sqlite.DB{db, other} {
			if got, err := each.QuickUnlockForbidden(t.Context()); got != forbidden || err != nil {
				t.Errorf("forbidden: %v, %v", got, err)
			}
			people, err := each.People(t.Context())
			if err != nil || len(people) != 2 {
				t.Fatalf("%d people, %v", len(people), err)
			}
			for _, p := range people {
				if p.QuickUnlock != (staff.Enrollment{}) || p.PasswordHash != "hash "+p.ID || !p.May("people") {
					t.Errorf("%s has a PIN, or lost something else", p.ID)
				}
			}
		}
		if err := other.ForbidQuickUnlock(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
}
