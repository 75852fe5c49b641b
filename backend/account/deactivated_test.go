package account_test

import (
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// A person who does not exist, or may not sign in, cannot confirm anything,
// even with the right password.
func TestConfirmByWhoIsNotHere(t *testing.T) {
	people, _, owner := clinic(t)
	desk := withDesk(t, people, &owner)
	if err := people.Confirm(t.Context(), "nobody", deskPassword); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("nobody: %v", err)
	}
	if err := people.Confirm(t.Context(), desk.ID, deskPassword); err != nil {
		t.Errorf("active: %v", err)
	}
	if _, err := people.Change(t.Context(), &owner, desk.ID, account.Details{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions}); err != nil {
		t.Fatal(err)
	}
	if err := people.Confirm(t.Context(), desk.ID, deskPassword); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("deactivated: %v", err)
	}
}

// The time of deactivation is that of the first one, and is cleared when the
// person is activated again.
func TestDeactivatedSince(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	people, store, owner := clinic(t, account.WithClock(func() time.Time { return now }))
	desk := withDesk(t, people, &owner)
	details := account.Details{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions}
	for _, step := range []struct {
		active bool
		want   time.Time
	}{
		{true, time.Time{}}, {false, now.Add(2 * time.Hour)}, {false, now.Add(2 * time.Hour)}, {true, time.Time{}}, {true, time.Time{}}, {false, now.Add(6 * time.Hour)},
	} {
		now = now.Add(time.Hour)
		details.Active = step.active
		if _, err := people.Change(t.Context(), &owner, desk.ID, details); err != nil {
			t.Fatal(err)
		}
		if got := store.people[1].Deactivated; !got.Equal(step.want) {
			t.Errorf("active %v at %v: since %v, want %v", step.active, now, got, step.want)
		}
	}
}

// The longest password that can be set signs in.
func TestLongestPasswordSignsIn(t *testing.T) {
	people, _, owner := clinic(t)
	longest := strings.Repeat("velvet otter carries nine lanterns ", 29)[:1000]
	if _, err := people.Add(t.Context(), &owner, "Long Example", "long@clinic.example", longest, staff.AllPermissions); err != nil {
		t.Fatal(err)
	}
	if _, err := people.SignIn(t.Context(), "long@clinic.example", longest); err != nil {
		t.Error(err)
	}
}
