package sqlite_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestAuditTrail(t *testing.T) {
	db, _ := newStore(t)
	note := func(at time.Time, action profile.Action, subject string) {
		t.Helper()
		if err := db.Note(t.Context(), profile.Event{At: at, Person: "p1", Action: action, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	note(changedAt, profile.SignedIn, "")
	note(changedAt.Add(time.Minute), profile.OpenedProfile, "836447129235883061")
	note(changedAt.Add(2*time.Minute), profile.ExportedFailures, "")

	events, err := db.Events(t.Context(), 0, 2)
	if err != nil || len(events) != 2 || events[0].Action != profile.ExportedFailures || events[1].Subject != "836447129235883061" ||
		events[1].Person != "p1" || !events[1].At.Equal(changedAt.Add(time.Minute)) {
		t.Fatalf("%+v, %v", events, err)
	}
	rest, err := db.Events(t.Context(), events[1].ID, 10)
	if err != nil || len(rest) != 1 || rest[0].Action != profile.SignedIn {
		t.Errorf("%+v, %v", rest, err)
	}

	note(changedAt.AddDate(0, 12, 0).Add(90*time.Second), profile.SignedIn, "")
	if events, err = db.Events(t.Context(), 0, 10); err != nil || len(events) != 2 {
		t.Errorf("a year later: %+v, %v", events, err)
	}
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if events, err = db.Events(t.Context(), 0, 10); err != nil || len(events) != 2 {
		t.Errorf("after a disconnect: %+v, %v", events, err)
	}
}
