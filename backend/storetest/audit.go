package storetest

import (
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var auditTests = []test{
	{"AuditTrail", auditTrail},
	{"AnEventHasAnOutcome", eventHasAnOutcome},
	{"NoClockShortensTheAuditTrail", noClockShortensIt},
	{"TheAuditTrailIsKeptForTwelveMonths", keptForTwelveMonths},
	{"NothingIsErasedBeforeCliniko", nothingIsErasedBefore},
	{"LastToSignIn", lastToSignIn},
}

// add adds an event while this computer's clock is that far from changedAt.
func (s *scene) add(here time.Duration, action staff.Action) int64 {
	s.Helper()
	id, err := s.Audit.AddEvent(s.Context(), staff.Event{Here: changedAt.Add(here), Person: "p1", Action: action})
	s.must(err)
	return id
}

// sync has Cliniko answer, and erases what is due.
func (s *scene) sync(clinic, here time.Duration) {
	s.Helper()
	_, err := s.Clients.Learn(s.Context(), profile.Reading{Clinic: changedAt.Add(clinic), Here: changedAt.Add(here)})
	s.must(err)
	s.purge()
}

// trail checks the stored actions, the oldest first.
func (s *scene) trail(want ...staff.Action) []staff.Event {
	s.Helper()
	events, err := s.Audit.Events(s.Context(), 0, 100)
	s.must(err)
	slices.Reverse(events)
	var got []staff.Action
	for _, e := range events {
		got = append(got, e.Action)
	}
	if !slices.Equal(got, want) {
		s.Errorf("%v, want %v", got, want)
	}
	return events
}

func auditTrail(s *scene) {
	add := func(at time.Time, action staff.Action, subject string) {
		s.Helper()
		_, err := s.Audit.AddEvent(s.Context(), staff.Event{Here: at, Person: "p1", Action: action, Subject: subject})
		s.must(err)
	}
	add(changedAt, staff.SignedIn, "")
	add(changedAt.Add(time.Minute), staff.OpenedProfile, alexID)
	add(changedAt.Add(2*time.Minute), staff.ExportedFailures, "")
	events, err := s.Audit.Events(s.Context(), 0, 2)
	if err != nil || len(events) != 2 || events[0].Action != staff.ExportedFailures || events[1].Subject != alexID ||
		events[1].Person != "p1" || !events[1].At.Equal(changedAt.Add(time.Minute)) || events[0].ID <= events[1].ID {
		s.Fatalf("%+v, %v", events, err)
	}
	rest, err := s.Audit.Events(s.Context(), events[1].ID, 10)
	if err != nil || len(rest) != 1 || rest[0].Action != staff.SignedIn {
		s.Errorf("%+v, %v", rest, err)
	}
}

// An event has its outcome, or says that it did not finish.
func eventHasAnOutcome(s *scene) {
	id, err := s.Audit.AddEvent(s.Context(), staff.Event{Here: changedAt, Person: "p1", Action: staff.ConnectedClinic, Outcome: staff.NotFinished})
	s.must(err)
	if e := s.trail(staff.ConnectedClinic)[0]; e.Outcome != "not_finished" || e.Subject != "" {
		s.Errorf("%+v", e)
	}
	s.must(s.Audit.FinishEvent(s.Context(), staff.Event{ID: id, Person: "p2", Subject: "4000001", Outcome: profile.KeyRefused}))
	ended := func() {
		s.Helper()
		if e := s.trail(staff.ConnectedClinic)[0]; e.Outcome != "key_refused" || e.Subject != "4000001" || e.Person != "p2" || !e.Here.Equal(changedAt) {
			s.Errorf("%+v", e)
		}
	}
	ended()
	if err := s.Audit.FinishEvent(s.Context(), staff.Event{ID: id + 1}); err == nil {
		s.Error("finished what had not begun")
	}
	for _, end := range []error{s.Audit.FinishEvent(s.Context(), staff.Event{ID: id}), s.Audit.DropEvent(s.Context(), id)} {
		if end == nil {
			s.Error("changed what had ended")
		}
	}
	ended()
	id, err = s.Audit.AddEvent(s.Context(), staff.Event{Here: changedAt, Person: "p1", Action: staff.ResetPassword, Outcome: staff.NotFinished})
	s.must(err)
	s.must(s.Audit.DropEvent(s.Context(), id))
	s.trail(staff.ConnectedClinic)
}

// Setting this computer's clock hides no event, and moves none.
func noClockShortensIt(s *scene) {
	s.add(0, staff.SignedIn)
	s.sync(time.Minute, time.Minute)
	s.add(2*time.Minute, staff.OpenedProfile)
	want := []staff.Action{staff.SignedIn, staff.OpenedProfile}
	clinic := 4 * time.Minute
	for _, skew := range []time.Duration{400 * aDay, -400 * aDay, 3650 * aDay, -3650 * aDay} {
		s.add(skew, staff.ExportedProfiles)
		s.sync(clinic, skew)
		s.add(skew+time.Minute, staff.ExportedSelected)
		clinic += time.Minute
		want = append(want, staff.ExportedProfiles, staff.ExportedSelected)
	}
	s.add(10*time.Minute, staff.Disconnected)
	s.sync(11*time.Minute, 11*time.Minute)
	s.sync(400*aDay, 5*time.Minute) // nor does a single jump of Cliniko's clock
	events := s.trail(append(want, staff.Disconnected)...)
	for i, e := range events {
		if e.At.Before(changedAt) || e.At.After(changedAt.Add(11*time.Minute)) {
			s.Errorf("event %d is said to be of %v", i, e.At)
		}
	}
	if here := events[2].Here; !here.Equal(changedAt.Add(400 * aDay)) {
		s.Errorf("this computer's clock said %v then", here)
	}
}

// After twelve months an event is erased, also one that was recorded by a wrong
// clock, and one of the last day before a long pause is not erased early.
func keptForTwelveMonths(s *scene) {
	s.sync(0, 0)
	s.add(-3650*aDay, staff.SignedIn)
	s.sync(time.Minute, time.Minute)
	s.add(300*aDay, staff.OpenedProfile) // while the computer had no network
	s.sync(301*aDay, 301*aDay)
	s.trail(staff.SignedIn, staff.OpenedProfile)
	s.sync(364*aDay, 364*aDay)
	s.trail(staff.SignedIn, staff.OpenedProfile)
	s.sync(366*aDay, 366*aDay)
	s.trail(staff.OpenedProfile)
	s.sync(665*aDay, 665*aDay)
	s.trail(staff.OpenedProfile)
	s.sync(667*aDay, 667*aDay)
	s.trail()
}

// Without a clinic's answer no time is believed.
func nothingIsErasedBefore(s *scene) {
	s.add(-3650*aDay, staff.SignedIn)
	s.add(3650*aDay, staff.SignedIn)
	s.purge()
	s.trail(staff.SignedIn, staff.SignedIn)
}

func lastToSignIn(s *scene) {
	last := func(want string) {
		s.Helper()
		if who, err := s.Audit.LastToSignIn(s.Context()); err != nil || who != want {
			s.Errorf("%q, want %q, %v", who, want, err)
		}
	}
	last("")
	for _, e := range []staff.Event{
		{Person: "lee", Action: staff.SignedIn}, {Person: "dana", Action: staff.SignedIn},
		{Person: "", Action: staff.SignedIn, Outcome: profile.SignInRefused}, {Person: "eve", Action: staff.SignedIn, Outcome: profile.SignInRefused},
		{Person: "lee", Action: staff.ReadAudit},
	} {
		e.Here = changedAt
		_, err := s.Audit.AddEvent(s.Context(), e)
		s.must(err)
	}
	last("dana")
	for range 300 {
		s.add(0, staff.OpenedProfile)
	}
	last("dana")
}
