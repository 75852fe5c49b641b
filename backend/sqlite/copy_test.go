package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// A copy has what the store had, neither learns of the other's changes, and no
// file is made.
func TestACopyIsOnItsOwn(t *testing.T) {
	db, s := newStore(t)
	save(t, s, 0, entry(alex()))
	files := filesBeside(t, db.Path())
	copied, err := db.Copy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := copied.Profiles(clinic.AccountID, time.Now)
	emails := func(s *sqlite.Profiles) (emails []string) {
		t.Helper()
		broken, err := s.All(t.Context(), func(some []profile.Entry) {
			for _, e := range some {
				emails = append(emails, e.Profile.Email)
			}
		})
		if err != nil || len(broken) > 0 {
			t.Fatal(err, broken)
		}
		slices.Sort(emails)
		return emails
	}
	if got := emails(c); !slices.Equal(got, []string{"canary@example.com"}) {
		t.Errorf("the copy has %v", got)
	}
	inCopy, inStore, another := alex(), alex(), alex()
	inCopy.Email, inCopy.UpdatedAt = "copy@example.com", changedAt.Add(time.Hour)
	inStore.Email, inStore.UpdatedAt = "store@example.com", changedAt.Add(time.Hour)
	another.ID, another.Email = "836447129235883062", "another@example.com"
	save(t, c, 0, entry(inCopy))
	save(t, s, 0, entry(inStore), entry(another))
	if got := emails(c); !slices.Equal(got, []string{"copy@example.com"}) {
		t.Errorf("the copy has %v", got)
	}
	if now := filesBeside(t, db.Path()); !slices.Equal(now, files) {
		t.Errorf("files %v, before the copy %v", now, files)
	}
	if err := copied.Close(); err != nil {
		t.Error(err)
	}
	if got := emails(s); !slices.Equal(got, []string{"another@example.com", "store@example.com"}) {
		t.Errorf("the store has %v", got)
	}
}

func filesBeside(t *testing.T, path string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		names = append(names, file.Name())
	}
	return names
}

// Of a store that another process has sealed with another key there is no copy:
// nothing in it would open.
func TestNoCopyWithTheKeyOfBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	window, waiting := openStore(t, path), openStore(t, path)
	if err := window.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	if _, err := window.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if _, err := waiting.Copy(t.Context()); profile.CodeOf(err) != profile.StoreMissing {
		t.Errorf("%v", err)
	}
}
