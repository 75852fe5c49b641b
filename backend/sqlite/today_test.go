package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

func pin(t *testing.T, s *sqlite.Profiles, person string, refs ...string) {
	t.Helper()
	if _, err := s.ChangeToday(t.Context(), person, func(kept *staff.Today) error {
		for _, ref := range refs {
			if err := kept.Pin(ref); err != nil {
				return err
			}
			kept.Open(ref)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func todayOf(t *testing.T, s *sqlite.Profiles, person string) (pinned, opened []string) {
	t.Helper()
	kept, err := s.Today(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return kept.Pinned, kept.Opened
}

func TestTodayIsEachPersonsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	want := staff.Today{Start: staff.ProfilesScreen, Since: changedAt, Looked: changedAt.Add(time.Hour),
		Pinned: []string{"8364471292358831"}, Opened: []string{"8364471292358832"}}
	if _, err := s.ChangeToday(t.Context(), "dana", func(kept *staff.Today) error { *kept = want; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path).Profiles(clinic.AccountID, time.Now)
	got, err := s.Today(t.Context(), "dana")
	if err != nil || !slices.Equal(got.Pinned, want.Pinned) || !slices.Equal(got.Opened, want.Opened) || got.Start != want.Start ||
		!got.Since.Equal(want.Since) || !got.Looked.Equal(want.Looked) {
		t.Errorf("%v, %v, %v", got.Pinned, got.Opened, err)
	}
	if pinned, opened := todayOf(t, s, "lee"); pinned != nil || opened != nil {
		t.Errorf("somebody else has %v and %v", pinned, opened)
	}
	// Nothing of it is in the file in clear.
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("8364471292358831")) || bytes.Contains(content, []byte("8364471292358832")) {
			t.Errorf("%q says whom somebody looks at", suffix)
		}
	}
	// An error of the change leaves everything as it was.
	if _, err := s.ChangeToday(t.Context(), "dana", func(kept *staff.Today) error {
		kept.Unpin("8364471292358831")
		return profile.Refuse(profile.Invalid, "No.")
	}); profile.CodeOf(err) != profile.Invalid {
		t.Error(err)
	}
	if pinned, _ := todayOf(t, s, "dana"); !slices.Equal(pinned, want.Pinned) {
		t.Errorf("%v", pinned)
	}
}

// Another person's row, or one that was changed, counts as none.
func TestTodayOfAnotherRowDoesNotOpen(t *testing.T) {
	c := &clock{changedAt}
	path, s := newStoreAt(t, c)
	pin(t, s, "dana", "1")
	pin(t, s, "lee", "2")
	raw(t, path, "UPDATE today SET sealed = (SELECT sealed FROM today WHERE person_id = 'dana') WHERE person_id = 'lee'")
	if pinned, _ := todayOf(t, s, "lee"); pinned != nil {
		t.Errorf("lee has dana's %v", pinned)
	}
	pin(t, s, "lee", "3")
	if pinned, _ := todayOf(t, s, "lee"); !slices.Equal(pinned, []string{"3"}) {
		t.Errorf("%v", pinned)
	}
}

func TestWhoIsErasedIsNoLongerPinned(t *testing.T) {
	c := &clock{changedAt}
	path, s := newStoreAt(t, c)
	c.learn(t, s, c.now)
	stays, left, erased := alex(), alex(), alex()
	left.ID, erased.ID = "3", "4"
	save(t, s, 0, entry(stays), entry(left), entry(erased))
	for _, p := range []*profile.Profile{&left, &erased} {
		p.State, p.ArchivedAt = profile.Archived, changedAt
		save(t, s, 0, entry(*p))
	}
	for _, person := range []string{"dana", "lee", "broken"} {
		pin(t, s, person, string(stays.ID), "3", "4")
	}
	raw(t, path, "UPDATE today SET sealed = x'01' WHERE person_id = 'broken'")
	if _, err := s.ChangeToday(t.Context(), "chooser", func(kept *staff.Today) error { kept.Start = staff.ProfilesScreen; return nil }); err != nil {
		t.Fatal(err)
	}

	if err := s.Erase(t.Context(), "4"); err != nil {
		t.Fatal(err)
	}
	check := func(want ...string) {
		t.Helper()
		for _, person := range []string{"dana", "lee"} {
			if pinned, opened := todayOf(t, s, person); !slices.Equal(pinned, want) || !slices.Equal(opened, want) {
				t.Errorf("%s has %v and %v, want %v", person, pinned, opened, want)
			}
		}
	}
	check("3", string(stays.ID))
	c.learn(t, s, changedAt.AddDate(0, 0, 92))
	if refs, err := s.Purge(t.Context()); err != nil || !slices.Equal(refs, []string{"3"}) {
		t.Fatalf("%v, %v", refs, err)
	}
	check(string(stays.ID))
	if kept, err := s.Today(t.Context(), "chooser"); err != nil || kept.Start != staff.ProfilesScreen {
		t.Errorf("starts with %q, %v", kept.Start, err)
	}
	if n := count(t, path, "today WHERE person_id = 'broken'"); n != 0 {
		t.Error("a row that may name whoever is erased stays")
	}
}

func TestForgetTakesTodayAlong(t *testing.T) {
	db, s := newStore(t)
	pin(t, s, "dana", "1")
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db.Path(), "today"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	// Whoever still has the clinic open writes nothing for it.
	pin(t, s, "dana", "1")
	if n := count(t, db.Path(), "today"); n != 0 {
		t.Errorf("%d rows of a clinic that is not connected", n)
	}
}

func TestChangedSince(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	for n := range 3 {
		p := alex()
		p.ID = profile.ID(fmt.Sprint(n + 1))
		save(t, s, 0, entry(p))
	}
	rename := func(after time.Duration, id profile.ID, name string) {
		t.Helper()
		p := alex()
		p.ID, p.FirstName, p.UpdatedAt = id, name, changedAt.Add(after)
		c.now = changedAt.Add(after)
		save(t, s, 0, entry(p))
	}
	rename(1*time.Hour, "1", "A")
	rename(2*time.Hour, "2", "B")
	rename(3*time.Hour, "1", "C")
	rename(4*time.Hour, "1", "D")
	for _, step := range []struct {
		since time.Duration
		most  int
		ids   []profile.ID
		count int
	}{
		{time.Microsecond, 9, []profile.ID{"1", "2"}, 2},
		{time.Microsecond, 1, []profile.ID{"1"}, 2},
		{2 * time.Hour, 9, []profile.ID{"1", "2"}, 2},
		{2*time.Hour + time.Microsecond, 9, []profile.ID{"1"}, 1},
		{5 * time.Hour, 9, nil, 0},
	} {
		ids, n, err := s.ChangedSince(t.Context(), changedAt.Add(step.since), step.most)
		if diff := cmp.Diff(step.ids, ids); err != nil || n != step.count || diff != "" {
			t.Errorf("%v: %d, %v\n%s", step.since, n, err, diff)
		}
	}
}

// Who is new is not counted as changed too, and leaves room for those who were
// here before.
func TestWhoIsNewHasNotChanged(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	store := func(after time.Duration, id profile.ID, change func(*profile.Profile)) {
		t.Helper()
		p := alex()
		change(&p)
		p.ID, p.UpdatedAt = id, changedAt.Add(after)
		c.now = changedAt.Add(after)
		save(t, s, 0, entry(p))
	}
	as := func(name string) func(*profile.Profile) { return func(p *profile.Profile) { p.FirstName = name } }
	store(0, "1", as("Alex"))
	store(2*time.Hour, "2", as("Alex"))
	store(2*time.Hour, "3", as("Alex"))
	store(3*time.Hour, "1", as("A"))
	store(4*time.Hour, "2", as("B"))
	store(5*time.Hour, "3", func(p *profile.Profile) { p.State, p.ArchivedAt = profile.Archived, changedAt })
	for _, step := range []struct {
		since time.Duration
		most  int
		ids   []profile.ID
		count int
	}{
		{time.Hour, 9, []profile.ID{"3", "1"}, 2}, // 2 is new; 3, who was archived, is not listed as that
		{2*time.Hour + time.Microsecond, 9, []profile.ID{"3", "2", "1"}, 3},
		{time.Hour, 1, []profile.ID{"3"}, 2},
		{0, 9, []profile.ID{"3"}, 1},
	} {
		ids, n, err := s.ChangedSince(t.Context(), changedAt.Add(step.since), step.most)
		if diff := cmp.Diff(step.ids, ids); err != nil || n != step.count || diff != "" {
			t.Errorf("%v: %d, %v\n%s", step.since, n, err, diff)
		}
	}
}

// A pass of a store of before this version has brought nobody that is known.
func TestUpgradeToToday(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	c := &clock{changedAt}
	s := db.Profiles(clinic.AccountID, func() time.Time { return c.now })
	pass := begin(t, s, profile.FullPass)
	save(t, s, pass.ID, entry(alex()))
	c.now = changedAt.Add(time.Minute)
	second := alex()
	second.FirstName, second.UpdatedAt = "Lex", changedAt.Add(time.Minute)
	save(t, s, pass.ID, entry(second))
	if changed, added, err := s.Brought(t.Context(), &pass); err != nil || changed != 1 || added != 1 {
		t.Errorf("%d changed, %d new, %v", changed, added, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, append(slices.Clone(before17), "DROP TABLE queued_event", "DROP TABLE copied", "DROP TABLE copied_client", "ALTER TABLE pass DROP COLUMN service", "ALTER TABLE store DROP COLUMN quick_unlock_forbidden", "DROP TABLE today", "DROP INDEX change_by_age", "CREATE INDEX change_by_age ON change (at)",
		"ALTER TABLE pass DROP COLUMN added", "DELETE FROM goose_db_version WHERE version_id >= 11")...)
	s = openStore(t, path).Profiles(clinic.AccountID, time.Now)
	if changed, added, err := s.Brought(t.Context(), &pass); err != nil || changed != 1 || added != 0 {
		t.Errorf("after the upgrade: %d changed, %d new, %v", changed, added, err)
	}
	if ids, n, err := s.ChangedSince(t.Context(), c.now, 9); err != nil || n != 1 || ids[0] != alex().ID {
		t.Errorf("after the upgrade: %v, %d, %v", ids, n, err)
	}
	pin(t, s, "dana", "1")
	if pinned, _ := todayOf(t, s, "dana"); !slices.Equal(pinned, []string{"1"}) {
		t.Errorf("%v", pinned)
	}
}
