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

// A list that waited for a person, or a slow answer, may have the same
// updated_at as what is stored, and still be older.
func TestWhatWasReadEarlierDoesNotReplaceWhatWasReadLater(t *testing.T) {
	_, s := newStore(t)
	read := func(p profile.Profile, at time.Time) profile.Entry {
		e := entry(p)
		e.ReadAt, e.Opened = at, true
		return e
	}
	archived := alex()
	archived.State, archived.ArchivedAt = profile.Archived, changedAt
	save(t, s, 0, read(alex(), changedAt.Add(time.Minute)))
	if changed := save(t, s, 0, read(archived, changedAt)); len(changed) != 0 {
		t.Errorf("%+v", changed)
	}
	unread := profile.Entry{Ref: string(alex().ID), ReadAt: changedAt, Failure: &profile.Failure{ID: alex().ID, Ref: string(alex().ID), Code: profile.Unreadable}}
	if changed := save(t, s, 0, unread); len(changed) != 0 {
		t.Errorf("%+v", changed)
	}
	if _, _, err := s.MarkDeleted(t.Context(), 0, []profile.Departure{{Ref: string(alex().ID), NotFoundAt: changedAt.Add(2 * time.Minute)}}); err != nil {
		t.Fatal(err)
	}
	save(t, s, 0, read(alex(), changedAt.Add(time.Minute)))
	if got, err := s.One(t.Context(), string(alex().ID)); err != nil || got.Profile.State != profile.Deleted {
		t.Errorf("%s, %v", got.Profile.State, err)
	}
	save(t, s, 0, read(alex(), changedAt.Add(3*time.Minute)))
	if got, err := s.One(t.Context(), string(alex().ID)); err != nil || got.Profile.State != profile.Active || !got.Profile.DeletedAt.IsZero() {
		t.Errorf("%s, deleted at %v, %v", got.Profile.State, got.Profile.DeletedAt, err)
	}
}

func TestPurge(t *testing.T) {
	c := &clock{changedAt}
	path, s := newStoreAt(t, c)
	c.learn(t, s, c.now)
	other, left := alex(), alex()
	other.ID, left.ID = "2", "3"
	save(t, s, 0, entry(alex()), entry(other), entry(left))
	left.State, left.ArchivedAt = profile.Archived, changedAt.AddDate(0, 0, 1)
	save(t, s, 0, entry(left))
	pass := begin(t, s, profile.FullPass)
	pass.EndedAt = c.now
	if _, _, err := s.MarkDeleted(t.Context(), pass.ID, []profile.Departure{{Ref: string(alex().ID), NotFoundAt: c.now}}); err != nil {
		t.Fatal(err)
	}
	if err := s.EndPass(t.Context(), pass, profile.Cursors{}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		days            int
		erased          string
		changes, passes int
	}{
		{6, "", 2, 1}, {8, string(alex().ID), 1, 1}, {89, "", 1, 1}, {90, "", 1, 1}, {92, "3", 0, 0},
	} {
		c.learn(t, s, changedAt.AddDate(0, 0, step.days))
		refs, err := s.Purge(t.Context())
		if err != nil || strings.Join(refs, " ") != step.erased {
			t.Errorf("after %d days: %v, %v", step.days, refs, err)
		}
		if n := count(t, path, "change"); n != step.changes {
			t.Errorf("after %d days: %d changes", step.days, n)
		}
		if n := count(t, path, "pass"); n != step.passes {
			t.Errorf("after %d days: %d passes", step.days, n)
		}
	}
	if n := count(t, path, "profile"); n != 1 {
		t.Errorf("%d profiles", n)
	}
}

// Cliniko says that a client was archived in 50 years: the retention begins when
// that is first read, however often it is read again, and not when the client was
// first stored, which may be long ago.
func TestRetentionThatBeginsInTheFutureBeginsNow(t *testing.T) {
	future := changedAt.AddDate(50, 0, 0)
	for name, leave := range map[string]func(p *profile.Profile){
		"archived":                   func(p *profile.Profile) { p.State, p.ArchivedAt = profile.Archived, future },
		"merged":                     func(p *profile.Profile) { p.State, p.ArchivedAt = profile.Merged, future },
		"merged, which says no time": func(p *profile.Profile) { p.State, p.UpdatedAt = profile.Merged, future },
	} {
		t.Run(name, func(t *testing.T) {
			c := &clock{changedAt}
			_, s := newStoreAt(t, c)
			c.learn(t, s, c.now)
			left := alex()
			save(t, s, 0, entry(left))
			leave(&left)
			erased := -1
			for days := 200; days <= 400 && erased < 0; days++ {
				c.learn(t, s, changedAt.AddDate(0, 0, days))
				if days == 200 || days%7 == 0 {
					read := entry(left)
					read.ReadAt = c.now
					if changed := save(t, s, 0, read); days > 200 && len(changed) > 0 {
						t.Errorf("day %d: it counts as changed", days)
					}
				}
				refs, err := s.Purge(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(refs) > 0 {
					erased = days
				}
			}
			if erased != 291 { // 90 days after day 200 are over
				t.Errorf("erased on day %d", erased)
			}
		})
	}
}

// While nobody can tell Cliniko's time, what Cliniko says of a client stays.
func TestADoubtChangesNoArchiveTime(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	left := alex()
	left.State, left.ArchivedAt = profile.Archived, changedAt.AddDate(1, 0, 0)
	e := entry(left)
	e.Opened = true
	save(t, s, 0, e)
	if got, err := s.One(t.Context(), e.Ref); err != nil || !got.Profile.ArchivedAt.Equal(left.ArchivedAt) {
		t.Errorf("archived at %v, %v", got.Profile.ArchivedAt, err)
	}
}

func TestRetentionCanBeChosen(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	left := alex()
	left.State, left.ArchivedAt = profile.Archived, changedAt.AddDate(-3, 0, 0)
	e := entry(left)
	e.Opened = true // long after it was archived
	save(t, s, 0, e)
	if err := s.SetRetention(t.Context(), profile.Retention{ArchivedDays: 0, DeletedDays: 7}); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("no days: %v", err)
	}
	c.learn(t, s, c.now)
	chosen := profile.Retention{ArchivedDays: 10, DeletedDays: 3}
	if err := s.SetRetention(t.Context(), chosen); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Retention(t.Context()); err != nil || got != chosen {
		t.Errorf("%+v, %v", got, err)
	}
	for _, step := range []struct {
		days   int
		erased int
	}{{9, 0}, {11, 1}} {
		c.learn(t, s, changedAt.AddDate(0, 0, step.days))
		if refs, err := s.Purge(t.Context()); err != nil || len(refs) != step.erased {
			t.Errorf("after %d days: %v, %v", step.days, refs, err)
		}
	}
}

