package sqlite_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

// trail is an audit trail with the two clocks.
type trail struct {
	t     *testing.T
	db    *sqlite.DB
	store *sqlite.Profiles
}

func newTrail(t *testing.T) *trail {
	db, s := newStore(t)
	return &trail{t, db, s}
}

// add adds an event while this computer's clock is that far from changedAt.
func (tr *trail) add(here time.Duration, action staff.Action) int64 {
	tr.t.Helper()
	id, err := tr.db.AddEvent(tr.t.Context(), staff.Event{Here: changedAt.Add(here), Person: "p1", Action: action})
	if err != nil {
		tr.t.Fatal(err)
	}
	return id
}

// sync has Cliniko answer, and erases what is due.
func (tr *trail) sync(clinic, here time.Duration) {
	tr.t.Helper()
	ctx := tr.t.Context()
	if _, err := tr.store.Learn(ctx, profile.Reading{Clinic: changedAt.Add(clinic), Here: changedAt.Add(here)}); err != nil {
		tr.t.Fatal(err)
	}
	if _, err := tr.store.Purge(ctx); err != nil {
		tr.t.Fatal(err)
	}
}

// has checks the stored actions, the oldest first.
func (tr *trail) has(want ...staff.Action) []staff.Event {
	tr.t.Helper()
	events, err := tr.db.Events(context.Background(), 0, 100)
	if err != nil {
		tr.t.Fatal(err)
	}
	slices.Reverse(events)
	var got []staff.Action
	for _, e := range events {
		got = append(got, e.Action)
	}
	if !slices.Equal(got, want) {
		tr.t.Errorf("%v, want %v", got, want)
	}
	return events
}

const aDay = 24 * time.Hour

func TestAuditTrail(t *testing.T) {
	db, _ := newStore(t)
	note := func(at time.Time, action staff.Action, subject string) {
		t.Helper()
		if _, err := db.AddEvent(t.Context(), staff.Event{Here: at, Person: "p1", Action: action, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	note(changedAt, staff.SignedIn, "")
	note(changedAt.Add(time.Minute), staff.OpenedProfile, "836447129235883061")
	note(changedAt.Add(2*time.Minute), staff.ExportedFailures, "")

	events, err := db.Events(t.Context(), 0, 2)
	if err != nil || len(events) != 2 || events[0].Action != staff.ExportedFailures || events[1].Subject != "836447129235883061" ||
		events[1].Person != "p1" || !events[1].At.Equal(changedAt.Add(time.Minute)) {
		t.Fatalf("%+v, %v", events, err)
	}
	rest, err := db.Events(t.Context(), events[1].ID, 10)
	if err != nil || len(rest) != 1 || rest[0].Action != staff.SignedIn {
		t.Errorf("%+v, %v", rest, err)
	}
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if events, err = db.Events(t.Context(), 0, 10); err != nil || len(events) != 3 {
		t.Errorf("after a disconnect: %+v, %v", events, err)
	}
}

// An event has its outcome, or says that it did not finish.
func TestAnEventHasAnOutcome(t *testing.T) {
	tr := newTrail(t)
	id, err := tr.db.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "p1", Action: staff.ConnectedClinic, Outcome: staff.NotFinished})
	if err != nil {
		t.Fatal(err)
	}
	if e := tr.has(staff.ConnectedClinic)[0]; e.Outcome != "not_finished" || e.Subject != "" {
		t.Errorf("%+v", e)
	}
	if err := tr.db.FinishEvent(t.Context(), staff.Event{ID: id, Person: "p2", Subject: "4000001", Outcome: profile.KeyRefused}); err != nil {
		t.Fatal(err)
	}
	if e := tr.has(staff.ConnectedClinic)[0]; e.Outcome != "key_refused" || e.Subject != "4000001" || e.Person != "p2" {
		t.Errorf("%+v", e)
	}
	if err := tr.db.FinishEvent(t.Context(), staff.Event{ID: id + 1}); err == nil {
		t.Error("finished what had not begun")
	}
	for _, end := range []error{tr.db.FinishEvent(t.Context(), staff.Event{ID: id}), tr.db.DropEvent(t.Context(), id)} {
		if end == nil {
			t.Error("changed what had ended")
		}
	}
	if e := tr.has(staff.ConnectedClinic)[0]; e.Outcome != "key_refused" || e.Subject != "4000001" || e.Person != "p2" {
		t.Errorf("%+v", e)
	}
	if id, err = tr.db.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "p1", Action: staff.ResetPassword, Outcome: staff.NotFinished}); err != nil {
		t.Fatal(err)
	}
	if err := tr.db.DropEvent(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if left := tr.has(staff.ConnectedClinic); len(left) != 1 {
		t.Errorf("%+v", left)
	}
}

// Setting this computer's clock hides no event, and moves none.
func TestNoClockShortensTheAuditTrail(t *testing.T) {
	for name, skew := range map[string]time.Duration{"400 days ahead": 400 * aDay, "400 days back": -400 * aDay, "ten years ahead": 3650 * aDay, "ten years back": -3650 * aDay} {
		t.Run(name, func(t *testing.T) {
			tr := newTrail(t)
			tr.add(0, staff.SignedIn)
			tr.sync(time.Minute, time.Minute)
			tr.add(2*time.Minute, staff.OpenedProfile)
			tr.add(skew, staff.ExportedProfiles)
			tr.sync(4*time.Minute, skew)
			tr.add(skew+time.Minute, staff.ExportedSelected)
			tr.add(10*time.Minute, staff.Disconnected)
			tr.sync(11*time.Minute, 11*time.Minute)
			tr.sync(400*aDay, 5*time.Minute) // nor does a single jump of Cliniko's clock
			events := tr.has(staff.SignedIn, staff.OpenedProfile, staff.ExportedProfiles, staff.ExportedSelected, staff.Disconnected)
			for i, e := range events {
				if e.At.Before(changedAt) || e.At.After(changedAt.Add(11*time.Minute)) {
					t.Errorf("event %d is said to be of %v", i, e.At)
				}
			}
			if here := events[2].Here; !here.Equal(changedAt.Add(skew)) {
				t.Errorf("this computer's clock said %v then", here)
			}
		})
	}
}

// After twelve months an event is erased, also one that was recorded by a wrong
// clock, and one of the last day before a long pause is not erased early.
func TestTheAuditTrailIsKeptForTwelveMonths(t *testing.T) {
	tr := newTrail(t)
	tr.sync(0, 0)
	tr.add(-3650*aDay, staff.SignedIn)
	tr.sync(time.Minute, time.Minute)
	tr.add(300*aDay, staff.OpenedProfile) // while the computer had no network
	tr.sync(301*aDay, 301*aDay)
	tr.has(staff.SignedIn, staff.OpenedProfile)
	tr.sync(364*aDay, 364*aDay)
	tr.has(staff.SignedIn, staff.OpenedProfile)
	tr.sync(366*aDay, 366*aDay)
	tr.has(staff.OpenedProfile)
	tr.sync(665*aDay, 665*aDay)
	tr.has(staff.OpenedProfile)
	tr.sync(667*aDay, 667*aDay)
	tr.has()
}

// Without a clinic no time is believed.
func TestNothingIsErasedBeforeCliniko(t *testing.T) {
	tr := newTrail(t)
	tr.add(-3650*aDay, staff.SignedIn)
	tr.add(3650*aDay, staff.SignedIn)
	if _, err := tr.store.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	tr.has(staff.SignedIn, staff.SignedIn)
}
