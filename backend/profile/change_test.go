package profile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

// Each field, as it is stored in the history.
func TestDiff(t *testing.T) {
	yes, no := true, false
	type change = func(*profile.Profile)
	for field, test := range map[profile.Field]struct {
		change        change
		before, after string
	}{
		"state":                {func(p *profile.Profile) { p.State = "archived" }, "active", "archived"},
		"merged_into":          {func(p *profile.Profile) { p.MergedInto = "7" }, "", "7"},
		"title":                {func(p *profile.Profile) { p.Title = "Dr" }, "Ms", "Dr"},
		"first_name":           {func(p *profile.Profile) { p.FirstName = "Anna" }, "Ann", "Anna"},
		"preferred_first_name": {func(p *profile.Profile) { p.PreferredFirstName = "Annie" }, "", "Annie"},
		"last_name":            {func(p *profile.Profile) { p.LastName = "" }, "Example", ""},
		"date_of_birth":        {func(p *profile.Profile) { p.DateOfBirth = profile.Date{Year: 1990, Month: 2, Day: 1} }, "1990-01-02", "1990-02-01"},
		"sex":                  {func(p *profile.Profile) { p.Sex = "Male" }, "Female", "Male"},
		"gender_identity":      {func(p *profile.Profile) { p.GenderIdentity = "woman" }, "", "woman"},
		"pronouns":             {func(p *profile.Profile) { p.Pronouns = "she/her" }, "", "she/her"},
		"email":                {func(p *profile.Profile) { p.Email = "ANN@example.org" }, "ann@example.org", "ANN@example.org"},
		"phones": {func(p *profile.Profile) { p.Phones = append(p.Phones, profile.Phone{Number: "03 5550 1234"}) },
			"0491 570 156 Mobile", "0491 570 156 Mobile, 03 5550 1234"},
		"accepted_privacy_policy": {func(p *profile.Profile) { p.AcceptedPrivacyPolicy = &no }, "true", "false"},
	} {
		base := func() profile.Profile {
			return profile.Profile{ID: "1", State: "active", Details: profile.Details{Title: "Ms", FirstName: "Ann", LastName: "Example", DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2},
				Sex: "Female", Email: "ann@example.org", Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes}}
		}
		before, after := base(), base()
		test.change(&after)
		if diff := cmp.Diff([]profile.FieldChange{{Field: field, Before: test.before, After: test.after}}, profile.Diff(&before, &after)); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
		if diff := cmp.Diff([]profile.FieldChange{{Field: field, Before: test.after, After: test.before}}, profile.Diff(&after, &before)); diff != "" {
			t.Errorf("%s, back: %s", field, diff)
		}
	}
}

func TestDiffOfNothing(t *testing.T) {
	yes, also := true, true
	one := profile.Profile{ID: "1", Details: profile.Details{AcceptedPrivacyPolicy: &yes, Phones: []profile.Phone{{Number: "1"}}}}
	other := profile.Profile{ID: "1", Details: profile.Details{AcceptedPrivacyPolicy: &also, Phones: []profile.Phone{{Number: "1"}}},
		CreatedAt: time.Unix(1, 0), UpdatedAt: time.Unix(2, 0), ArchivedAt: time.Unix(3, 0), AddedAt: time.Unix(4, 0), SyncedAt: time.Unix(5, 0), DeletedAt: time.Unix(6, 0)}
	if got := profile.Diff(&one, &other); got != nil {
		t.Errorf("%d changes", len(got))
	}
}

// An impossible birth date is part of the history, and so is its correction.
func TestDiffOfAnImpossibleBirthDate(t *testing.T) {
	none := profile.Profile{}
	impossible := profile.Profile{Details: profile.Details{ImpossibleBirthDate: "1990-02-30"}}
	possible := profile.Profile{Details: profile.Details{DateOfBirth: profile.Date{Year: 1990, Month: 2, Day: 28}}}
	for _, test := range []struct {
		before, after *profile.Profile
		was, is       string
	}{
		{&none, &impossible, "", "1990-02-30"}, {&impossible, &possible, "1990-02-30", "1990-02-28"}, {&possible, &impossible, "1990-02-28", "1990-02-30"}, {&impossible, &none, "1990-02-30", ""},
	} {
		if diff := cmp.Diff([]profile.FieldChange{{Field: "date_of_birth", Before: test.was, After: test.is}}, profile.Diff(test.before, test.after)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDiffIsInTheOrderOfTheScreen(t *testing.T) {
	yes := true
	all := profile.Profile{State: "merged", MergedInto: "7", Details: profile.Details{Title: "Ms", FirstName: "Ann", PreferredFirstName: "Annie", LastName: "Example",
		DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2}, Sex: "Female", GenderIdentity: "woman", Pronouns: "she/her", Email: "ann@example.org",
		Phones: []profile.Phone{{Type: "Home", Number: "1"}, {Type: "Work", Number: "2"}}, AcceptedPrivacyPolicy: &yes}}
	want := []profile.FieldChange{
		{Field: "state", After: "merged"}, {Field: "merged_into", After: "7"}, {Field: "title", After: "Ms"}, {Field: "first_name", After: "Ann"},
		{Field: "preferred_first_name", After: "Annie"}, {Field: "last_name", After: "Example"}, {Field: "date_of_birth", After: "1990-01-02"},
		{Field: "sex", After: "Female"}, {Field: "gender_identity", After: "woman"}, {Field: "pronouns", After: "she/her"},
		{Field: "email", After: "ann@example.org"}, {Field: "phones", After: "1 Home, 2 Work"}, {Field: "accepted_privacy_policy", After: "true"},
	}
	if diff := cmp.Diff(want, profile.Diff(&profile.Profile{}, &all)); diff != "" {
		t.Error(diff)
	}
}
