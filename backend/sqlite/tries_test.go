package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"telehab.io/desktop/backend/staff"
)

func TestTriesAreBoundedAndForgotten(t *testing.T) {
	db, _ := newStore(t)
	now := time.Hour
	count := func(email string) (before staff.Tries) {
		t.Helper()
		err := db.CountTries(t.Context(), email, now, 15*time.Minute, func(tries staff.Tries) staff.Tries {
			before = tries
			return staff.Tries{Wrong: tries.Wrong + 1, Last: now}
		})
		if err != nil {
			t.Fatal(err)
		}
		return before
	}
	for i := range 1200 {
		now += time.Millisecond
		count(fmt.Sprintf("x%d@clinic.example", i))
	}
	if newest := count("x1199@clinic.example"); newest.Wrong != 1 || newest.Last == 0 {
		t.Errorf("the newest: %+v", newest)
	}
	if oldest := count("x3@clinic.example"); oldest.Wrong != 0 {
		t.Errorf("more than a thousand are kept: %+v", oldest)
	}
	now += 20 * time.Minute
	if later := count("x1199@clinic.example"); later.Wrong != 0 {
		t.Errorf("after a quiet while: %+v", later)
	}
	if err := db.CountTries(t.Context(), "x1199@clinic.example", now, time.Hour, func(staff.Tries) staff.Tries { return staff.Tries{} }); err != nil {
		t.Fatal(err)
	}
	if again := count("x1199@clinic.example"); again.Wrong != 0 {
		t.Errorf("forgotten, and still there: %+v", again)
	}
	now = time.Minute // the computer was started again
	if restarted := count("x1199@clinic.example"); restarted.Wrong != 1 || restarted.Last != now {
		t.Errorf("after a restart: %+v", restarted)
	}
}
