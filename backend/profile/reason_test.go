package profile_test

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestProblemsInWords(t *testing.T) {
	for problem, want := range map[profile.Problem]string{
		{Field: "first_name", Kind: "missing"}:       "First Name is missing",
		{Field: "last_name", Kind: "not_printable"}:  "Last Name has no readable letters",
		{Field: "date_of_birth", Kind: "not_a_date"}: "Date of Birth is not a real date",
		{Field: "date_of_birth", Kind: "in_future"}:  "Date of Birth is in the future",
		{Field: "date_of_birth", Kind: "long_ago"}:   "Date of Birth is too long ago",
		{Field: "sex", Kind: "missing"}:              "Sex is missing",
		{Field: "email", Kind: "not_an_email"}:       "Email is not a valid email address",
		{Field: "sex", Kind: "not_printable"}:        "Sex has no readable letters",
		{Field: "date_of_birth", Kind: "missing"}:    "Date of Birth is missing",
		{Field: "email", Kind: "missing"}:            "Email is missing",
		{Field: "title", Kind: "too_long"}:           "Title is too long, so only its beginning is kept",
		{Field: "phones", Kind: "too_many"}:          "Phone Numbers are too many, so only the first are kept",
		{Field: "phones", Kind: "too_long"}:          "Phone Numbers are too long, so only their beginnings are kept",
	} {
		if got := problem.Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReasonsWithTheirValues(t *testing.T) {
	d := profile.Details{FirstName: "\u3164", ImpossibleBirthDate: "2099-01-01", Email: "n/a", Sex: "x"}
	for problem, want := range map[profile.Problem]string{
		{Field: "date_of_birth", Kind: "in_future"}:  `Date of Birth "2099-01-01" is in the future.`,
		{Field: "date_of_birth", Kind: "not_a_date"}: `Date of Birth "2099-01-01" is not a real date.`,
		{Field: "date_of_birth", Kind: "long_ago"}:   `Date of Birth "2099-01-01" is too long ago.`,
		{Field: "email", Kind: "not_an_email"}:       `Email "n/a" is not a valid email address.`,
		{Field: "email", Kind: "missing"}:            "Email is missing.",
		{Field: "first_name", Kind: "not_printable"}: "First Name has no readable letters.",
		{Field: "title", Kind: "too_long"}:           "Title is too long, so only its beginning is kept.",
	} {
		f := profile.Failure{Code: "impossible", Problems: []profile.Problem{problem}}
		if got := f.ReasonIn(&d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	born := profile.Problem{Field: "date_of_birth", Kind: "in_future"}
	f := profile.Failure{Code: "incomplete", Problems: []profile.Problem{born, {Field: "sex", Kind: "missing"}}}
	if got := f.ReasonIn(&d); got != `Sex is missing; Date of Birth "2099-01-01" is in the future.` {
		t.Errorf("%q", got)
	}
	long := profile.Failure{Code: "impossible", Problems: []profile.Problem{{Field: "email", Kind: "not_an_email"}}}
	if got, want := long.ReasonIn(&profile.Details{Email: strings.Repeat("é", 61)}), `Email "`+strings.Repeat("é", 60)+`…" is not a valid email address.`; got != want {
		t.Errorf("%q", got)
	}
	if got := f.ReasonIn(&profile.Details{}); got != "Sex is missing; Date of Birth is in the future." {
		t.Errorf("without the value: %q", got)
	}
}

// The value that cannot be right is said of a birth date and an email alone, and
// never of what is missing.
func TestWrongValues(t *testing.T) {
	d := profile.Details{ImpossibleBirthDate: "2099-01-01", FirstName: "\u200b", Email: "ann@nowhere", Title: "long"}
	for problem, want := range map[profile.Problem]string{
		{Field: "date_of_birth", Kind: "in_future"}:  "2099-01-01",
		{Field: "date_of_birth", Kind: "not_a_date"}: "2099-01-01",
		{Field: "date_of_birth", Kind: "missing"}:    "",
		{Field: "email", Kind: "not_an_email"}:       "ann@nowhere",
		{Field: "email", Kind: "missing"}:            "",
		{Field: "first_name", Kind: "not_printable"}: "",
		{Field: "title", Kind: "too_long"}:           "",
	} {
		if got := problem.Value(&d); got != want {
			t.Errorf("%v: %q, want %q", problem, got, want)
		}
	}
}

func TestReasons(t *testing.T) {
	first, last := profile.Problem{Field: "first_name", Kind: "missing"}, profile.Problem{Field: "last_name", Kind: "missing"}
	email, sex := profile.Problem{Field: "email", Kind: "missing"}, profile.Problem{Field: "sex", Kind: "missing"}
	future, two := profile.Problem{Field: "date_of_birth", Kind: "in_future"}, profile.Problem{Field: "email", Kind: "not_an_email"}
	for want, problems := range map[string][]profile.Problem{
		"Email is missing.":                                                   {email},
		"First Name and Email are missing.":                                   {first, email},
		"First Name, Last Name and Email are missing.":                        {first, last, email},
		"First Name, Last Name, Sex and Email are missing.":                   {first, last, sex, email},
		"Date of Birth is in the future.":                                     {future},
		"Date of Birth is in the future; Email is not a valid email address.": {future, two},
		"Sex is missing; Date of Birth is in the future.":                     {future, sex},
		"First Name and Sex are missing; Date of Birth is in the future; Email is not a valid email address.": {first, future, sex, two},
	} {
		f := profile.Failure{Code: profile.Incomplete, Problems: problems}
		if got := f.Reason(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f := profile.Failure{Code: "unreadable", Problems: []profile.Problem{email}}
	if got := f.Reason(); got != "Cliniko's answer about this client could not be understood." {
		t.Error(got)
	}
}

func TestLabels(t *testing.T) {
	for field, want := range map[profile.Field]string{
		"state": "State", "merged_into": "Merged into", "title": "Title", "first_name": "First Name", "preferred_first_name": "Preferred First Name",
		"last_name": "Last Name", "date_of_birth": "Date of Birth", "sex": "Sex", "gender_identity": "Gender Identity", "pronouns": "Pronouns",
		"email": "Email", "phones": "Phone Numbers", "accepted_privacy_policy": "Privacy Policy", "other": "",
	} {
		if got := field.Label(); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}
