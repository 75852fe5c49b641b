package fakeclinic_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

var demoBegan = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) // a Monday

// lived returns the demo's clinic as it is after some time.
func lived(t *testing.T, until time.Time) (*fakeclinic.Clinic, []time.Time) {
	t.Helper()
	now := demoBegan
	clinic := fakeclinic.New(fakeclinic.DemoOptions(demoBegan, func() time.Time { return now }))
	var times []time.Time
	for _, h := range clinic.Happenings(demoBegan, until) {
		now = h.At
		if err := h.Do(); err != nil {
			t.Fatal(err)
		}
		times = append(times, h.At)
	}
	return clinic, times
}

var (
	believableName  = regexp.MustCompile(`^[\p{L}]+([ '-][\p{L}]+)*$`)
	believableEmail = regexp.MustCompile(`^[a-z]+\.[a-z]+(\d\d)?@example\.(com|net|org)$`)
	believablePhone = regexp.MustCompile(`^(0491 57\d \d{3}|\(03\) 5550 \d{4})$`)
)

// The demo's people could be a clinic's, and are nobody: their addresses and
// numbers are reserved for examples.
func TestTheDemosPeopleAreBelievable(t *testing.T) {
	clinic, _ := lived(t, demoBegan.AddDate(0, 0, 30))
	numbers, names, impossible := map[string]int{}, map[string]int{}, 0
	for _, p := range clinic.Patients() {
		for _, name := range []*string{p.FirstName, p.LastName, p.PreferredFirstName} {
			if name != nil && !believableName.MatchString(*name) {
				t.Errorf("a name is %q", *name)
			}
		}
		names[p.Name()]++
		for _, phone := range p.Phones {
			if numbers[phone.Number]++; !believablePhone.MatchString(phone.Number) || numbers[phone.Number] > 1 && p.MergedWith == "" {
				t.Errorf("the number %q, %d times", phone.Number, numbers[phone.Number])
			}
		}
		if p.Email != nil && !believableEmail.MatchString(*p.Email) {
			impossible++
		}
		if p.Raw != nil || p.TimeStyle != fakeclinic.PlainUTC || p.Sex != nil && *p.Sex != "Male" && *p.Sex != "Female" {
			t.Errorf("%s is sent in an odd way: %+v", p.ID, p)
		}
	}
	if impossible != 8 {
		t.Errorf("%d emails that cannot be, want 8", impossible)
	}
	if len(names) < 1700 {
		t.Errorf("%d different names of %d people", len(names), clinic.Len())
	}
}

// About one client in fifteen needs attention, for several reasons.
func TestFewOfTheDemosPeopleNeedAttention(t *testing.T) {
	for _, days := range []int{0, 30} {
		clinic, _ := lived(t, demoBegan.AddDate(0, 0, days))
		reasons, active, failing := map[string]int{}, 0, 0
		for _, p := range clinic.Patients() {
			if p.ArchivedAt != nil {
				continue
			}
			active++
			lacks := false
			for reason, does := range map[string]bool{
				"email": p.Email == nil, "sex": p.Sex == nil && p.Gender == nil, "birth date": p.DateOfBirth == nil, "first name": p.FirstName == nil,
				"impossible email":      p.Email != nil && !believableEmail.MatchString(*p.Email),
				"impossible birth date": p.DateOfBirth != nil && (*p.DateOfBirth < "1900" || *p.DateOfBirth > "2027"),
			} {
				if does {
					reasons[reason]++
					lacks = true
				}
			}
			if lacks {
				failing++
			}
		}
		if share := float64(failing) / float64(active); share < 0.05 || share > 0.08 {
			t.Errorf("after %d days %d of %d need attention", days, failing, active)
		}
		if len(reasons) != 6 {
			t.Errorf("after %d days for %v", days, reasons)
		}
	}
}

// What happens in the demo is the same each time, and more days change nothing
// of those before.
func TestTheDemoLivesThroughTheSame(t *testing.T) {
	one, times := lived(t, demoBegan.AddDate(0, 0, 30))
	other, again := lived(t, demoBegan.AddDate(0, 0, 30))
	if diff := cmp.Diff(one.Patients(), other.Patients()); diff != "" || !slices.EqualFunc(times, again, time.Time.Equal) {
		t.Error(diff)
	}
	_, longer := lived(t, demoBegan.AddDate(0, 0, 60))
	if len(longer) <= len(times) || !slices.EqualFunc(longer[:len(times)], times, time.Time.Equal) {
		t.Errorf("%d happenings in a month, and in two %d", len(times), len(longer))
	}
	if !slices.IsSortedFunc(longer, time.Time.Compare) {
		t.Error("not in order")
	}
	if len(times) < 60 || len(times) > 200 {
		t.Errorf("%d happenings in a month", len(times))
	}
	days := map[time.Weekday]int{}
	for _, at := range longer {
		days[at.Weekday()]++
		if hour := at.Hour(); hour < 8 || hour > 17 {
			t.Errorf("somebody works at %v", at)
		}
	}
	if days[time.Sunday] > 0 || days[time.Tuesday] == 0 || days[time.Saturday] == 0 {
		t.Errorf("by weekday: %v", days)
	}
	if grown := one.Len() - fakeclinic.DefaultPatients; grown < 10 || grown > 60 {
		t.Errorf("%d are new", grown)
	}
}
