package profile_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
	year   = 365 * day
)

var midday = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Each answer is given by Cliniko's clock and by this computer's, both counted
// from midday, and so is what is believed afterwards.
func TestWhichTimesAreBelieved(t *testing.T) {
	type answer struct{ clinic, here time.Duration }
	const nothing = -1
	for name, c := range map[string]struct {
		answers  []answer
		believed time.Duration
		doubts   bool
		erases   time.Duration
	}{
		"the first answer, and the clocks agree":                 {[]answer{{0, 0}}, 0, false, 0},
		"the first answer, and this computer is 4 minutes ahead": {[]answer{{0, 4 * minute}}, 0, false, 0},
		"the first answer, and this computer is ten years back":  {[]answer{{0, -10 * year}}, nothing, true, nothing},
		"the first answer, and this computer is 6 minutes ahead": {[]answer{{0, 6 * minute}}, nothing, true, nothing},
		"the first answer, and this computer is 5 minutes ahead": {[]answer{{0, 5 * minute}}, 0, false, 0},
		"the first answer, and this computer is 5 minutes back":  {[]answer{{0, -5 * minute}}, 0, false, 0},
		"a second more than 5 minutes of drift":                  {[]answer{{0, 0}, {day, day + 5*minute + time.Second}}, 0, true, 0},
		"5 minutes of drift":                                     {[]answer{{0, 0}, {day, day - 5*minute}}, day, false, day},
		"doubted for exactly a day":                              {[]answer{{0, 0}, {30 * day, minute}, {31 * day, day + minute}}, 31 * day, false, 31 * day},
		"doubted for a second less than a day":                   {[]answer{{0, 0}, {30 * day, minute}, {31*day - time.Second, day + minute - time.Second}}, 0, true, 0},
		"doubted, differently, and again":                        {[]answer{{0, 0}, {30 * day, minute}, {60 * day, 2 * minute}, {31 * day, day + minute}}, 0, true, 0},
		"4 minutes of drift in a week, twice":                    {[]answer{{0, 0}, {7 * day, 7*day + 4*minute}, {14 * day, 14*day + 8*minute}}, 14 * day, false, 14 * day},
		"4 minutes of drift within a week, twice":                {[]answer{{0, 0}, {7*day - time.Second, 7*day + 4*minute}, {14 * day, 14*day + 8*minute}}, 7*day - time.Second, true, 7*day - time.Second},
		"five minutes later":                                     {[]answer{{0, 0}, {5 * minute, 5 * minute}}, 5 * minute, false, 5 * minute},
		"this computer 100 days ahead":                           {[]answer{{0, 0}, {5 * minute, 100 * day}}, 0, true, 0},
		"this computer 100 days ahead for one sync":              {[]answer{{0, 0}, {5 * minute, 100 * day}, {10 * minute, 10 * minute}}, 10 * minute, false, 10 * minute},
		"this computer 400 days back":                            {[]answer{{0, 0}, {5 * minute, -400 * day}}, 0, true, 0},
		"this computer one day ahead":                            {[]answer{{0, 0}, {5 * minute, day}}, 0, true, 0},
		"this computer one day back":                             {[]answer{{0, 0}, {5 * minute, -day}}, 0, true, 0},
		"this computer ten years ahead for good": {[]answer{{0, 0}, {5 * minute, 10 * year}, {day + 5*minute, 10*year + day}},
			day + 5*minute, false, day + 5*minute},
		"this computer always ten years back": {[]answer{{0, -10 * year}, {5 * minute, 5*minute - 10*year}, {day, day - 10*year}, {90 * day, 90*day - 10*year}},
			90 * day, false, 90 * day},
		"Cliniko 30 days ahead":              {[]answer{{0, 0}, {30 * day, 5 * minute}}, 0, true, 0},
		"Cliniko 30 days ahead for one pass": {[]answer{{0, 0}, {30 * day, 5 * minute}, {30*day + minute, 6 * minute}, {10 * minute, 10 * minute}}, 10 * minute, false, 10 * minute},
		"Cliniko ahead and further ahead":    {[]answer{{0, 0}, {30 * day, 5 * minute}, {60 * day, 10 * minute}, {90 * day, 15 * minute}}, 0, true, 0},
		"Cliniko 30 days back":               {[]answer{{0, 0}, {-30 * day, 5 * minute}}, 0, true, -30 * day},
		"Cliniko an hour ahead each time":    {[]answer{{0, 0}, {65 * minute, 5 * minute}, {130 * minute, 10 * minute}}, 0, true, 0},
		"Cliniko four minutes ahead, again and again": {[]answer{{0, 0}, {9 * minute, 5 * minute}, {18 * minute, 10 * minute}, {27 * minute, 15 * minute}},
			9 * minute, true, 9 * minute},
		"Cliniko 30 days ahead for a day, and then not": {[]answer{{0, 0}, {30 * day, 5 * minute}, {31 * day, day + 5*minute}, {day + 10*minute, day + 10*minute}},
			31 * day, false, day + 10*minute},
		"a year out of reach":                        {[]answer{{0, 0}, {80 * year, 5 * minute}}, 0, true, 0},
		"off for three months, and the clocks agree": {[]answer{{0, 0}, {90 * day, 90 * day}}, 90 * day, false, 90 * day},
		"off for three months, and this clock stood": {[]answer{{0, 0}, {90 * day, minute}}, 0, true, 0},
		"and a day later it still says so":           {[]answer{{0, 0}, {90 * day, minute}, {91 * day, day + minute}}, 91 * day, false, 91 * day},
		"and an hour later it still says so":         {[]answer{{0, 0}, {90 * day, minute}, {90*day + 60*minute, 61 * minute}}, 0, true, 0},
		"off for three months, and this clock lost":  {[]answer{{0, 0}, {90 * day, -16 * year}, {91 * day, -16*year + day}}, 91 * day, false, 91 * day},
		"once a week":                                 {[]answer{{0, 0}, {7 * day, 7 * day}, {14 * day, 14 * day}}, 14 * day, false, 14 * day},
		"a clock that loses half a minute a day":      {[]answer{{0, 0}, {8 * day, 8*day - 4*minute}, {16 * day, 16*day - 8*minute}}, 16 * day, false, 16 * day},
		"both clocks are set back by the same amount": {[]answer{{0, 0}, {-day, -day}}, 0, false, -day},
	} {
		t.Run(name, func(t *testing.T) {
			var clock profile.Clock
			for _, a := range c.answers {
				clock = clock.Learn(profile.Reading{Clinic: midday.Add(a.clinic), Here: midday.Add(a.here)})
			}
			check := func(what string, got time.Time, want time.Duration) {
				t.Helper()
				if want == nothing && !got.IsZero() || want != nothing && !got.Equal(midday.Add(want)) {
					t.Errorf("%s %v, want midday + %v", what, got, want)
				}
			}
			check("believed", clock.Believed, c.believed)
			check("erases by", clock.Erases(), c.erases)
			if clock.Doubts() != c.doubts {
				t.Errorf("doubts: %v", clock.Doubts())
			}
		})
	}
}

