package profile_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestParseDate(t *testing.T) {
	for text, want := range map[string]profile.Date{
		"1990-01-02": {Year: 1990, Month: 1, Day: 2}, "2024-02-29": {Year: 2024, Month: 2, Day: 29}, "0001-12-31": {Year: 1, Month: 12, Day: 31}, "9999-12-31": {Year: 9999, Month: 12, Day: 31},
	} {
		if got, err := profile.ParseDate(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1990-02-29", "1990-02-30", "1990-06-31", "1990-13-01", "1990-00-01", "1990-01-32", "1990-01-00", "1990-1-1",
		"1990-01-1", " 1990-01-01", "1990-01-01 ", "1990/01/01", "01-01-1990", "1990-01-01T00:00:00Z", "+1990-01-01"} {
		if got, err := profile.ParseDate(text); err == nil || !got.IsZero() {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// The date of a time is that in the time's own zone.
func TestDateOf(t *testing.T) {
	moment := time.Date(2026, 6, 14, 23, 30, 0, 0, time.UTC)
	for hours, want := range map[int]string{0: "2026-06-14", 1: "2026-06-15", -24: "2026-06-13"} {
		if got := profile.DateOf(moment.In(time.FixedZone("", hours*3600))).String(); got != want {
			t.Errorf("%d hours east: %s, want %s", hours, got, want)
		}
	}
}

func date(t *testing.T, text string) profile.Date {
	t.Helper()
	d, err := profile.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAfter(t *testing.T) {
	order := []string{"1989-12-31", "1990-01-01", "1990-01-02", "1990-02-01", "1990-12-01", "1990-12-31", "1991-01-01"}
	for i, one := range order {
		for j, other := range order {
			if got := date(t, one).After(date(t, other)); got != (i > j) {
				t.Errorf("%s after %s: %v", one, other, got)
			}
		}
	}
}

func TestAge(t *testing.T) {
	for _, test := range []struct {
		born, day string
		want      int
	}{
		{"1990-06-14", "2026-06-14", 36}, {"1990-06-14", "2026-06-13", 35}, {"1990-06-14", "2026-06-15", 36},
		{"1990-06-14", "2026-05-31", 35}, {"1990-06-14", "2026-07-01", 36}, {"1990-06-14", "2026-05-14", 35}, {"1990-06-14", "2026-07-14", 36},
		{"1990-06-14", "1990-06-14", 0}, {"1990-06-14", "1991-06-13", 0}, {"1990-06-14", "1991-06-14", 1}, {"1990-06-14", "1990-12-31", 0},
		{"1990-01-01", "2025-12-31", 35}, {"1990-01-01", "2026-01-01", 36}, {"1990-12-31", "2026-12-30", 35}, {"1990-12-31", "2026-12-31", 36},
		// Born on 29 February: a year older on 1 March of a common year.
		{"2000-02-29", "2024-02-28", 23}, {"2000-02-29", "2024-02-29", 24}, {"2000-02-29", "2025-02-28", 24}, {"2000-02-29", "2025-03-01", 25},
		{"1896-06-14", "2026-06-14", 130}, {"1896-06-14", "2026-06-13", 129},
	} {
		if got := date(t, test.born).AgeOn(date(t, test.day)); got != test.want {
			t.Errorf("born %s, on %s: %d, want %d", test.born, test.day, got, test.want)
		}
	}
}

func TestDatesTravelAsText(t *testing.T) {
	for text, want := range map[string]profile.Date{"1990-01-02": {Year: 1990, Month: 1, Day: 2}, "": {}} {
		d := profile.Date{Year: 1, Month: 1, Day: 1}
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want {
			t.Errorf("%q is read as %s, %v", text, d, err)
		}
		if written, err := want.MarshalText(); err != nil || string(written) != text {
			t.Errorf("%q is written as %q, %v", text, written, err)
		}
		if want.IsZero() != (text == "") {
			t.Errorf("%q is zero: %v", text, want.IsZero())
		}
	}
	d := profile.Date{Year: 1990, Month: 1, Day: 2}
	if err := d.UnmarshalText([]byte("1990-02-30")); err == nil || d.String() != "1990-01-02" {
		t.Errorf("30 February becomes %s, %v", d, err)
	}
}
