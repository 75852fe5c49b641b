package profile_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

func TestShorten(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("a", n) }
	const family, flag = "👩\u200d👩\u200d👧\u200d👦", "🇦🇺"
	for name, test := range map[string]struct{ given, want string }{
		"none":          {"", ""},
		"short":         {"Ann", "Ann"},
		"254":           {letters(254), letters(254)},
		"255":           {letters(255), letters(255)},
		"256":           {letters(256), letters(254) + "…"},
		"200,000":       {letters(200_000), letters(254) + "…"},
		"255 of two":    {strings.Repeat("é", 255), strings.Repeat("é", 255)},
		"256 of two":    {strings.Repeat("é", 256), strings.Repeat("é", 254) + "…"},
		"255 of four":   {strings.Repeat("\U00020000", 255), strings.Repeat("\U00020000", 255)},
		"256 of four":   {strings.Repeat("\U00020000", 256), strings.Repeat("\U00020000", 254) + "…"},
		"an accent":     {letters(253) + "e\u0301xyz", letters(253) + "…"},
		"a whole one":   {letters(252) + "e\u0301xyz", letters(252) + "e\u0301…"},
		"a family":      {letters(250) + family + "xyz", letters(250) + "…"},
		"a flag":        {letters(253) + flag + "xyz", letters(253) + "…"},
		"another flag":  {letters(252) + flag + "xyz", letters(252) + flag + "…"},
		"Hangul":        {letters(253) + "\u1112\u1161\u11abxyz", letters(253) + "…"},
		"a line end":    {letters(253) + "\r\nxyz", letters(253) + "…"},
		"only marks":    {"e" + strings.Repeat("\u0301", 300), "e" + strings.Repeat("\u0301", 253) + "…"},
		"marks at last": {letters(200) + strings.Repeat("\u0301", 300), letters(199) + "…"},
		"broken":        {strings.Repeat("\xff", 300), strings.Repeat("\xff", 254) + "…"},
	} {
		got := profile.Shorten(test.given)
		if got != test.want || utf8.RuneCountInString(got) > 255 {
			t.Errorf("%s: %+q, want %+q", name, got, test.want)
		}
		if again := profile.Shorten(got); again != got {
			t.Errorf("%s: shortened twice: %+q", name, again)
		}
	}
}

// manyPhones are n numbers.
func manyPhones(n int) []profile.Phone {
	phones := make([]profile.Phone, n)
	for i := range phones {
		phones[i] = profile.Phone{Type: "Mobile", Number: fmt.Sprintf("0491 570 %03d", i)}
	}
	return phones
}

