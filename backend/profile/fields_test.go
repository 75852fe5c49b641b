package profile_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"telehab.io/desktop/backend/profile"
)

var unit = regexp.MustCompile(`\\u[0-9a-f]{4}`)

// decoded replaces \uXXXX, two of them where they are a surrogate pair.
func decoded(t *testing.T, s string) string {
	t.Helper()
	pairs := regexp.MustCompile(`(\\ud[89ab][0-9a-f]{2})(\\ud[c-f][0-9a-f]{2})`)
	value := func(s string) rune {
		n, err := strconv.ParseUint(s[2:], 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		return rune(n)
	}
	s = pairs.ReplaceAllStringFunc(s, func(s string) string { return string(utf16.DecodeRune(value(s[:6]), value(s[6:]))) })
	return unit.ReplaceAllStringFunc(s, func(s string) string { return string(value(s)) })
}

func TestEmails(t *testing.T) {
	file, err := os.ReadFile("testdata/emails.tsv")
	if err != nil {
		t.Fatal(err)
	}
	vectors := 0
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		vectors++
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 {
			t.Fatalf("%q has %d cells", line, len(cells))
		}
		given, want := decoded(t, cells[0]), cells[1]
		if want == "ok" {
			want = ""
		}
		p := complete(func(p *profile.Patient) { p.Email = given })
		if got := problem(t, p, noon, profile.FieldEmail); got != want {
			t.Errorf("%s: %q, want %q", cells[0], got, want)
		}
		if kept, _ := profile.Check(p, noon); want == "" && kept.Email != cells[2] {
			t.Errorf("%s is kept as %+q, want %+q", cells[0], kept.Email, cells[2])
		}
	}
	if vectors < 110 {
		t.Errorf("%d vectors", vectors)
	}
}

// Of a text that is not an email, what a person can see of it is stored.
func TestEmailsThatAreNone(t *testing.T) {
	for given, want := range map[string]string{
		"n/a": "n/a", " n/a\u200b": "n/a", "a@example.org; b@example.org": "a@example.org; b@example.org", "\u3164": "", "\u200b": "", "\u2800 \u2800": "",
		"ann\u200d@example.org": "ann\u200d@example.org",
	} {
		got, failure := profile.Check(complete(func(p *profile.Patient) { p.Email = given }), noon)
		if failure == nil || got.Email != want {
			t.Errorf("%+q: %+q, %v", given, got.Email, failure)
		}
	}
}

func TestLongestEmail(t *testing.T) {
	for length, want := range map[int]string{254: "", 255: "", 256: "not_an_email"} {
		email := strings.Repeat("a", length-len("@example.org")) + "@example.org"
		if got := problem(t, complete(func(p *profile.Patient) { p.Email = " \u200b" + email + "\u200b " }), noon, profile.FieldEmail); got != want {
			t.Errorf("%d characters: %q, want %q", length, got, want)
		}
	}
}

