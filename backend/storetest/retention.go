package storetest

import (
	"strings"

	"telehab.io/desktop/backend/profile"
)

var retentionTests = []test{
	{"Purge", purgeByAge},
	{"RetentionThatBeginsInTheFutureBeginsNow", retentionInTheFuture},
	{"ADoubtChangesNoArchiveTime", doubtChangesNoArchiveTime},
	{"RetentionCanBeChosen", retentionCanBeChosen},
	{"EraseOneWhoHasLeft", eraseOne},
	{"ErasingNobodySaysSo", erasingNobody},
	{"WhoIsErasedMayComeBack", erasedComesBack},
}

func purgeByAge(s *scene) {
	s.learn(s.clock.now)
	left := as("3")
	s.save(0, entry(alex()), entry(as("2")), entry(left))
	left.State, left.ArchivedAt = profile.Archived, changedAt.AddDate(0, 0, 1)
	s.save(0, entry(left))
	pass := s.begin(profile.FullPass)
	_, _, err := s.Clients.MarkDeleted(s.Context(), pass.ID, []profile.Departure{gone(alexID, s.clock.now)})
	s.must(err)
	s.end(pass, "", profile.Cursors{})
	for _, step := range []struct {
		days            int
		erased          string
		changes, passes int
	}{
		{6, "", 2, 1}, {8, alexID, 1, 1}, {89, "", 1, 1}, {90, "", 1, 1}, {92, "3", 0, 0},
	} {
		s.learn(changedAt.AddDate(0, 0, step.days))
		if refs := s.purge(); strings.Join(refs, " ") != step.erased {
			s.Errorf("after %d days: %v", step.days, refs)
		}
		changes := 0
		for _, id := range []profile.ID{alexID, "2", "3"} {
			of, err := s.Clients.Changes(s.Context(), id)
			s.must(err)
			changes += len(of)
		}
		if changes != step.changes {
			s.Errorf("after %d days: %d changes", step.days, changes)
		}
		if passes, err := s.Clients.Passes(s.Context(), 9); err != nil || len(passes) != step.passes {
			s.Errorf("after %d days: %d passes, %v", step.days, len(passes), err)
		}
	}
	if tally, err := s.Clients.Tally(s.Context()); err != nil || tally != (profile.Tally{Active: 1}) {
		s.Errorf("%+v, %v", tally, err)
	}
}

// Cliniko says that a client was archived in 50 years: the retention begins when
// that is first read, however often it is read again, and not when the client was
// first stored, which may be long ago.
func retentionInTheFuture(s *scene) {
	future := changedAt.AddDate(50, 0, 0)
	s.learn(s.clock.now)
	stays, merges, says := as("1"), as("2"), as("3")
	s.save(0, entry(stays), entry(merges), entry(says))
	stays.State, stays.ArchivedAt = profile.Archived, future
	merges.State, merges.ArchivedAt = profile.Merged, future
	says.State, says.UpdatedAt = profile.Merged, future // says no time
	erased := -1
	for days := 200; days <= 400 && erased < 0; days++ {
		s.learn(changedAt.AddDate(0, 0, days))
		if days == 200 || days%7 == 0 {
			for _, p := range []profile.Profile{stays, merges, says} {
				read := entry(p)
				read.ReadAt = s.clock.now
				if changed := s.save(0, read); days > 200 && len(changed) > 0 {
					s.Errorf("day %d: it counts as changed", days)
				}
			}
		}
		if refs := s.purge(); len(refs) > 0 {
			erased = days
			if strings.Join(refs, " ") != "1 2 3" {
				s.Errorf("%v", refs)
			}
		}
	}
	if erased != 291 { // 90 days after day 200 are over
		s.Errorf("erased on day %d", erased)
	}
}

