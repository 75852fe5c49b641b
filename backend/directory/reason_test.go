package directory

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func failing(ref, last string, since time.Time, problems ...profile.Problem) profile.Entry {
	e := client(ref, "Ann", "", last, "")
	e.Failure = &profile.Failure{ID: profile.ID(ref), Ref: ref, Code: profile.Incomplete, Problems: problems, FirstFailedAt: since}
	if len(problems) == 0 {
		e.Failure.Code = profile.Unreadable
	}
	return e
}

// Each profile counts for everything that is missing and for what is wrong
// instead, and what has no reason of its own as other; a reason narrows the list to those whom it counts.
func TestReasonsNarrowAndAreCounted(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	noEmail, noSex := profile.Problem{Field: profile.FieldEmail, Kind: profile.Missing}, profile.Problem{Field: profile.FieldSex, Kind: profile.Missing}
	future := profile.Problem{Field: profile.FieldDateOfBirth, Kind: profile.InTheFuture}
	noAddress, long := profile.Problem{Field: profile.FieldEmail, Kind: profile.NotAnEmail}, profile.Problem{Field: profile.FieldFirstName, Kind: profile.TooLong}
	d := New()
	d.Fill([]profile.Entry{
		failing("1", "Able", day(4), noEmail), failing("2", "Baker", day(2), noSex, noEmail), failing("3", "Cook", day(3), future),
		failing("4", "Dean", day(1)), client("5", "Eve", "", "Evans", "eve@example.com"),
		failing("6", "Ford", day(5), noAddress), failing("7", "Gray", day(6), long),
	})
	for reason, want := range map[Reason]string{
		"": "1,2,3,4,6,7", "email": "1,2", "sex": "2", "wrong_date_of_birth": "3", "wrong_email": "6", "unreadable": "4", "other": "7",
		"date_of_birth": "", "last_name": "", "nonsense": "",
	} {
		found := d.Find(Query{Filter: Attention, Narrow: Narrow{Reason: reason}, Sort: ByName, Limit: 10})
		if got := refs(found.Entries); got != want {
			t.Errorf("%q: %s, want %s", reason, got, want)
		}
		if found.Counts.Reasons != [9]int{2, 1, 0, 0, 0, 1, 1, 1, 1} {
			t.Errorf("%q: %v", reason, found.Counts.Reasons)
		}
	}
	for by, want := range map[Sort]string{BySince: "4,2,3,1,6,7", ByReason: "4,3,1,6,7,2"} {
		if got := refs(d.Everybody(Query{Filter: Attention, Sort: by, Offset: 3, Limit: 1})); got != want {
			t.Errorf("by %s: %s, want %s", by, got, want)
		}
	}
	// Whoever is complete by now is in none of them.
	d.Apply([]profile.Entry{client("2", "Ann", "", "Baker", "ann@example.com")})
	if got := d.Find(Query{Filter: Attention}).Counts.Reasons; got != [9]int{1, 0, 0, 0, 0, 1, 1, 1, 1} {
		t.Errorf("after one is complete: %v", got)
	}
	d.Forget([]string{"1"})
	if got := d.Find(Query{Filter: Attention}).Counts.Reasons; got != [9]int{0, 0, 0, 0, 0, 1, 1, 1, 1} {
		t.Errorf("after one is gone: %v", got)
	}
}
