package sqlite_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestLastGoodPass(t *testing.T) {
	_, s := newStore(t)
	good := func(want int64) {
		t.Helper()
		if last, err := s.LastGood(t.Context()); err != nil || last.ID != want {
			t.Errorf("pass %d ended well last, not %d: %v", last.ID, want, err)
		}
	}
	end := func(kind profile.Kind, code profile.Code) int64 {
		t.Helper()
		pass := begin(t, s, kind)
		pass.Err, pass.EndedAt = code, time.Now()
		if err := s.End(t.Context(), pass, profile.Cursors{}); err != nil {
			t.Fatal(err)
		}
		return pass.ID
	}
	good(0)
	end(profile.FullPass, profile.Offline) // goes on
	good(0)
	first := end(profile.FullPass, "")
	good(first)
	for range 3 {
		end(profile.ChangesPass, profile.TimedOut)
	}
	end(profile.RetryPass, "")
	begin(t, s, profile.ChangesPass) // runs
	good(first)
	good(end(profile.ChangesPass, ""))
}