func TestEraseOneWhoHasLeft(t *testing.T) {
	_, s := newStore(t)
	save(t, s, 0, entry(alex()))
	if err := s.Erase(t.Context(), string(alex().ID)); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("an active client: %v", err)
	}
	left := alex()
	left.State, left.ArchivedAt = profile.Archived, changedAt
	save(t, s, 0, entry(left))
	if err := s.Erase(t.Context(), string(alex().ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.One(t.Context(), string(alex().ID)); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("after it was erased: %v", err)
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

func TestRetries(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	failed := func() {
		save(t, s, 0, profile.Entry{Ref: "7", Failure: &profile.Failure{ID: "7", Ref: "7", Code: profile.Unreadable}})
	}
	for attempt, want := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 0} {
		failed()
		retries, err := s.Retries(t.Context())
		switch {
		case err != nil:
			t.Fatal(err)
		case want == 0 && len(retries) != 0:
			t.Errorf("attempt %d: %v", attempt+1, retries)
		case want > 0 && (len(retries) != 1 || retries[0] != profile.Retry{ID: "7", At: c.now.Add(want)}):
			t.Errorf("attempt %d: %v", attempt+1, retries)
		}
		c.now = c.now.Add(want)
	}
}

func TestMissing(t *testing.T) {
	_, s := newStore(t)
	ctx := t.Context()
	check := func(missing string, accepted int) {
		t.Helper()
		refs, err := s.Missing(ctx)
		if err != nil || strings.Join(refs, " ") != missing {
			t.Errorf("missing %v, %v; want %s", refs, err, missing)
		}
		if _, said, err := s.Decided(ctx); err != nil || len(said) != accepted {
			t.Errorf("accepted %v, %v; want %d", said, err, accepted)
		}
	}
	if err := s.SetMissing(ctx, []profile.Departure{{Ref: "1"}, {Ref: "2"}}); err != nil {
		t.Fatal(err)
	}
	check("1 2", 0)
	if err := s.AcceptMissing(ctx, []string{"1", "2"}); err != nil {
		t.Fatal(err)
	}
	check("", 2)
	if err := s.SetMissing(ctx, []profile.Departure{{Ref: "2"}, {Ref: "3"}}); err != nil {
		t.Fatal(err)
	}
	check("3", 1)
	if err := s.EndPass(ctx, begin(t, s, profile.FullPass), profile.Cursors{}); err != nil {
		t.Fatal(err)
	}
	check("", 0)
}

// A row with a reading time years in the future, by a wrong clock or by hand,
// is replaced by the next reading.
func TestWhatWasReadInTheFutureIsReplaced(t *testing.T) {
	c := &clock{changedAt}
	_, s := newStoreAt(t, c)
	c.learn(t, s, changedAt)
	read := func(p profile.Profile, at time.Time) profile.Entry {
		e := entry(p)
		e.ReadAt, e.Opened = at, true
		return e
	}
	save(t, s, 0, read(alex(), changedAt.AddDate(10, 0, 0)))
	archived := alex()
	archived.State, archived.ArchivedAt = profile.Archived, changedAt
	c.learn(t, s, changedAt.Add(time.Minute))
	save(t, s, 0, read(archived, changedAt.Add(time.Minute)))
	if got, err := s.One(t.Context(), string(alex().ID)); err != nil || got.Profile.State != profile.Archived {
		t.Errorf("%s, %v", got.Profile.State, err)
	}
}

// A full pass with a start in the future is not resumed for years.
func TestAPassFromTheFutureDoesNotGoOn(t *testing.T) {
	for name, c := range map[string]struct {
		since  time.Duration
		resume bool
	}{"an hour ago": {time.Hour, true}, "at the same time": {0, true}, "25 hours ago": {25 * time.Hour, false}, "in 30 days": {-30 * aDay, false}, "in ten years": {-3650 * aDay, false}} {
		t.Run(name, func(t *testing.T) {
			_, s := newStore(t)
			first := begin(t, s, profile.FullPass)
			again, _, err := s.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt.Add(c.since)})
			if err != nil || (again.ID == first.ID) != c.resume {
				t.Errorf("pass %d after %d, %v", again.ID, first.ID, err)
			}
		})
	}
}
