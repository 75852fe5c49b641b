package sqlite_test

import (
	"testing"

	"telehab.io/desktop/backend/profile"
)

// A batch is sealed for one store, and reports how many entries it was given,
// even if some are the same patient.
func TestAPreparedBatchBelongsToItsStore(t *testing.T) {
	_, s := newStore(t)
	_, other := newStore(t)
	ready, err := s.Prepare(profile.Batch{Entries: []profile.Entry{entry(alex()), entry(alex())}})
	if err != nil || ready.Patients() != 2 {
		t.Fatalf("%d patients, %v", ready.Patients(), err)
	}
	if _, err := other.SavePrepared(t.Context(), 0, ready); err == nil {
		t.Error("another store has stored it")
	}
	if _, err := s.SavePrepared(t.Context(), 0, foreign{}); err == nil {
		t.Error("stored what no store has prepared")
	}
	if changed, err := s.SavePrepared(t.Context(), 0, ready); err != nil || len(changed) != 1 {
		t.Errorf("%d entries have changed, %v", len(changed), err)
	}
}

type foreign struct{}

func (foreign) Patients() int { return 1 }
