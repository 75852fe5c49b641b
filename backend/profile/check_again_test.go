package profile_test

import (
	"fmt"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestCheckAgain(t *testing.T) {
	complete := profile.Patient{ID: "1", Details: profile.Details{FirstName: "Sam", LastName: "Example", Sex: "Male", Email: "sam@example.com"}}
	for _, test := range []struct {
		born        string
		read, later string // the time of reading, and of judging again
		before      string // what is wrong then, "" for nothing
		after       string
		date        string // the birth date afterwards
	}{
		{"2026-03-02", "2026-02-28T12:00:00Z", "2026-03-01T09:59:59Z", "in_future", "in_future", ""},
		{"2026-03-02", "2026-02-28T12:00:00Z", "2026-03-01T10:00:00Z", "in_future", "", "2026-03-02"},
		{"1895-03-02", "2026-02-28T12:00:00Z", "2026-03-01T09:59:59Z", "", "", "1895-03-02"},
		{"1895-03-02", "2026-02-28T12:00:00Z", "2026-03-01T10:00:00Z", "", "long_ago", ""},
		{"1990-02-30", "2026-02-28T12:00:00Z", "2031-03-01T10:00:00Z", "not_a_date", "not_a_date", ""},
		{"", "2026-02-28T12:00:00Z", "2031-03-01T10:00:00Z", "missing", "missing", ""},
		// A clock was ahead, and is right again.
		{"2026-03-02", "2026-03-01T10:00:00Z", "2026-02-28T12:00:00Z", "", "in_future", ""},
	} {
		patient := complete
		patient.DateOfBirth = test.born
		kept, failure := profile.Check(&patient, moment(t, test.read))
		if got := bornProblem(failure); got != test.before {
			t.Errorf("%s read at %s: %q", test.born, test.read, got)
		}
		kept.AddedAt = moment(t, test.read)
		after, failure := profile.CheckAgain(&kept, failure, moment(t, test.later))
		if got := bornProblem(failure); got != test.after || after.DateOfBirth.String() != test.date || !after.AddedAt.Equal(kept.AddedAt) {
			t.Errorf("%s judged at %s: %q, date %q", test.born, test.later, got, after.DateOfBirth)
		}
		// As if it had not been judged in between.
		again, failure := profile.CheckAgain(&after, failure, moment(t, test.read))
		if got := bornProblem(failure); got != test.before || again.DateOfBirth != kept.DateOfBirth || again.ImpossibleBirthDate != kept.ImpossibleBirthDate {
			t.Errorf("%s judged at %s again: %q, date %q", test.born, test.read, got, again.DateOfBirth)
		}
	}
}

// An archived patient cannot fail, whatever the birth date.
func TestCheckAgainWhoLeft(t *testing.T) {
	patient := profile.Patient{ID: "1", DateOfBirth: "2026-03-02", ArchivedAt: time.Unix(1, 0)}
	kept, failure := profile.Check(&patient, moment(t, "2026-02-01T00:00:00Z"))
	if kept.ImpossibleBirthDate != "2026-03-02" || !kept.DateOfBirth.IsZero() {
		t.Errorf("kept %q, %q", kept.ImpossibleBirthDate, kept.DateOfBirth)
	}
	after, failure := profile.CheckAgain(&kept, failure, moment(t, "2027-02-01T00:00:00Z"))
	if failure != nil || after.State != profile.Archived || after.DateOfBirth.String() != "2026-03-02" || after.ImpossibleBirthDate != "" {
		t.Errorf("%v, %s, %s", failure, after.State, after.DateOfBirth)
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// bornProblem returns the kind of a failure's only problem.
func bornProblem(f *profile.Failure) string {
	switch {
	case f == nil:
		return ""
	case len(f.Problems) == 1 && f.Problems[0].Field == profile.FieldDateOfBirth:
		return f.Problems[0].Kind
	}
	return "something else"
}

// A blank value is not stored, but the fact that there was one is.
func TestCheckAgainWhatShowsNothing(t *testing.T) {
	patient := profile.Patient{ID: "1", Details: profile.Details{FirstName: "\u3164", LastName: "", Sex: "\u2800", Email: "\u3164"}, DateOfBirth: "\u2800"}
	kept, failure := profile.Check(&patient, moment(t, "2026-02-01T00:00:00Z"))
	for range 2 {
		after, again := profile.CheckAgain(&kept, failure, moment(t, "2026-02-02T00:00:00Z"))
		if got := fmt.Sprint(again.Code, again.Problems, after.FirstName, after.ImpossibleBirthDate); got !=
			"incomplete[{first_name not_printable} {last_name missing} {date_of_birth not_a_date} {sex not_printable} {email not_an_email}]" {
			t.Error(got)
		}
		kept, failure = after, again
	}
}
