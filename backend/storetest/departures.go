package storetest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

var departureTests = []test{
	{"Unseen", unseen},
	{"Missing", missing},
	{"MissingAreShown", missingAreShown},
	{"MarkDeletedLeavesWhoIsBack", leavesWhoIsBack},
	{"MarkDeletedLeavesWhoIsKept", leavesWhoIsKept},
	{"AFailureWithoutAProfileIsRemoved", failureIsRemoved},
}

func unseen(s *scene) {
	s.save(0, entry(as("1")), entry(as("2")), readAt(archived(as("3")), changedAt), unread("4"), incomplete("5"), entry(as("6")), unread("a hash"))
	_, _, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone("6", changedAt)})
	s.must(err)
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "3"}, {Ref: "4"}}))
	s.must(s.Clients.AcceptMissing(s.Context(), []string{"3"}))
	_, err = s.Clients.KeepMissing(s.Context())
	s.must(err)
	s.must(s.Clients.AcceptMissing(s.Context(), []string{"3"}))
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1", Kept: true}, {Ref: "3"}, {Ref: "4"}}))
	s.clock.now = changedAt.Add(time.Hour)
	pass := s.begin(profile.FullPass)
	s.save(pass.ID, entry(as("2")), entry(as("7")))
	got, err := s.Clients.Unseen(s.Context(), pass.ID)
	want := []profile.Departure{
		{Ref: "1", StoredAt: changedAt, Asked: true},
		{Ref: "3", StoredAt: changedAt, Accepted: true},
		{Ref: "4", StoredAt: changedAt, Asked: true, Kept: true},
		{Ref: "5", StoredAt: changedAt},
		{Ref: "a hash", StoredAt: changedAt},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		s.Error(diff, err)
	}
}

func missing(s *scene) {
	check := func(missing string, accepted int) {
		s.Helper()
		refs, err := s.Clients.Missing(s.Context())
		if err != nil || strings.Join(refs, " ") != missing {
			s.Errorf("missing %v, %v; want %s", refs, err, missing)
		}
		if _, said, err := s.Clients.Decided(s.Context()); err != nil || len(said) != accepted {
			s.Errorf("accepted %v, %v; want %d", said, err, accepted)
		}
	}
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "2"}}))
	check("1 2", 0)
	s.must(s.Clients.AcceptMissing(s.Context(), []string{"1", "2"}))
	check("", 2)
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "2"}, {Ref: "3"}}))
	check("3", 1)
	kept, err := s.Clients.KeepMissing(s.Context())
	if staying, _, decided := s.Clients.Decided(s.Context()); err != nil || decided != nil || kept != 2 || strings.Join(staying, " ") != "2 3" {
		s.Errorf("kept %d: %v, %v, %v", kept, staying, err, decided)
	}
	s.end(s.begin(profile.FullPass), "", profile.Cursors{})
	check("", 0)
}

// Whoever was told of some is told of the others once more are missing.
func missingAreShown(s *scene) {
	newly := func(want string) {
		s.Helper()
		if refs, err := s.Clients.NewlyMissing(s.Context()); err != nil || strings.Join(refs, " ") != want {
			s.Errorf("%v, %v; want %q", refs, err, want)
		}
	}
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "2"}}))
	newly("") // nobody was told of anybody
	s.must(s.Clients.ShowMissing(s.Context(), []string{"1", "2"}))
	newly("")
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "2"}, {Ref: "3"}}))
	newly("3")
	if refs, err := s.Clients.Missing(s.Context()); err != nil || strings.Join(refs, " ") != "1 2 3" {
		s.Errorf("%v, %v", refs, err)
	}
}

// Of "not found" and a reading, the later one counts.
func leavesWhoIsBack(s *scene) {
	for _, c := range []struct {
		ref     string
		read    time.Time // meanwhile, by Cliniko's clock
		deleted bool
	}{
		{"1", time.Time{}, true},
		{"2", changedAt.Add(time.Minute), true}, // before it was not found
		{"3", changedAt.Add(2 * time.Minute), false},
		{"4", changedAt.Add(3 * time.Minute), false},
	} {
		s.clock.now = changedAt
		s.save(0, readAt(as(profile.ID(c.ref)), changedAt))
		left := profile.Departure{Ref: c.ref, StoredAt: changedAt, NotFoundAt: changedAt.Add(2 * time.Minute)}
		s.clock.now = changedAt.Add(5 * time.Minute)
		if !c.read.IsZero() {
			s.save(0, readAt(as(profile.ID(c.ref)), c.read))
		}
		changed, kept, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{left})
		if err != nil || len(kept) != 0 || (len(changed) == 1) != c.deleted {
			s.Errorf("%s: %d changed, %v kept, %v", c.ref, len(changed), kept, err)
		}
		got := s.one(c.ref).Profile
		if (got.State == profile.Deleted) != c.deleted || c.deleted && !got.DeletedAt.Equal(s.clock.now) {
			s.Errorf("%s is %s, deleted at %v", c.ref, got.State, got.DeletedAt)
		}
	}
}

func leavesWhoIsKept(s *scene) {
	s.save(0, entry(as("1")), entry(as("2")))
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "2"}}))
	_, err := s.Clients.KeepMissing(s.Context())
	s.must(err)
	s.must(s.Clients.AcceptMissing(s.Context(), []string{"2"}))
	changed, kept, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone("1", changedAt), gone("2", changedAt)})
	if err != nil || len(changed) != 1 || changed[0].Ref != "2" || changed[0].Profile.State != profile.Deleted || len(kept) != 1 || kept[0].Ref != "1" {
		s.Errorf("%d changed, %v kept, %v", len(changed), kept, err)
	}
	if staying, going, err := s.Clients.Decided(s.Context()); err != nil || len(staying) != 1 || len(going) != 0 {
		s.Errorf("%v, %v, %v", staying, going, err)
	}
}

func failureIsRemoved(s *scene) {
	s.save(0, unread("7"), incomplete("8"))
	changed, _, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{
		{Ref: "7", StoredAt: changedAt, NotFoundAt: changedAt}, {Ref: "8", StoredAt: changedAt, NotFoundAt: changedAt}})
	if err != nil || len(changed) != 2 || changed[0].Profile.ID != "7" || changed[0].Profile.State != profile.Deleted || changed[1].Failure != nil {
		s.Errorf("%d changed, %v", len(changed), err)
	}
	if _, err := s.Clients.One(s.Context(), "7"); profile.CodeOf(err) != profile.NotFound {
		s.Error(err)
	}
	if tally, err := s.Clients.Tally(s.Context()); err != nil || tally != (profile.Tally{Deleted: 1}) {
		s.Errorf("%+v, %v", tally, err)
	}
	s.save(0, unread("7")) // Cliniko has it after all
	if f := s.one("7").Failure; f == nil || f.Attempts != 1 {
		s.Errorf("%+v", f)
	}
}
