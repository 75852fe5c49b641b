package sqlite_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/staff"
)

const aDay = 24 * time.Hour

// Who did what outlasts the clinic.
func TestDisconnectLeavesTheAuditTrail(t *testing.T) {
	db, _ := newStore(t)
	if _, err := db.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "p1", Action: staff.SignedIn}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if events, err := db.Events(t.Context(), 0, 10); err != nil || len(events) != 1 || events[0].Action != staff.SignedIn {
		t.Errorf("%+v, %v", events, err)
	}
}
