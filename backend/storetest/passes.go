package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

var passTests = []test{
	{"SyncedStaysSyncedWhenMetAgainInThePass", syncedStaysSynced},
	{"FullPassGoesOnForADay", fullPassGoesOn},
	{"APassFromTheFutureDoesNotGoOn", passFromTheFuture},
	{"AResumedPassExpectsTheMost", expectsTheMost},
	{"LastGoodPass", lastGood},
	{"WhoRanAPass", whoRan},
	{"ForgetOthers", forgetOthers},
	{"Cursors", cursors},
	{"CursorsStayBehindACertainTime", cursorsWithinCertain},
}

func syncedStaysSynced(s *scene) {
	pass := s.begin(profile.FullPass)
	s.save(pass.ID, entry(alex()))
	s.save(pass.ID, entry(alex()))
	counts, err := s.Clients.Counts(s.Context(), pass.ID)
	if err != nil || counts != (profile.Counts{Read: 1, Synced: 1}) {
		s.Errorf("%+v, %v", counts, err)
	}
}

func fullPassGoesOn(s *scene) {
	start := func(at time.Time) (profile.Pass, map[int]bool) {
		s.Helper()
		pass, pages, err := s.Clients.BeginPass(s.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: at, Expected: 7})
		s.must(err)
		return pass, pages
	}
	first, pages := start(changedAt)
	if len(pages) != 0 {
		s.Errorf("a new pass has pages %v", pages)
	}
	for _, n := range []int{3, 1, 3} {
		_, err := s.Clients.Save(s.Context(), profile.Batch{PassID: first.ID, Entries: []profile.Entry{entry(alex())}, Page: n})
		s.must(err)
	}
	again, pages := start(changedAt.Add(23 * time.Hour))
	if diff := cmp.Diff(map[int]bool{1: true, 3: true}, pages); diff != "" || again.ID != first.ID || again.Expected != 7 {
		s.Errorf("pass %d after %d: %s", again.ID, first.ID, diff)
	}
	stale, pages := start(changedAt.Add(25 * time.Hour))
	if stale.ID == first.ID || len(pages) != 0 {
		s.Errorf("resumed a pass of yesterday: %d, %v", stale.ID, pages)
	}
	if counts, err := s.Clients.Counts(s.Context(), first.ID); err != nil || counts != (profile.Counts{}) {
		s.Errorf("the pass of yesterday still counts %+v, %v", counts, err)
	}
	if last, err := s.Clients.LastFull(s.Context()); err != nil || last.ID != stale.ID || !last.EndedAt.IsZero() {
		s.Errorf("%+v, %v", last, err)
	}
}

// A full pass with a start in the future is not resumed for years.
func passFromTheFuture(s *scene) {
	for _, c := range []struct {
		since  time.Duration
		resume bool
	}{{0, true}, {time.Hour, true}, {25 * time.Hour, false}, {-30 * aDay, false}, {-3650 * aDay, false}} {
		first := s.begin(profile.FullPass)
		again, _, err := s.Clients.BeginPass(s.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt.Add(c.since)})
		if err != nil || (again.ID == first.ID) != c.resume {
			s.Errorf("%v later: pass %d after %d, %v", c.since, again.ID, first.ID, err)
		}
		s.end(again, "", profile.Cursors{})
	}
}

// A first count that was too low would hide a deletion from a pass that resumes.
func expectsTheMost(s *scene) {
	pass, _, err := s.Clients.BeginPass(s.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt, Expected: 7})
	s.must(err)
	for page, total := range []int{0, 9, 12, 11} {
		_, err := s.Clients.Save(s.Context(), profile.Batch{PassID: pass.ID, Page: page, Total: total})
		s.must(err)
	}
	pass.Requests, pass.Total = 4, 11
	s.end(pass, profile.TimedOut, profile.Cursors{})
	again := s.begin(profile.FullPass)
	if again.ID != pass.ID || again.Expected != 12 || again.Requests != 4 {
		s.Errorf("%+v", again)
	}
	again.Requests = 5
	s.end(again, "", profile.Cursors{})
	if last, err := s.Clients.LastFull(s.Context()); err != nil || last.Requests != 9 || last.Err != "" {
		s.Errorf("%+v, %v", last, err)
	}
}

