package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

func TestDays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	// In Lord Howe the clock goes forward by half an hour on this Sunday.
	zone := time.FixedZone("before", 10*3600+1800)
	begins := []time.Time{
		time.Date(2026, 10, 3, 0, 0, 0, 0, zone), time.Date(2026, 10, 4, 0, 0, 0, 0, zone),
		time.Date(2026, 10, 4, 23, 30, 0, 0, zone), // midnight by the new time
	}
	fails := func(email string) {
		p := alex()
		p.Email = email
		e := entry(p)
		if email == "" {
			e.Failure = &profile.Failure{ID: p.ID, Ref: string(p.ID), Code: profile.Incomplete,
				Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}}}
		}
		save(t, s, 0, e)
	}
	end := func(kind profile.Kind, code profile.Code, when time.Time) {
		t.Helper()
		pass := begin(t, s, kind)
		pass.Err, pass.EndedAt = code, when
		if err := s.EndPass(t.Context(), pass, profile.Cursors{}); err != nil {
			t.Fatal(err)
		}
	}
	fails("")
	end(profile.ChangesPass, "", begins[0].Add(-time.Microsecond)) // the day before
	end(profile.ChangesPass, "", begins[0])
	end(profile.ChangesPass, profile.TimedOut, begins[0].Add(time.Hour))
	fails("canary@example.com")
	end(profile.ChangesPass, profile.Cancelled, begins[2].Add(-time.Microsecond))
	end(profile.FullPass, profile.Offline, begins[2].Add(time.Hour)) // can be resumed

	want := []profile.Day{{Passes: 2, Broken: 1, Failing: 1}, {Passes: 1, Failing: 0}, {Failing: -1}}
	days, err := s.Days(t.Context(), begins)
	if diff := cmp.Diff(want, days); diff != "" || err != nil {
		t.Error(diff, err)
	}
	// Of a pass older than this count, only that it ran is known.
	raw(t, path, "UPDATE pass SET failing = NULL")
	if days, err = s.Days(t.Context(), begins); err != nil || days[0].Passes != 2 || days[0].Failing != -1 {
		t.Errorf("%+v, %v", days, err)
	}
	if days, err := s.Days(t.Context(), nil); err != nil || len(days) != 0 {
		t.Errorf("of no days: %+v, %v", days, err)
	}
}

func TestButton(t *testing.T) {
	db, s := newStore(t)
	is := func(want profile.Button) {
		t.Helper()
		if how, err := s.Button(t.Context()); err != nil || how != want {
			t.Errorf("%q, not %q: %v", how, want, err)
		}
	}
	is(profile.ButtonUntried)
	if err := s.SetButton(t.Context(), profile.ButtonUnused); err != nil {
		t.Fatal(err)
	}
	is(profile.ButtonUnused)
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil { // another key
		t.Fatal(err)
	}
	is(profile.ButtonUnused)
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Button(t.Context()); profile.CodeOf(err) != profile.NotConnected {
		t.Errorf("of nobody: %v", err)
	}
}
