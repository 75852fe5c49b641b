package storetest

import (
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var todayTests = []test{
	{"TodayIsEachPersonsOwn", todayIsOnesOwn},
	{"WhoIsErasedIsNoLongerPinned", erasedIsNotPinned},
	{"ImportedAt", importedAt},
}

func (s *scene) pin(person string, refs ...string) {
	s.Helper()
	_, err := s.Today.ChangeToday(s.Context(), person, func(kept *staff.Today) error {
		for _, ref := range refs {
			if err := kept.Pin(ref); err != nil {
				return err
			}
			kept.Open(ref)
		}
		return nil
	})
	s.must(err)
}

func (s *scene) today(person string) (pinned, opened []string) {
	s.Helper()
	kept, err := s.Today.Today(s.Context(), person)
	s.must(err)
	return kept.Pinned, kept.Opened
}

func todayIsOnesOwn(s *scene) {
	want := staff.Today{Start: staff.ProfilesScreen, Since: changedAt, Looked: changedAt.Add(time.Hour),
		Pinned: []string{"8364471292358831"}, Opened: []string{"8364471292358832"}}
	_, err := s.Today.ChangeToday(s.Context(), "dana", func(kept *staff.Today) error { *kept = want; return nil })
	s.must(err)
	got, err := s.open(s.T, s.clock.time).Today.Today(s.Context(), "dana")
	if err != nil || !slices.Equal(got.Pinned, want.Pinned) || !slices.Equal(got.Opened, want.Opened) || got.Start != want.Start ||
		!got.Since.Equal(want.Since) || !got.Looked.Equal(want.Looked) {
		s.Errorf("%v, %v, %v", got.Pinned, got.Opened, err)
	}
	if pinned, opened := s.today("lee"); pinned != nil || opened != nil {
		s.Errorf("somebody else has %v and %v", pinned, opened)
	}
	// An error of the change leaves everything as it was.
	if _, err := s.Today.ChangeToday(s.Context(), "dana", func(kept *staff.Today) error {
		kept.Unpin("8364471292358831")
		return profile.Refuse(profile.Invalid, "No.")
	}); profile.CodeOf(err) != profile.Invalid {
		s.Error(err)
	}
	if pinned, _ := s.today("dana"); !slices.Equal(pinned, want.Pinned) {
		s.Errorf("%v", pinned)
	}
}

func erasedIsNotPinned(s *scene) {
	s.learn(s.clock.now)
	s.save(0, entry(alex()), entry(as("3")), entry(as("4")))
	s.save(0, entry(archived(as("3"))), entry(archived(as("4"))))
	for _, person := range []string{"dana", "lee"} {
		s.pin(person, alexID, "3", "4")
	}
	_, err := s.Today.ChangeToday(s.Context(), "chooser", func(kept *staff.Today) error { kept.Start = staff.ProfilesScreen; return nil })
	s.must(err)
	s.must(s.Clients.Erase(s.Context(), "4"))
	check := func(want ...string) {
		s.Helper()
		for _, person := range []string{"dana", "lee"} {
			if pinned, opened := s.today(person); !slices.Equal(pinned, want) || !slices.Equal(opened, want) {
				s.Errorf("%s has %v and %v, want %v", person, pinned, opened, want)
			}
		}
	}
	check("3", alexID)
	s.learn(changedAt.AddDate(0, 0, 92))
	if refs := s.purge(); !slices.Equal(refs, []string{"3"}) {
		s.Fatalf("%v", refs)
	}
	check(alexID)
	if kept, err := s.Today.Today(s.Context(), "chooser"); err != nil || kept.Start != staff.ProfilesScreen {
		s.Errorf("starts with %q, %v", kept.Start, err)
	}
}

func importedAt(s *scene) {
	imported := func() time.Time {
		s.Helper()
		at, err := s.Today.ImportedAt(s.Context())
		s.must(err)
		return at
	}
	run := func(kind profile.Kind, code profile.Code, after time.Duration) {
		s.Helper()
		pass := s.begin(kind)
		pass.EndedAt = changedAt.Add(after)
		s.end(pass, code, profile.Cursors{})
	}
	run(profile.ChangesPass, "", time.Hour)
	run(profile.FullPass, profile.Gone, 2*time.Hour)
	if !imported().IsZero() {
		s.Errorf("imported at %v before any import ended well", imported())
	}
	run(profile.FullPass, "", 3*time.Hour)
	run(profile.FullPass, "", 4*time.Hour)
	if want := changedAt.Add(3 * time.Hour); !imported().Equal(want) {
		s.Errorf("imported at %v, want %v", imported(), want)
	}
}