func lastGood(s *scene) {
	good := func(want int64) {
		s.Helper()
		if last, err := s.Clients.LastGood(s.Context()); err != nil || last.ID != want {
			s.Errorf("pass %d ended well last, not %d: %v", last.ID, want, err)
		}
	}
	run := func(kind profile.Kind, code profile.Code) int64 {
		s.Helper()
		pass := s.begin(kind)
		s.end(pass, code, profile.Cursors{})
		return pass.ID
	}
	good(0)
	run(profile.FullPass, profile.Offline) // can be resumed
	good(0)
	first := run(profile.FullPass, "")
	good(first)
	for range 3 {
		run(profile.ChangesPass, profile.TimedOut)
	}
	run(profile.RetryPass, "")
	s.begin(profile.ChangesPass) // runs
	good(first)
	good(run(profile.ChangesPass, ""))
	passes, err := s.Clients.Passes(s.Context(), 3)
	if err != nil || len(passes) != 3 || passes[1].Err != profile.Cancelled || passes[2].Kind != profile.RetryPass {
		s.Errorf("%+v, %v", passes, err)
	}
}

// A pass knows whether the service ran it; one that was cut off belongs to
// whoever resumes it.
func whoRan(s *scene) {
	begin := func(kind profile.Kind, service bool) profile.Pass {
		s.Helper()
		pass, _, err := s.Clients.BeginPass(s.Context(), profile.Pass{Kind: kind, StartedAt: changedAt, Service: service})
		if err != nil || pass.Service != service {
			s.Fatalf("%+v, %v", pass, err)
		}
		return pass
	}
	for i, by := range []bool{true, false, true} {
		s.end(begin(profile.ChangesPass, by), "", profile.Cursors{})
		if last, err := s.Clients.LastGood(s.Context()); err != nil || last.Service != by {
			s.Errorf("changes pass %d: %+v, %v", i, last, err)
		}
	}
	for _, by := range []bool{true, false} {
		s.end(begin(profile.FullPass, !by), profile.Offline, profile.Cursors{})
		s.end(begin(profile.FullPass, by), "", profile.Cursors{})
		if last, err := s.Clients.LastGood(s.Context()); err != nil || last.Kind != profile.FullPass || last.Service != by {
			s.Errorf("resumed: %+v, %v", last, err)
		}
	}
}

func forgetOthers(s *scene) {
	pass := s.begin(profile.FullPass)
	s.save(pass.ID, entry(as("1")), entry(as("2")), incomplete("3"))
	s.must(s.Clients.ForgetOthers(s.Context(), pass.ID, []string{"2", "4"}))
	if counts, err := s.Clients.Counts(s.Context(), pass.ID); err != nil || counts != (profile.Counts{Read: 1, Synced: 1}) {
		s.Errorf("%+v, %v", counts, err)
	}
	s.must(s.Clients.ForgetOthers(s.Context(), pass.ID, nil))
	if counts, err := s.Clients.Counts(s.Context(), pass.ID); err != nil || counts != (profile.Counts{}) {
		s.Errorf("%+v, %v", counts, err)
	}
}

func cursors(s *scene) {
	if c, err := s.Clients.Cursors(s.Context()); err != nil || c != (profile.Cursors{}) {
		s.Errorf("%+v, %v", c, err)
	}
	want := profile.Cursors{Changed: changedAt.Add(time.Second), Archived: changedAt.Add(2 * time.Second), FullAt: changedAt.Add(3 * time.Second),
		ActiveInCliniko: 17, CountedAt: changedAt.Add(4 * time.Second), Drift: -2, Judged: "2025-08-14 1.0"}
	s.must(s.Clients.SetCursors(s.Context(), want))
	is := func(want profile.Cursors) {
		s.Helper()
		got, err := s.Clients.Cursors(s.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			s.Error(diff, err)
		}
	}
	is(want)
	s.end(s.begin(profile.ChangesPass), profile.TimedOut, profile.Cursors{ActiveInCliniko: 99}) // failed
	s.end(s.begin(profile.RetryPass), "", profile.Cursors{ActiveInCliniko: 99})                 // read a few
	is(want)
	s.learn(changedAt.Add(time.Hour))
	want.Changed, want.ActiveInCliniko = changedAt.Add(30*time.Minute), 18
	s.end(s.begin(profile.ChangesPass), "", want)
	is(want)
}

// A cursor that is not certainly past becomes the newest change that was seen
// before the pass.
func cursorsWithinCertain(s *scene) {
	s.learn(changedAt.Add(time.Hour))
	early, late := as("1"), as("2")
	early.UpdatedAt, late.UpdatedAt = changedAt.Add(-time.Minute), changedAt.Add(time.Minute)
	s.save(0, entry(early), entry(late))
	s.end(s.begin(profile.ChangesPass), "", profile.Cursors{Changed: changedAt.Add(2 * time.Hour), Archived: changedAt.Add(time.Minute)})
	c, err := s.Clients.Cursors(s.Context())
	if err != nil || !c.Changed.Equal(changedAt.Add(-time.Minute)) || !c.Archived.Equal(changedAt.Add(time.Minute)) {
		s.Errorf("%v, %v, %v", c.Changed, c.Archived, err)
	}
}
