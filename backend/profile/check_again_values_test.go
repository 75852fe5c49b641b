package profile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

func TestToday(t *testing.T) {
	for now, want := range map[string]string{
		"2026-06-14T09:59:59Z": "2026-06-14", "2026-06-14T10:00:00Z": "2026-06-15", "2026-12-31T10:00:00Z": "2027-01-01",
		"2026-06-14T19:59:59+10:00": "2026-06-14", "2026-06-14T20:00:00+10:00": "2026-06-15",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := profile.Today(at).String(); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}

// A stored profile is judged as its patient was, although a blank value is not
// stored and an impossible birth date has its own field.
func TestCheckAgainByValues(t *testing.T) {
	kept := func(change func(*profile.Profile)) *profile.Profile {
		p := &profile.Profile{ID: "1001", State: "active", Details: profile.Details{Title: "Ms", FirstName: "Ann", LastName: "Example", DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2},
			Sex: "Female", Email: "ann@example.org"}, UpdatedAt: noon, AddedAt: noon, SyncedAt: noon}
		change(p)
		return p
	}
	failed := func(code profile.FailureCode, problems ...profile.Problem) *profile.Failure {
		return &profile.Failure{ID: "1001", Ref: "1001", Code: code, Problems: problems}
	}
	nothing := func(*profile.Profile) {}
	for _, test := range []struct {
		name         string
		change, then func(*profile.Profile)
		known, want  *profile.Failure
	}{
		{"complete", nothing, nothing, nil, nil},
		{"mended", nothing, nothing, failed("incomplete", profile.Problem{Field: "email", Kind: "missing"}), nil},
		{"still without an email", func(p *profile.Profile) { p.Email = "" }, func(p *profile.Profile) { p.Email = "" },
			failed("incomplete", profile.Problem{Field: "email", Kind: "missing"}), failed("incomplete", profile.Problem{Field: "email", Kind: "missing"})},
		{"without an email, and not known to be", func(p *profile.Profile) { p.Email = "" }, func(p *profile.Profile) { p.Email = "" },
			nil, failed("incomplete", profile.Problem{Field: "email", Kind: "missing"})},
		{"a name that showed nothing", func(p *profile.Profile) { p.FirstName = "" }, func(p *profile.Profile) { p.FirstName = "" },
			failed("impossible", profile.Problem{Field: "first_name", Kind: "not_printable"}), failed("impossible", profile.Problem{Field: "first_name", Kind: "not_printable"})},
		{"another field was wrong", func(p *profile.Profile) { p.LastName = "" }, func(p *profile.Profile) { p.LastName = "" },
			failed("impossible", profile.Problem{Field: "first_name", Kind: "not_printable"}), failed("incomplete", profile.Problem{Field: "last_name", Kind: "missing"})},
		{"each field", func(p *profile.Profile) {
			p.FirstName, p.LastName, p.DateOfBirth, p.Sex, p.Email = "", "", profile.Date{}, "", ""
		},
			func(p *profile.Profile) {
				p.FirstName, p.LastName, p.DateOfBirth, p.Sex, p.Email = "", "", profile.Date{}, "", ""
			},
			failed("impossible", profile.Problem{Field: "first_name", Kind: "not_printable"}, profile.Problem{Field: "sex", Kind: "not_printable"}, profile.Problem{Field: "email", Kind: "not_an_email"}),
			failed("incomplete", profile.Problem{Field: "first_name", Kind: "not_printable"}, profile.Problem{Field: "last_name", Kind: "missing"},
				profile.Problem{Field: "date_of_birth", Kind: "missing"}, profile.Problem{Field: "sex", Kind: "not_printable"}, profile.Problem{Field: "email", Kind: "not_an_email"})},
		{"born by now", func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "2026-06-15" },
			func(p *profile.Profile) { p.DateOfBirth = profile.Date{Year: 2026, Month: 6, Day: 15} },
			failed("impossible", profile.Problem{Field: "date_of_birth", Kind: "in_future"}), nil},
		{"not born yet", func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "2026-06-16" },
			func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "2026-06-16" },
			failed("impossible", profile.Problem{Field: "date_of_birth", Kind: "in_future"}), failed("impossible", profile.Problem{Field: "date_of_birth", Kind: "in_future"})},
		{"too old by now", func(p *profile.Profile) { p.DateOfBirth = profile.Date{Year: 1895, Month: 6, Day: 15} },
			func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "1895-06-15" },
			nil, failed("impossible", profile.Problem{Field: "date_of_birth", Kind: "long_ago"})},
		{"no date", func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "1990-02-30" },
			func(p *profile.Profile) { p.DateOfBirth, p.ImpossibleBirthDate = profile.Date{}, "1990-02-30" },
			nil, failed("impossible", profile.Problem{Field: "date_of_birth", Kind: "not_a_date"})},
		{"not an email", func(p *profile.Profile) { p.Email = "n/a" }, func(p *profile.Profile) { p.Email = "n/a" },
			nil, failed("impossible", profile.Problem{Field: "email", Kind: "not_an_email"})},
		{"who has left cannot fail", func(p *profile.Profile) {
			p.State, p.Email, p.DateOfBirth, p.ImpossibleBirthDate = "archived", "", profile.Date{}, "1990-02-30"
		},
			func(p *profile.Profile) {
				p.State, p.Email, p.DateOfBirth, p.ImpossibleBirthDate = "archived", "", profile.Date{}, "1990-02-30"
			}, nil, nil},
	} {
		before := kept(test.change)
		got, failure := profile.CheckAgain(before, test.known, noon)
		if diff := cmp.Diff(*kept(test.then), got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if diff := cmp.Diff(test.want, failure); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if diff := cmp.Diff(kept(test.change), before); diff != "" {
			t.Errorf("%s: the kept profile was changed: %s", test.name, diff)
		}
	}
}