func TestBirthDates(t *testing.T) {
	at := func(day, clock string) time.Time {
		t.Helper()
		now, err := time.Parse("2006-01-02 15:04:05 -0700", day+" "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	for _, test := range []struct {
		born string
		now  time.Time
		want string
	}{
		// The day has begun somewhere: in UTC+14 at 10:00 UTC.
		{"2026-06-14", at("2026-06-14", "00:00:00 +0000"), ""},
		{"2026-06-14", at("2026-06-13", "10:00:00 +0000"), ""},
		{"2026-06-14", at("2026-06-13", "09:59:59 +0000"), "in_future"},
		{"2026-06-15", at("2026-06-14", "10:00:00 +0000"), ""},
		{"2026-06-15", at("2026-06-14", "09:59:59 +0000"), "in_future"},
		{"2026-06-16", at("2026-06-14", "23:59:59 +0000"), "in_future"},
		{"2026-07-01", at("2026-06-14", "12:00:00 +0000"), "in_future"},
		{"2027-01-01", at("2026-12-31", "09:59:59 +0000"), "in_future"},
		{"2027-01-01", at("2026-12-31", "10:00:00 +0000"), ""},
		{"2027-01-01", at("2026-06-14", "12:00:00 +0000"), "in_future"},
		{"2093-04-05", noon, "in_future"},
		{"9999-12-31", noon, "in_future"},
		// The zone in which the time is given does not matter.
		{"2026-06-15", at("2026-06-14", "20:00:00 +1000"), ""},
		{"2026-06-15", at("2026-06-14", "19:59:59 +1000"), "in_future"},
		{"2026-06-15", at("2026-06-13", "22:59:59 -1100"), "in_future"},
		{"2026-06-15", at("2026-06-13", "23:00:00 -1100"), ""},

		// 130 years and not a day more, by the latest zone.
		{"1896-06-15", at("2026-06-14", "12:00:00 +0000"), ""},
		{"1895-06-16", at("2026-06-14", "12:00:00 +0000"), ""},
		{"1895-06-15", at("2026-06-14", "12:00:00 +0000"), "long_ago"},
		{"1895-06-15", at("2026-06-14", "09:59:59 +0000"), ""},
		{"1895-06-14", at("2026-06-14", "09:59:59 +0000"), "long_ago"},
		{"1895-07-01", at("2026-06-14", "12:00:00 +0000"), ""},
		{"1895-05-31", at("2026-06-14", "12:00:00 +0000"), "long_ago"},
		{"1895-12-31", at("2026-06-14", "12:00:00 +0000"), ""},
		{"1894-12-31", at("2026-06-14", "12:00:00 +0000"), "long_ago"},
		{"1900-01-01", noon, ""},
		{"0019-01-01", noon, "long_ago"},
		{"0000-01-01", noon, "long_ago"},
		{"0001-01-01", noon, "long_ago"},

		// Born on 29 February: a year older on 1 March.
		{"1892-02-29", at("2023-02-28", "09:00:00 +0000"), ""},
		{"1892-02-29", at("2023-02-28", "10:00:00 +0000"), "long_ago"},
		{"1896-02-29", at("2026-02-28", "12:00:00 +0000"), ""},
		{"2000-02-29", noon, ""},
		{"2024-02-29", noon, ""},
		{"1900-02-29", noon, "not_a_date"},
		{"2023-02-29", noon, "not_a_date"},
		{"2100-02-29", noon, "not_a_date"},

		{"", noon, "missing"},
		{"1990-02-30", noon, "not_a_date"},
		{"1990-04-31", noon, "not_a_date"},
		{"1990-13-01", noon, "not_a_date"},
		{"1990-00-10", noon, "not_a_date"},
		{"1990-01-00", noon, "not_a_date"},
		{"0000-00-00", noon, "not_a_date"},
		{"1990-1-2", noon, "not_a_date"},
		{"90-01-02", noon, "not_a_date"},
		{"19900102", noon, "not_a_date"},
		{"02/01/1990", noon, "not_a_date"},
		{"1990-01-02T00:00:00Z", noon, "not_a_date"},
		{"1990-01", noon, "not_a_date"},
		{"1990", noon, "not_a_date"},
		{"-1990-01-02", noon, "not_a_date"},
		{"11990-01-02", noon, "not_a_date"},
		{"١٩٩٠-٠١-٠٢", noon, "not_a_date"},
		{"1990‐01‐02", noon, "not_a_date"},
		{"\u200b", noon, "not_a_date"},
		{"unknown", noon, "not_a_date"},
	} {
		p := complete(func(p *profile.Patient) { p.DateOfBirth = test.born })
		if got := problem(t, p, test.now, profile.FieldDateOfBirth); got != test.want {
			t.Errorf("%q at %v: %q, want %q", test.born, test.now, got, test.want)
		}
		kept, _ := profile.Check(p, test.now)
		text, impossible := test.born, ""
		if test.want != "" {
			text, impossible = "", test.born
			if test.born == "\u200b" {
				impossible = ""
			}
		}
		if kept.DateOfBirth.String() != text || kept.ImpossibleBirthDate != impossible {
			t.Errorf("%q is kept as %q and %q", test.born, kept.DateOfBirth, kept.ImpossibleBirthDate)
		}
	}
}
