package directory

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

var (
	may1  = profile.Date{Year: 1990, Month: 5, Day: 1}
	june2 = profile.Date{Year: 1961, Month: 6, Day: 2}
)

func bornOn(e profile.Entry, born profile.Date) profile.Entry {
	e.Profile.DateOfBirth = born
	return e
}

func as(state profile.State, e profile.Entry) profile.Entry {
	e.Profile.State = state
	return e
}

// sharing writes who shares what with a client: "3 email+phone+born".
func sharing(d *Directory, ref string) string {
	e, _ := d.One(ref)
	var all []string
	family, _ := d.SharingContact(&e)
	for _, s := range family {
		text := s.Entry.Ref
		for _, part := range []struct {
			name string
			same bool
		}{{" email", s.Email}, {" phone", s.Phone != ""}, {" born", s.Born}} {
			if part.same {
				text += part.name
			}
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestWhoSharesContact(t *testing.T) {
	d := New()
	d.InCountry("AU")
	d.Apply([]profile.Entry{
		bornOn(client("1", "Alexandra", "Alex", "O'Example", "alex@example.com", "0491 570 156"), may1),
		bornOn(client("2", "Alex", "", "O'Example", "", "+61 491 570 156"), may1), // entered twice
		bornOn(client("3", "Ann", "", "Twin", "Twins@Example.org", ""), may1),
		bornOn(client("4", "Bea", "", "Twin", "twins@example.org\u200b", "0491 570 157"), may1),
		bornOn(client("5", "Cleo", "", "Twin", "twins@example.org", "0491570157"), june2),          // their mother
		bornOn(client("6", "Dee", "", "Other", "dee@example.net", "0491 570 158"), may1),           // only the same day
		as(profile.Archived, bornOn(client("7", "Al", "", "O'Example", "ALEX@example.com"), may1)), // archived
		as(profile.Archived, bornOn(client("8", "Al", "", "Example", "alex@example.com"), june2)),
		as(profile.Merged, bornOn(client("9", "Alex", "", "Merged", "alex@example.com"), may1)),
		as(profile.Deleted, bornOn(client("10", "Alex", "", "Deleted", "alex@example.com"), may1)),
		bornOn(client("11", "Eve", "", "Unknown", "n/a", "0000 000 000"), may1),
		bornOn(client("12", "Fay", "", "Unknown", "n/a", "0000000000"), may1),
		client("13", "Gus", "", "NoDate", "gus@example.com"),
		client("14", "Gus", "", "NoDate", "gus@example.com"),
	})
	for ref, want := range map[string]string{
		"1":  "2 phone born, 7 email born, 8 email",
		"2":  "1 phone born",
		"3":  "4 email born, 5 email",
		"4":  "3 email born, 5 email phone",
		"5":  "3 email, 4 email phone",
		"6":  "",
		"7":  "1 email born, 8 email",
		"9":  "",
		"10": "",
		"11": "",
		"13": "14 email", // an unknown birth date is not the same as another
	} {
		if got := sharing(d, ref); got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
	d.Forget([]string{"2"})
	d.Apply([]profile.Entry{bornOn(client("7", "Al", "", "O'Example", "al@example.com"), may1)})
	if got := sharing(d, "1"); got != "8 email" {
		t.Errorf("after a change: %q", got)
	}
}

// An email or a number that more have than a family tells nothing of them: such
// as one that is typed because the form wants one.
func TestWhatManyHaveIsNobodys(t *testing.T) {
	d := New()
	d.InCountry("AU")
	var all []profile.Entry
	for n := range 12 { // one family too many by one
		e := bornOn(client(fmt.Sprint("1", n+10), "Ann", "", fmt.Sprint("Any", n), "noemail@clinic.example", fmt.Sprintf("0491 570 %03d", n)), may1)
		e.Profile.Phones = append(e.Profile.Phones, profile.Phone{Number: "(02) 5550 1234"}) // the care home's
		all = append(all, e)
	}
	// Entered twice, with the placeholder and their own number.
	all = append(all, bornOn(client("210", "Ann", "", "Any", "noemail@clinic.example", "+61 491 570 000"), may1))
	for n := range 11 {
		all = append(all, client(fmt.Sprint("3", n+10), "Bea", "", fmt.Sprint("Family", n), "family@example.com", "0491 571 111"))
	}
	d.Apply(all)
	for ref, want := range map[string]struct {
		family string
		many   string
	}{
		"110": {"210 phone born", "[{true noemail@clinic.example 12} {false (02) 5550 1234 11}]"},
		"111": {"", "[{true noemail@clinic.example 12} {false (02) 5550 1234 11}]"},
		"210": {"110 phone born", "[{true noemail@clinic.example 12}]"},
		"310": {"311 email phone, 320 email phone, 312 email phone, 313 email phone, 314 email phone, 315 email phone, 316 email phone, 317 email phone, 318 email phone, 319 email phone", "[]"},
	} {
		e, _ := d.One(ref)
		_, many := d.SharingContact(&e)
		if family := sharing(d, ref); family != want.family || fmt.Sprint(many) != want.many {
			t.Errorf("%s: %q and %v that many have, want %q and %v", ref, family, many, want.family, want.many)
		}
	}
	d.Forget([]string{"111"}) // eleven others have the email now, and ten the number
	e, _ := d.One("112")
	if family, many := d.SharingContact(&e); len(family) != 10 || fmt.Sprint(many) != "[{true noemail@clinic.example 11}]" || family[0].Email || family[0].Phone == "" {
		t.Errorf("%d and %v that many have", len(family), many)
	}
	archived, _ := d.One("210")
	d.Apply([]profile.Entry{as(profile.Archived, archived)})
	if _, many := d.SharingContact(&e); fmt.Sprint(many) != "[{true noemail@clinic.example 10}]" {
		t.Errorf("one of them is archived: %v", many)
	}
}

// A number is the same however it is written, and no other.
func TestTheSamePhoneNumber(t *testing.T) {
	for _, c := range []struct {
		country, number string
		same, other     []string
	}{
		{"AU", "0491 570 156",
			[]string{"0491570156", "(0491) 570-156", "+61 491 570 156", "+61 (0)491 570 156", "61491570156", "0011 61 491 570 156", "491570156",
				"٠٤٩١٥٧٠١٥٦", "Mobile: 0491 570 156", "0491 570 156 / 0491 570 157", "0491 570 156 ext 12"},
			[]string{"0491 570 157", "0491 570 15", "0491 570 1567", "+44 491 570 156", "10491 570 156", "570 156", "", "none"}},
		{"AU", "(02) 5550 1234", []string{"02 5550 1234", "+61 2 5550 1234", "0255501234"}, []string{"(03) 5550 1234", "+61 3 5550 1234"}},
		{"GB", "07700 900123", []string{"+44 7700 900123", "+44 (0) 7700 900 123", "0044 7700 900123"}, []string{"07700 900124", "+61 7700 900123"}},
		{"US", "(212) 555-0123", []string{"+1 212 555 0123", "1-212-555-0123"}, []string{"(213) 555-0123"}},
		{"", "0491 570 156", []string{"0491570156", "0491-570-156"}, []string{"0491 570 157"}},
	} {
		d := New()
		d.InCountry(c.country)
		d.Apply([]profile.Entry{client("own", "A", "", "A", "", c.number)})
		for same, numbers := range map[bool][]string{true: c.same, false: c.other} {
			for _, number := range numbers {
				d.Apply([]profile.Entry{client("other", "B", "", "B", "", number)})
				if there, back := sharing(d, "own") == "other phone", sharing(d, "other") == "own phone"; there != same || back != same && same {
					t.Errorf("%s: %q and %q: %v, and the other way round %v", c.country, c.number, number, there, back)
				}
			}
		}
	}
}

func TestDialable(t *testing.T) {
	for number, want := range map[string]string{
		"0491 570 156":                "0491570156",
		"(02) 5550-1234":              "0255501234",
		"+61 491 570 156":             "+61491570156",
		"+61 (0)491 570 156":          "+61491570156",
		"+39 06 1234 5678":            "+390612345678", // Italy dials its zero
		"0011 61 491 570 156":         "001161491570156",
		"13 14 50":                    "131450",
		"Mum: 0491 570 156":           "0491570156",
		"0491 570 156 / 0491 570 157": "0491570156",
		"0491 570 156 ext 12":         "0491570156",
		"٠٤٩١ ٥٧٠ ١٥٦":                "0491570156",
		"1800 FLOWERS":                "",
		"*21*0491570156#":             "", // diverts calls
		"ask her mother":              "",
		"":                            "",
		"12345":                       "",
		"+999 1234 5678":              "",
		"1234567890123456":            "",
	} {
		if got := Dialable(number); got != want {
			t.Errorf("%q dials %q, want %q", number, got, want)
		}
	}
}

func BenchmarkSharingContact100k(b *testing.B) {
	d := New()
	d.InCountry("AU")
	many := make([]profile.Entry, 100_000)
	for i := range many {
		many[i] = bornOn(client(fmt.Sprint(i), "Ann", "", fmt.Sprint("Example", i%3001), fmt.Sprint("p", i/3, "@example.com"), fmt.Sprintf("0491 %06d", i/2)),
			profile.DateOf(time.Date(1950, 1, 1+i%20_000, 0, 0, 0, 0, time.UTC)))
	}
	d.Apply(many)
	one, _ := d.One("50000")
	d.SharingContact(&one)
	for b.Loop() {
		d.SharingContact(&one)
	}
}