// The believed time never goes back, whatever the clocks show, and is never
// later than all the times that were given.
func TestBelievedNeverGoesBack(t *testing.T) {
	jumps := []time.Duration{0, minute, 5 * minute, day, -day, 100 * day, -100 * day, 10 * year, -10 * year}
	for _, first := range jumps {
		for _, second := range jumps {
			for _, third := range jumps {
				var clock profile.Clock
				clinic, here, newest := midday, midday, midday
				for _, step := range [][2]time.Duration{{0, 0}, {first, second}, {second, third}, {third, first}, {day, day}, {day, day}} {
					clinic, here = clinic.Add(step[0]), here.Add(step[1])
					if clinic.After(newest) {
						newest = clinic
					}
					before := clock.Believed
					clock = clock.Learn(profile.Reading{Clinic: clinic, Here: here})
					if clock.Believed.Before(before) || clock.Believed.After(newest) || clock.Erases().After(clock.Believed) || clock.Erases().After(clinic) {
						t.Fatalf("%v %v %v: from %v to %v, erases by %v", first, second, third, before, clock.Believed, clock.Erases())
					}
				}
			}
		}
	}
}

func TestEstimateOfClinikosTime(t *testing.T) {
	right := profile.Clock{}.Learn(profile.Reading{Clinic: midday, Here: midday})
	slow := profile.Clock{}.Learn(profile.Reading{Clinic: midday, Here: midday.Add(-10 * year)})
	for name, c := range map[string]struct {
		clock           profile.Clock
		here            time.Duration
		earlier, latest time.Duration
	}{
		"nothing is known":                             {profile.Clock{}, 3 * day, 3 * day, 3 * day},
		"the clocks agree":                             {right, day, day, day},
		"this clock was set back":                      {right, -100 * day, 0, 0},
		"this clock was set ahead, which nobody knows": {right, 100 * day, 100 * day, 100 * day},
		"this clock is ten years back":                 {slow, 5*minute - 10*year, 5 * minute, 5 * minute},
		"this clock was set ahead, and Cliniko has answered": {right.Learn(profile.Reading{Clinic: midday.Add(minute), Here: midday.Add(100 * day)}),
			100*day + minute, 2 * minute, 100*day + minute},
		"this clock was set back, and Cliniko has answered": {right.Learn(profile.Reading{Clinic: midday.Add(minute), Here: midday.Add(-100 * day)}),
			minute - 100*day, 2 * minute, 2 * minute},
		"Cliniko said a month more for a day, and then the truth for a day": {right.Learn(profile.Reading{Clinic: midday.Add(30 * day), Here: midday}).
			Learn(profile.Reading{Clinic: midday.Add(31 * day), Here: midday.Add(day)}).
			Learn(profile.Reading{Clinic: midday.Add(day + minute), Here: midday.Add(day + minute)}).
			Learn(profile.Reading{Clinic: midday.Add(2*day + minute), Here: midday.Add(2*day + minute)}),
			3 * day, 3 * day, 3 * day},
		"Cliniko said a month more": {right.Learn(profile.Reading{Clinic: midday.Add(30 * day), Here: midday.Add(minute)}),
			2 * minute, 2 * minute, 30*day + minute},
	} {
		t.Run(name, func(t *testing.T) {
			here := midday.Add(c.here)
			if got, want := c.clock.Estimate(here), midday.Add(c.earlier); !got.Equal(want) {
				t.Errorf("%v, want %v", got, want)
			}
			if got, want := c.clock.AtMost(here), midday.Add(c.latest); !got.Equal(want) {
				t.Errorf("at most %v, want %v", got, want)
			}
		})
	}
}

// However often this computer's clock is set, an answer with a later Date was
// read later, and the estimate continues from there.
func TestReadingsKeepTheirOrder(t *testing.T) {
	minutes := func(t *rapid.T, from, to int, name string) time.Duration {
		return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * minute
	}
	rapid.Check(t, func(t *rapid.T) {
		var clock profile.Clock
		clinic, skew, before := midday, minutes(t, -1500, 1500, "first skew"), time.Time{}
		for range rapid.IntRange(2, 12).Draw(t, "answers") {
			clinic = clinic.Add(minutes(t, 0, 90, "passed"))
			if rapid.Bool().Draw(t, "set") {
				skew = minutes(t, -1500, 1500, "skew")
			}
			clock = clock.Learn(profile.Reading{Clinic: clinic, Here: clinic.Add(skew)})
			read, estimate := clock.ReadAt(clinic), clock.Estimate(clinic.Add(skew))
			if read.Before(before) || read.After(clinic) {
				t.Fatalf("read at %v, before that at %v; it is %v", read, before, clinic)
			}
			if estimate.Sub(read).Abs() > 5*minute {
				t.Fatalf("read at %v, and it is %v", read, estimate)
			}
			before = read
		}
	})
}