// What is too long is cut, and the profile needs attention because of it: with
// the reading, when it is judged again, and until Cliniko has less.
func TestWhatIsTooLongIsCutAndSaid(t *testing.T) {
	long, cut := strings.Repeat("é", 200_000), strings.Repeat("é", 254)+"…"
	for name, test := range map[string]struct {
		change   func(*profile.Patient)
		problems []profile.Problem
		reason   string
		kept     func(*profile.Details) string
		want     string
	}{
		"first name": {func(p *profile.Patient) { p.FirstName = long }, []profile.Problem{{Field: "first_name", Kind: "too_long"}},
			"First Name is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.FirstName }, cut},
		"last name": {func(p *profile.Patient) { p.LastName = long }, []profile.Problem{{Field: "last_name", Kind: "too_long"}},
			"Last Name is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.LastName }, cut},
		"sex": {func(p *profile.Patient) { p.Sex = long }, []profile.Problem{{Field: "sex", Kind: "too_long"}},
			"Sex is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.Sex }, cut},
		"email": {func(p *profile.Patient) { p.Email = strings.Repeat("a", 200_000) + "@example.org" }, []profile.Problem{{Field: "email", Kind: "not_an_email"}},
			"Email is not a valid email address.", func(d *profile.Details) string { return d.Email }, strings.Repeat("a", 254) + "…"},
		"an email that would be one": {func(p *profile.Patient) { p.Email = "a@" + strings.Repeat("b.", 124) + "example" }, []profile.Problem{{Field: "email", Kind: "not_an_email"}},
			"Email is not a valid email address.", func(d *profile.Details) string { return d.Email }, "a@" + strings.Repeat("b.", 124) + "exam…"},
		"birth date": {func(p *profile.Patient) { p.DateOfBirth = "1990-01-02" + long }, []profile.Problem{{Field: "date_of_birth", Kind: "not_a_date"}},
			"Date of Birth is not a real date.", func(d *profile.Details) string { return d.ImpossibleBirthDate }, "1990-01-02" + strings.Repeat("é", 244) + "…"},
		"title": {func(p *profile.Patient) { p.Title = long }, []profile.Problem{{Field: "title", Kind: "too_long"}},
			"Title is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.Title }, cut},
		"preferred name": {func(p *profile.Patient) { p.PreferredFirstName = long }, []profile.Problem{{Field: "preferred_first_name", Kind: "too_long"}},
			"Preferred First Name is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.PreferredFirstName }, cut},
		"gender identity": {func(p *profile.Patient) { p.GenderIdentity = long }, []profile.Problem{{Field: "gender_identity", Kind: "too_long"}},
			"Gender Identity is too long, so only its beginning is kept.", func(d *profile.Details) string { return d.GenderIdentity }, cut},
		"pronouns": {func(p *profile.Patient) { p.Pronouns = long }, []profile.Problem{{Field: "pronouns", Kind: "too_long"}},
			"Pronouns are too long, so only their beginnings are kept.", func(d *profile.Details) string { return d.Pronouns }, cut},
		"phones": {func(p *profile.Patient) { p.Phones = manyPhones(100_000) }, []profile.Problem{{Field: "phones", Kind: "too_many"}},
			"Phone Numbers are too many, so only the first are kept.", func(d *profile.Details) string { return fmt.Sprintf("%d %s", len(d.Phones), d.Phones[49].Number) }, "50 0491 570 049"},
		"51 phones": {func(p *profile.Patient) { p.Phones = manyPhones(51) }, []profile.Problem{{Field: "phones", Kind: "too_many"}},
			"Phone Numbers are too many, so only the first are kept.", func(d *profile.Details) string { return fmt.Sprintf("%d %s", len(d.Phones), d.Phones[49].Number) }, "50 0491 570 049"},
		"50 phones": {func(p *profile.Patient) { p.Phones = manyPhones(50) }, nil, "", func(d *profile.Details) string { return fmt.Sprint(len(d.Phones)) }, "50"},
		"a number": {func(p *profile.Patient) { p.Phones = []profile.Phone{{Number: "1"}, {Number: long}} }, []profile.Problem{{Field: "phones", Kind: "too_long"}},
			"Phone Numbers are too long, so only their beginnings are kept.", func(d *profile.Details) string { return d.Phones[1].Number }, cut},
		"the type of a number": {func(p *profile.Patient) { p.Phones = []profile.Phone{{Type: long, Number: "1"}} }, []profile.Problem{{Field: "phones", Kind: "too_long"}},
			"Phone Numbers are too long, so only their beginnings are kept.", func(d *profile.Details) string { return d.Phones[0].Type }, cut},
		"many long numbers": {func(p *profile.Patient) {
			p.Phones = append(manyPhones(60), profile.Phone{})
			p.Phones[3].Number = long
		},
			[]profile.Problem{{Field: "phones", Kind: "too_many"}}, "Phone Numbers are too many, so only the first are kept.",
			func(d *profile.Details) string { return fmt.Sprintf("%d %s", len(d.Phones), d.Phones[3].Number) }, "50 " + cut},
		"255 letters":              {func(p *profile.Patient) { p.FirstName = strings.Repeat("é", 255) }, nil, "", func(d *profile.Details) string { return d.FirstName }, strings.Repeat("é", 255)},
		"an ellipsis of Cliniko's": {func(p *profile.Patient) { p.FirstName = "Ann…" }, nil, "", func(d *profile.Details) string { return d.FirstName }, "Ann…"},
		"all in order": {func(p *profile.Patient) { p.Title, p.LastName, p.Email, p.Phones = long, long, "", manyPhones(51) },
			[]profile.Problem{{Field: "last_name", Kind: "too_long"}, {Field: "email", Kind: "missing"}, {Field: "title", Kind: "too_long"}, {Field: "phones", Kind: "too_many"}},
			"Email is missing; Last Name is too long, so only its beginning is kept; Title is too long, so only its beginning is kept; Phone Numbers are too many, so only the first are kept.",
			func(d *profile.Details) string { return d.LastName }, cut},
	} {
		t.Run(name, func(t *testing.T) {
			patient := complete(test.change)
			before := fmt.Sprint(len(patient.Phones), patient.FirstName)
			kept, failure := profile.Check(patient, noon)
			check := func(when string, kept *profile.Profile, failure *profile.Failure) {
				t.Helper()
				var problems []profile.Problem
				reason := ""
				if failure != nil {
					problems, reason = failure.Problems, failure.Reason()
				}
				if !reflect.DeepEqual(problems, test.problems) || reason != test.reason {
					t.Errorf("%s: %v, %s", when, problems, reason)
				}
				if got := test.kept(&kept.Details); got != test.want {
					t.Errorf("%s: kept is %.300q, want %q", when, got, test.want)
				}
			}
			check("read", &kept, failure)
			again, failureAgain := profile.CheckAgain(&kept, failure, noon.Add(48*time.Hour))
			check("judged again", &again, failureAgain)
			again, failureAgain = profile.CheckAgain(&again, failureAgain, noon.Add(96*time.Hour))
			check("and once more", &again, failureAgain)

			// A row of an earlier version, which was stored whole.
			old := kept
			old.Details = patient.Details
			old.ImpossibleBirthDate, old.DateOfBirth = patient.DateOfBirth, profile.Date{}
			again, failureAgain = profile.CheckAgain(&old, nil, noon)
			check("of an earlier version", &again, failureAgain)
			shown := old.Displayed()
			if got := test.kept(&shown.Details); got != test.want {
				t.Errorf("displayed is %.300q, want %q", got, test.want)
			}
			if after := fmt.Sprint(len(patient.Phones), patient.FirstName); after != before {
				t.Error("the patient was changed")
			}

			// Cliniko has less now.
			if _, failure := profile.Check(complete(func(*profile.Patient) {}), noon); failure != nil {
				t.Errorf("corrected: %v", failure.Problems)
			}
		})
	}
}

// Whoever left Cliniko cannot fail, and is cut all the same.
func TestWhoLeftIsCutToo(t *testing.T) {
	patient := complete(func(p *profile.Patient) {
		p.FirstName, p.Phones, p.ArchivedAt = strings.Repeat("a", 300), manyPhones(60), noon
	})
	kept, failure := profile.Check(patient, noon)
	if failure != nil || kept.FirstName != strings.Repeat("a", 254)+"…" || len(kept.Phones) != 50 {
		t.Errorf("%v, %q, %d phones", failure, kept.FirstName, len(kept.Phones))
	}
}