// While nobody can tell Cliniko's time, what Cliniko says of a client stays.
func doubtChangesNoArchiveTime(s *scene) {
	left := archived(alex())
	left.ArchivedAt = changedAt.AddDate(1, 0, 0)
	e := entry(left)
	e.Opened = true
	s.save(0, e)
	if got := s.one(alexID); !got.Profile.ArchivedAt.Equal(left.ArchivedAt) {
		s.Errorf("archived at %v", got.Profile.ArchivedAt)
	}
}

func retentionCanBeChosen(s *scene) {
	if got, err := s.Clients.Retention(s.Context()); err != nil || got != (profile.Retention{ArchivedDays: 90, DeletedDays: 7}) {
		s.Errorf("%+v, %v", got, err)
	}
	left := archived(alex())
	left.ArchivedAt = changedAt.AddDate(-3, 0, 0)
	e := entry(left)
	e.Opened = true // long after it was archived
	s.save(0, e)
	for _, days := range []profile.Retention{{ArchivedDays: 0, DeletedDays: 7}, {ArchivedDays: 7, DeletedDays: 3651}} {
		if err := s.Clients.SetRetention(s.Context(), days); profile.CodeOf(err) != profile.Invalid {
			s.Errorf("%+v: %v", days, err)
		}
	}
	s.learn(s.clock.now)
	chosen := profile.Retention{ArchivedDays: 10, DeletedDays: 3}
	s.must(s.Clients.SetRetention(s.Context(), chosen))
	if got, err := s.Clients.Retention(s.Context()); err != nil || got != chosen {
		s.Errorf("%+v, %v", got, err)
	}
	for _, step := range []struct {
		days   int
		erased int
	}{{9, 0}, {11, 1}} {
		s.learn(changedAt.AddDate(0, 0, step.days))
		if refs := s.purge(); len(refs) != step.erased {
			s.Errorf("after %d days: %v", step.days, refs)
		}
	}
}

func eraseOne(s *scene) {
	s.save(0, entry(alex()))
	if err := s.Clients.Erase(s.Context(), alexID); profile.CodeOf(err) != profile.Invalid {
		s.Errorf("an active client: %v", err)
	}
	s.save(0, entry(archived(alex())))
	s.must(s.Clients.Erase(s.Context(), alexID))
	if _, err := s.Clients.One(s.Context(), alexID); profile.CodeOf(err) != profile.NotFound {
		s.Errorf("after it was erased: %v", err)
	}
	if changes, err := s.Clients.Changes(s.Context(), alexID); err != nil || len(changes) != 0 {
		s.Errorf("%d changes are left, %v", len(changes), err)
	}
	entries := 0
	if _, err := s.Clients.All(s.Context(), func(some []profile.Entry) { entries += len(some) }); err != nil || entries != 0 {
		s.Errorf("%d entries are left, %v", entries, err)
	}
}

func erasingNobody(s *scene) {
	for _, ref := range []string{"", "1", "../x", "Alexandra Unmistakable-Canary"} {
		if err := s.Clients.Erase(s.Context(), ref); profile.CodeOf(err) != profile.NotFound {
			s.Errorf("%q: %v", ref, err)
		}
	}
}

// Whoever was erased is somebody new, with no history.
func erasedComesBack(s *scene) {
	s.save(0, readAt(archived(alex()), changedAt))
	s.must(s.Clients.Erase(s.Context(), alexID))
	s.clock.now = changedAt.Add(aDay)
	pass := s.begin(profile.ChangesPass)
	older := alex()
	older.UpdatedAt = changedAt.Add(-aDay)
	if changed := s.save(pass.ID, entry(older)); len(changed) != 1 || !changed[0].Profile.AddedAt.Equal(s.clock.now) {
		s.Errorf("%d changed", len(changed))
	}
	if counts, err := s.Clients.Counts(s.Context(), pass.ID); err != nil || counts != (profile.Counts{Read: 1, Synced: 1}) {
		s.Errorf("%+v, %v", counts, err)
	}
	if changes, err := s.Clients.Changes(s.Context(), alexID); err != nil || len(changes) != 0 {
		s.Errorf("%d changes, %v", len(changes), err)
	}
}
