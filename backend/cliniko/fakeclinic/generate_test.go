package fakeclinic_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func TestSameSeedSameClinic(t *testing.T) {
	one, other := fakeclinic.New(fakeclinic.Options{Seed: 1}), fakeclinic.New(fakeclinic.Options{Seed: 1})
	if diff := cmp.Diff(one.Patients(), other.Patients()); diff != "" {
		t.Error(diff)
	}
	if one.Key() != other.Key() || one.Len() != fakeclinic.DefaultPatients {
		t.Errorf("keys %s and %s, %d people", one.Key(), other.Key(), one.Len())
	}
	third := fakeclinic.New(fakeclinic.Options{Seed: 2})
	if third.Key() == one.Key() || cmp.Equal(third.Patients()[0], one.Patients()[0]) {
		t.Error("another seed gives the same clinic")
	}
}

func TestKeyLooksRealAndSaysThatItIsNot(t *testing.T) {
	key := fakeclinic.New(empty()).Key()
	body, shard, _ := strings.Cut(key, "-")
	plain, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil || shard != "au1" || !strings.HasPrefix(body, "MS0") || !strings.Contains(string(plain), "FAKE-KEY-NOT-SECRET") {
		t.Errorf("key %s holds %q", key, plain)
	}
}

func TestSharesAreExact(t *testing.T) {
	const size = 1000
	shares := fakeclinic.Shares{
		NoEmail: 0.08, NoSex: 0.02, NoBirthDate: 0.01, NoFirstName: 0.005, NoLastName: 0.005,
		Archived: 0.03, Merged: 0.016, LeapDay: 0.01, LegacyGender: 0, BulkSecond: 0,
	}
	clinic := fakeclinic.New(fakeclinic.Options{Patients: size, Shares: &shares, Seed: 99})
	count := map[string]int{}
	chains := 0
	for _, p := range clinic.Patients() {
		for name, is := range map[string]bool{
			"email": blank(p.Email), "sex": blank(p.Sex), "birth date": blank(p.DateOfBirth), "first": blank(p.FirstName),
			"last": blank(p.LastName), "archived": p.ArchivedAt != nil && p.MergedAt == nil, "merged": p.MergedAt != nil,
		} {
			if is {
				count[name]++
			}
		}
		if survivor, merged := clinic.Get(p.MergedWith); merged && survivor.MergedWith != "" {
			chains++
		}
	}
	want := map[string]int{"email": 80, "sex": 20, "birth date": 10, "first": 5, "last": 5, "archived": 30, "merged": 16}
	if diff := cmp.Diff(want, count); diff != "" || chains != 4 {
		t.Errorf("%d chains, %s", chains, diff)
	}
}

func blank(text *string) bool { return text == nil || strings.TrimSpace(*text) == "" }

func TestCleanClinicLacksNothing(t *testing.T) {
	clinic := fakeclinic.New(fakeclinic.Options{Patients: 3000, Shares: new(fakeclinic.CleanShares())})
	for _, p := range clinic.Patients() {
		if blank(p.FirstName) || blank(p.LastName) || blank(p.Email) || blank(p.Sex) || p.ArchivedAt != nil {
			t.Fatalf("%+v", p)
		}
		born, err := time.Parse(time.DateOnly, *p.DateOfBirth)
		if err != nil || born.After(p.CreatedAt) {
			t.Fatalf("born %s, client since %v", *p.DateOfBirth, p.CreatedAt)
		}
	}
}

// The API serves the patient that the clinic has: a time with a fraction keeps
// it.
func TestTimesAreWrittenAsTheyAre(t *testing.T) {
	for seed := range uint64(400) {
		for _, p := range fakeclinic.New(fakeclinic.Options{Seed: seed, Patients: 190}).Patients() {
			if p.TimeStyle != fakeclinic.Fraction && p.UpdatedAt.Nanosecond() != 0 {
				t.Errorf("seed %d: %s was changed at %v, which its style cannot write", seed, p.ID, p.UpdatedAt)
			}
		}
	}
}

