package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

var reviewTests = []test{
	{"Retries", retries},
	{"Unreadable", unreadable},
	{"Distrust", distrust},
	{"CheckAgain", checkAgain},
	{"CheckAgainOfWhoIsUnclear", checkAgainUnclear},
}

func retries(s *scene) {
	for attempt, want := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 0} {
		s.save(0, unread("7"), unread("a hash"), incomplete("8"))
		retries, err := s.Clients.Retries(s.Context())
		switch {
		case err != nil:
			s.Fatal(err)
		case want == 0 && len(retries) != 0:
			s.Errorf("attempt %d: %v", attempt+1, retries)
		case want > 0 && (len(retries) != 1 || retries[0] != profile.Retry{ID: "7", At: s.clock.now.Add(want)}):
			s.Errorf("attempt %d: %v", attempt+1, retries)
		}
		s.clock.now = s.clock.now.Add(want)
	}
}

// The one tried longest ago is the first.
func unreadable(s *scene) {
	for _, ref := range []string{"3", "1", "2"} {
		s.save(0, unread(ref), unread("hash of "+ref))
		s.clock.now = s.clock.now.Add(time.Minute)
	}
	s.save(0, incomplete("4"))
	s.save(0, unread("3"))
	ids, err := s.Clients.Unreadable(s.Context())
	if diff := cmp.Diff([]profile.ID{"1", "2", "3"}, ids); err != nil || diff != "" {
		s.Error(diff, err)
	}
	s.save(0, entry(as("1")))
	ids, err = s.Clients.Unreadable(s.Context())
	if diff := cmp.Diff([]profile.ID{"2", "3"}, ids); err != nil || diff != "" {
		s.Error(diff, err)
	}
}

// The next reading replaces what is stored, however old it is.
func distrust(s *scene) {
	s.save(0, readAt(alex(), changedAt.Add(time.Hour)))
	older := alex()
	older.FirstName, older.UpdatedAt = "Older", changedAt.Add(-time.Hour)
	s.must(s.Clients.Distrust(s.Context(), []string{alexID, "nobody"}))
	if got := s.one(alexID); got.Profile.FirstName != "Alexandra" || !got.Profile.AddedAt.Equal(changedAt) {
		s.Errorf("%q, added at %v", got.Profile.FirstName, got.Profile.AddedAt)
	}
	if changed := s.save(0, readAt(older, changedAt.Add(-time.Minute))); len(changed) != 1 {
		s.Errorf("%d changed", len(changed))
	}
	if got := s.one(alexID); got.Profile.FirstName != "Older" {
		s.Errorf("%q", got.Profile.FirstName)
	}
}

// checkAgain has a rule that now wants a title of everybody, and no email any
// more.
func checkAgain(s *scene) {
	untitled, both := as("2"), incomplete("3")
	untitled.Title, both.Profile.Title = "", ""
	s.save(0, entry(as("1")), entry(untitled), both, incomplete("4"), readAt(archived(as("5")), changedAt), unread("6"), entry(as("7")))
	_, _, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone("7", changedAt)})
	s.must(err)
	rule := func(p *profile.Profile, _ *profile.Failure) (profile.Profile, *profile.Failure) {
		if p.State != profile.Active || p.Title != "" {
			return *p, nil
		}
		return *p, &profile.Failure{ID: p.ID, Ref: string(p.ID), Code: profile.Incomplete, Problems: []profile.Problem{{Field: profile.FieldTitle, Kind: profile.Missing}}}
	}
	s.clock.now = changedAt.Add(aDay)
	before, err := s.Clients.Revision(s.Context())
	s.must(err)
	changed, unclear, err := s.Clients.CheckAgain(s.Context(), 0, rule)
	s.must(err)
	var refs []string
	for _, e := range changed {
		refs = append(refs, e.Ref)
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, refs); diff != "" || len(unclear) != 0 {
		s.Error(diff, unclear)
	}
	problems := []profile.Problem{{Field: profile.FieldTitle, Kind: profile.Missing}}
	for ref, want := range map[string]*profile.Failure{
		"1": nil,
		"2": {ID: "2", Ref: "2", Code: profile.Incomplete, Problems: problems, Attempts: 1, FirstFailedAt: s.clock.now, LastFailedAt: s.clock.now},
		"3": {ID: "3", Ref: "3", Code: profile.Incomplete, Problems: problems, Attempts: 1, FirstFailedAt: changedAt, LastFailedAt: changedAt},
		"4": nil,
		"5": nil,
		"6": {ID: "6", Ref: "6", Code: profile.Unreadable, Attempts: 1, FirstFailedAt: changedAt, LastFailedAt: changedAt},
		"7": nil,
	} {
		if diff := cmp.Diff(want, s.one(ref).Failure); diff != "" {
			s.Errorf("%s: %s", ref, diff)
		}
	}
	if after, err := s.Clients.Revision(s.Context()); err != nil || after <= before {
		s.Errorf("revision %d after %d, %v", after, before, err)
	}
	if again, _, err := s.Clients.CheckAgain(s.Context(), 0, rule); err != nil || len(again) != 0 {
		s.Errorf("%d changed again, %v", len(again), err)
	}
}

// A birth date that counts as wrong and of which no text is stored, as earlier
// versions left it, cannot be judged. One with its text can.
func checkAgainUnclear(s *scene) {
	lost, known := as("1"), as("2")
	lost.DateOfBirth, known.DateOfBirth, known.ImpossibleBirthDate = profile.Date{}, profile.Date{}, "2026-01-01"
	var batch []profile.Entry
	for _, p := range []profile.Profile{lost, known} {
		e := entry(p)
		e.Failure = &profile.Failure{ID: p.ID, Ref: string(p.ID), Code: profile.Impossible,
			Problems: []profile.Problem{{Field: profile.FieldDateOfBirth, Kind: profile.InTheFuture}}}
		batch = append(batch, e)
	}
	s.save(0, batch...)
	s.clock.now = changedAt.Add(aDay)
	changed, unclear, err := s.Clients.CheckAgain(s.Context(), 0, func(p *profile.Profile, _ *profile.Failure) (profile.Profile, *profile.Failure) {
		out := *p
		out.DateOfBirth, out.ImpossibleBirthDate = profile.Date{Year: 2026, Month: 1, Day: 1}, ""
		return out, nil
	})
	if err != nil || len(changed) != 1 || changed[0].Ref != "2" || len(unclear) != 1 || unclear[0] != "1" {
		s.Errorf("%d changed, %v unclear, %v", len(changed), unclear, err)
	}
	if got := s.one("2"); got.Failure != nil || got.Profile.DateOfBirth.String() != "2026-01-01" {
		s.Errorf("%v, %v", got.Failure, got.Profile.DateOfBirth)
	}
	changes, err := s.Clients.Changes(s.Context(), "2")
	if err != nil || len(changes) != 0 { // the text is the same: see profile.Diff
		s.Errorf("%d changes, %v", len(changes), err)
	}
}
