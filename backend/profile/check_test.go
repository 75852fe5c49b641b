package profile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

// noon is when the rule is applied unless a test says otherwise. It is 14 June
// in some zones and, at UTC+14, already 15 June.
var noon = time.Date(2026, 6, 14, 12, 0, 0, 0, time.UTC)

// complete is a patient with nothing wrong, changed by the given functions.
func complete(change ...func(*profile.Patient)) *profile.Patient {
	p := &profile.Patient{ID: "1001", Details: profile.Details{FirstName: "Ann", LastName: "Example", Sex: "Female", Email: "ann@example.org"}, DateOfBirth: "1990-01-02"}
	for _, f := range change {
		f(p)
	}
	return p
}

// problem returns what the rule says of one field, and fails the test if it
// says anything of another.
func problem(t *testing.T, p *profile.Patient, now time.Time, field profile.Field) string {
	t.Helper()
	_, failure := profile.Check(p, now)
	if failure == nil {
		return ""
	}
	if len(failure.Problems) != 1 || failure.Problems[0].Field != field {
		t.Fatalf("%v, expected only %s", failure.Problems, field)
	}
	return failure.Problems[0].Kind
}

func TestACompletePatientIsTakenOverWhole(t *testing.T) {
	yes := true
	at := func(day int) time.Time { return time.Date(2025, 3, day, 4, 5, 6, 789, time.UTC) }
	p := &profile.Patient{
		ID: "836447129235883061", Details: profile.Details{Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex", LastName: "O'Example", Sex: "Female", GenderIdentity: "woman", Pronouns: "she/her", Email: "Alex@Example.org",
			Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes},
		DateOfBirth: "1988-02-29", CreatedAt: at(1), UpdatedAt: at(2),
	}
	got, failure := profile.Check(p, noon)
	if failure != nil {
		t.Fatal(failure.Problems)
	}
	want := profile.Profile{
		ID: "836447129235883061", State: "active", Details: profile.Details{Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex", LastName: "O'Example",
			DateOfBirth: profile.Date{Year: 1988, Month: 2, Day: 29}, Sex: "Female", GenderIdentity: "woman", Pronouns: "she/her", Email: "Alex@Example.org",
			Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes}, CreatedAt: at(1), UpdatedAt: at(2),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An archived patient cannot fail, and keeps the text that Cliniko has instead
// of a birth date.
func TestAnImpossibleBirthDateIsKeptWhateverTheState(t *testing.T) {
	then := noon.AddDate(0, -1, 0)
	for state, change := range map[profile.State]func(*profile.Patient){
		"archived": func(p *profile.Patient) { p.ArchivedAt = then },
		"merged":   func(p *profile.Patient) { p.MergedInto = "5" },
		"deleted":  func(p *profile.Patient) { p.DeletedAt = then },
	} {
		for born, want := range map[string]string{"1990-02-30": "1990-02-30", "2093-04-05": "2093-04-05", "": "", "1990-01-02": ""} {
			got, failure := profile.Check(complete(change, func(p *profile.Patient) { p.DateOfBirth = born }), noon)
			if failure != nil || got.State != state || got.ImpossibleBirthDate != want || got.DateOfBirth.IsZero() == (born == "1990-01-02") {
				t.Errorf("%s, born %q: %v %q", state, born, failure, got.ImpossibleBirthDate)
			}
		}
	}
}

// Each required field alone, and the code for several.
func TestCodes(t *testing.T) {
	type change = func(*profile.Patient)
	var (
		noFirst  = func(p *profile.Patient) { p.FirstName = "" }
		noLast   = func(p *profile.Patient) { p.LastName = "" }
		noBirth  = func(p *profile.Patient) { p.DateOfBirth = "" }
		noSex    = func(p *profile.Patient) { p.Sex = "" }
		noEmail  = func(p *profile.Patient) { p.Email = "" }
		badFirst = func(p *profile.Patient) { p.FirstName = "\u3164" }
		badBirth = func(p *profile.Patient) { p.DateOfBirth = "2093-04-05" }
		badEmail = func(p *profile.Patient) { p.Email = "n/a" }
	)
	for _, test := range []struct {
		changes []change
		code    profile.FailureCode
		want    string
	}{
		{[]change{noFirst}, "incomplete", "first_name missing"},
		{[]change{noLast}, "incomplete", "last_name missing"},
		{[]change{noBirth}, "incomplete", "date_of_birth missing"},
		{[]change{noSex}, "incomplete", "sex missing"},
		{[]change{noEmail}, "incomplete", "email missing"},
		{[]change{badFirst}, "impossible", "first_name not_printable"},
		{[]change{badBirth}, "impossible", "date_of_birth in_future"},
		{[]change{badEmail}, "impossible", "email not_an_email"},
		{[]change{badBirth, badEmail}, "impossible", "date_of_birth in_future, email not_an_email"},
		{[]change{badFirst, noEmail}, "incomplete", "first_name not_printable, email missing"},
		{[]change{noFirst, badEmail}, "incomplete", "first_name missing, email not_an_email"},
		{[]change{noEmail, noSex, noBirth, noLast, noFirst}, "incomplete",
			"first_name missing, last_name missing, date_of_birth missing, sex missing, email missing"},
	} {
		_, failure := profile.Check(complete(test.changes...), noon)
		if failure == nil {
			t.Errorf("%s: complete", test.want)
			continue
		}
		var problems []string
		for _, p := range failure.Problems {
			problems = append(problems, string(p.Field)+" "+p.Kind)
		}
		if got := strings.Join(problems, ", "); got != test.want || failure.Code != test.code || failure.ID != "1001" || failure.Ref != "1001" {
			t.Errorf("%s of %s: %s, want %s", failure.Code, failure.Ref, got, test.want)
		}
		// An archived patient does not fail.
		if _, failure := profile.Check(complete(append(test.changes, func(p *profile.Patient) { p.ArchivedAt = noon })...), noon); failure != nil {
			t.Errorf("archived: %v", failure.Problems)
		}
	}
}

func TestFieldsAreNotRequired(t *testing.T) {
	if _, failure := profile.Check(complete(), noon); failure != nil {
		t.Errorf("without title, preferred name, pronouns, gender identity, phones: %v", failure.Problems)
	}
	if got := fmt.Sprint(profile.Fields); got != "[first_name last_name date_of_birth sex email]" {
		t.Error(got)
	}
}

func TestStates(t *testing.T) {
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		patient profile.Patient
		want    profile.State
	}{
		{profile.Patient{}, "active"},
		{profile.Patient{ArchivedAt: then}, "archived"},
		{profile.Patient{MergedAt: then}, "merged"},
		{profile.Patient{MergedInto: "7"}, "merged"},
		{profile.Patient{MergedAt: then, ArchivedAt: then, MergedInto: "7"}, "merged"},
		{profile.Patient{DeletedAt: then}, "deleted"},
		{profile.Patient{DeletedAt: then, MergedAt: then, ArchivedAt: then}, "deleted"},
	} {
		if got := test.patient.State(); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
		kept, _ := profile.Check(&test.patient, noon)
		if kept.State != test.want || !kept.ArchivedAt.Equal(test.patient.ArchivedAt) || kept.MergedInto != test.patient.MergedInto {
			t.Errorf("kept as %s of %v into %q", kept.State, kept.ArchivedAt, kept.MergedInto)
		}
	}
}

func TestUnread(t *testing.T) {
	got := profile.Unread(&profile.Record{Ref: "unreadable-12", Patient: profile.Patient{ID: "77"}})
	if diff := cmp.Diff(&profile.Failure{ID: "77", Ref: "unreadable-12", Code: "unreadable"}, got); diff != "" {
		t.Error(diff)
	}
}