var (
	safeAddress = regexp.MustCompile(`(?i)@example\.(com|net|org)$`)
	safeNumber  = regexp.MustCompile(`^(0491 57\d \d{3}|\(0[2378]\) (5550|7010) 00\d\d)$`)
	plainEmail  = regexp.MustCompile(`^[a-z0-9.-]+@example\.(com|net|org)$`)
)

// TestHostileClinic checks that the tests' clinic has what is hard to get right,
// and no details that could belong to a real person.
func TestHostileClinic(t *testing.T) {
	demo := fakeclinic.New(fakeclinic.Options{Seed: 1})
	seen, seconds := map[string]int{}, map[time.Time]int{}
	latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, p := range demo.Patients() {
		seconds[p.UpdatedAt]++
		if p.CreatedAt.After(p.UpdatedAt) || p.UpdatedAt.After(latest) || p.ArchivedAt != nil && p.ArchivedAt.After(latest) {
			t.Errorf("times of %s are out of order", p.ID)
		}
		for _, phone := range p.Phones {
			seen[phone.Type]++
			if !safeNumber.MatchString(phone.Number) {
				t.Errorf("number %q may belong to somebody", phone.Number)
			}
		}
		if p.Email != nil && strings.Contains(*p.Email, "@") && !plainEmail.MatchString(*p.Email) {
			seen["odd email"]++
			if strings.Contains(*p.Email, "@example.") && !safeAddress.MatchString(strings.TrimSpace(*p.Email)) && !strings.Contains(*p.Email, "@example.com ") {
				t.Errorf("address %q may belong to somebody", *p.Email)
			}
		}
		for name, is := range map[string]bool{
			"no email": blank(p.Email), "no sex": blank(p.Sex), "no birth date": blank(p.DateOfBirth), "no first": blank(p.FirstName),
			"archived": p.ArchivedAt != nil, "merged": p.MergedWith != "", "long id": len(p.ID) == 18 || len(p.ID) == 19,
			"short id": len(p.ID) == 8, "leap": strings.HasSuffix(text(p.DateOfBirth), "-02-29"), "future": text(p.DateOfBirth) > "2030",
			"legacy": p.Gender != nil && blank(p.Sex), "odd time": p.TimeStyle != fakeclinic.PlainUTC, "pronouns": p.Pronouns != nil,
			"preferred": p.PreferredFirstName != nil, "notes": p.Notes != nil, "several phones": len(p.Phones) > 1,
			"markup": text(p.LastName) == "<img src=x onerror=alert(1)>", "formula": strings.HasPrefix(text(p.FirstName), "=cmd|"),
			"AFAB": text(p.Sex) == "AFAB", "Intersex": text(p.Sex) == "Intersex", "n/a": text(p.Email) == "n/a",
			"two addresses": strings.Contains(text(p.Email), ", "), "privacy refused": p.AcceptedPrivacyPolicy != nil && !*p.AcceptedPrivacyPolicy,
		} {
			if is {
				seen[name]++
			}
		}
	}
	for name, least := range map[string]int{
		"no email": 150, "no sex": 40, "no birth date": 20, "no first": 4, "archived": 60, "merged": 10, "long id": 1700,
		"short id": 200, "leap": 5, "future": 1, "legacy": 20, "odd time": 50, "pronouns": 100, "preferred": 100, "notes": 300,
		"several phones": 300, "markup": 1, "formula": 1, "AFAB": 1, "Intersex": 1, "n/a": 1, "two addresses": 1,
		"privacy refused": 20, "Mobile": 1500, "Home": 50, "Work": 50, "Fax": 50, "Other": 50, "odd email": 3,
	} {
		if seen[name] < least {
			t.Errorf("%s: %d, want at least %d", name, seen[name], least)
		}
	}
	most := 0
	for _, n := range seconds {
		most = max(most, n)
	}
	if most < 200 || most > 350 {
		t.Errorf("the largest bulk second has %d people", most)
	}
}

func text(pointer *string) string {
	if pointer == nil {
		return ""
	}
	return *pointer
}
