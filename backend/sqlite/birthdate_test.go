package sqlite_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Cliniko may have a birth date that does not exist, of an archived patient
// too. Its text is stored, and the history shows when it became a date.
func TestAnImpossibleBirthDateIsNotLost(t *testing.T) {
	_, s := newStore(t)
	save(t, s, 0, entry(alex()))
	archived := alex()
	archived.State, archived.ArchivedAt = profile.Archived, changedAt
	archived.DateOfBirth, archived.ImpossibleBirthDate = profile.Date{}, "1988-02-30"
	save(t, s, 0, entry(archived))
	got, err := s.One(t.Context(), string(archived.ID))
	if err != nil || got.Profile.ImpossibleBirthDate != "1988-02-30" || !got.Profile.DateOfBirth.IsZero() {
		t.Fatalf("%q, %v", got.Profile.ImpossibleBirthDate, err)
	}
	if again := save(t, s, 0, entry(archived)); len(again) != 0 {
		t.Error("the same is a change")
	}
	mended := alex()
	mended.State, mended.ArchivedAt, mended.UpdatedAt = profile.Archived, changedAt, changedAt.Add(time.Hour)
	save(t, s, 0, entry(mended))
	changes, err := s.Changes(t.Context(), archived.ID)
	if err != nil || len(changes) != 2 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	for i, want := range [][2]string{{"1988-02-30", "1988-02-29"}, {"1988-02-29", "1988-02-30"}} {
		fields := changes[i].Fields
		if last := fields[len(fields)-1]; last.Field != profile.FieldDateOfBirth || last.Before != want[0] || last.After != want[1] {
			t.Errorf("change %d: %s from %s to %s", i, last.Field, last.Before, last.After)
		}
	}
}
