package sqlite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

const (
	alexSealed = `{"t":"Ms","f":"Alexandra","p":"Alex","l":"Unmistakable-Canary","b":"1988-02-29","s":"Female","g":"woman","n":"she/her",` +
		`"e":"canary@example.com","h":[{"type":"Mobile","number":"0491 570 156"}],"c":true}`
	oddSealed = `{"i":"30/02/1990 <&>","c":false}`
)

// The rows of a store of an earlier version are read unchanged: the text of the
// sealed details, which also tells whether anything changed, does not change
// with the program.
func TestTheFormOfSealedDetails(t *testing.T) {
	_, s := newStore(t)
	no := false
	odd := alex()
	odd.Title, odd.FirstName, odd.PreferredFirstName, odd.LastName, odd.Sex, odd.GenderIdentity, odd.Pronouns, odd.Email = "", "", "", "", "", "", "", ""
	odd.DateOfBirth, odd.ImpossibleBirthDate, odd.Phones, odd.AcceptedPrivacyPolicy = profile.Date{}, "30/02/1990 <&>", nil, &no
	blank := odd
	blank.ImpossibleBirthDate, blank.AcceptedPrivacyPolicy = "", nil
	for _, test := range []struct {
		name   string
		p      profile.Profile
		sealed string
	}{{"everything", alex(), alexSealed}, {"little", odd, oddSealed}, {"nothing", blank, "{}"}} {
		save(t, s, 0, entry(test.p))
		if got, err := s.Details(t.Context(), string(test.p.ID)); err != nil || got != test.sealed {
			t.Errorf("%s is sealed as\n%s, want\n%s; %v", test.name, got, test.sealed, err)
		}
		// The row was written by another version.
		if err := s.SetDetails(t.Context(), string(test.p.ID), test.sealed); err != nil {
			t.Fatal(err)
		}
		got, err := s.One(t.Context(), string(test.p.ID))
		if err != nil {
			t.Fatal(err)
		}
		got.Profile.SyncedAt, got.Profile.AddedAt = test.p.SyncedAt, test.p.AddedAt
		if diff := cmp.Diff(entry(test.p), got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		pass := begin(t, s, profile.FullPass)
		save(t, s, pass.ID, entry(test.p))
		if counts, err := s.Counts(t.Context(), pass.ID); err != nil || counts != (profile.Counts{Read: 1, Unchanged: 1}) {
			t.Errorf("%s, read again: %+v, %v", test.name, counts, err)
		}
		if err := s.EndPass(t.Context(), profile.Pass{ID: pass.ID, Kind: profile.FullPass}, profile.Cursors{}); err != nil {
			t.Fatal(err)
		}
	}
}
