package sqlite_test

import (
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestRevision(t *testing.T) {
	_, s := newStore(t)
	before := int64(0)
	grows := func(what string, want bool) {
		t.Helper()
		now, err := s.Revision(t.Context())
		if err != nil || now > before != want {
			t.Errorf("%s: from %d to %d, %v", what, before, now, err)
		}
		before = now
	}
	grows("an empty store", false)
	save(t, s, 0, entry(alex()))
	grows("somebody new", true)
	save(t, s, 0, entry(alex()))
	grows("the same", false)
	pass := begin(t, s, profile.ChangesPass)
	if err := s.EndPass(t.Context(), pass, profile.Cursors{}); err != nil {
		t.Fatal(err)
	}
	grows("a pass that brought nothing", false)
	judge := func(p *profile.Profile, _ *profile.Failure) (profile.Profile, *profile.Failure) { return *p, nil }
	if _, _, err := s.CheckAgain(t.Context(), pass.ID, judge); err != nil {
		t.Fatal(err)
	}
	grows("a judgement that changes nothing", false)
	if _, _, err := s.MarkDeleted(t.Context(), 0, []profile.Departure{{Ref: string(alex().ID), NotFoundAt: changedAt}}); err != nil {
		t.Fatal(err)
	}
	grows("somebody deleted", true)
	if err := s.Erase(t.Context(), string(alex().ID)); err != nil {
		t.Fatal(err)
	}
	grows("somebody erased", true)
}
