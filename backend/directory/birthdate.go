package directory

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// writtenDate matches a date with the name of its month, in either order, and
// with the day of the week: 26 mar 1964, march 26, 1964, 26-mar-1964.
var writtenDate = regexp.MustCompile(`\b(?:` + weekdays + `day,? )?(?:(\d{1,2})(?:st|nd|rd|th)?[ ./-]+(?:of )?(` + months + `)[a-z]*|(` + months + `)[a-z]*[ ./-]+(\d{1,2})(?:st|nd|rd|th)?)[ ,./-]+(\d{4}|\d{2})\b`)

// spacedDate matches a date in numbers with spaces between: 26 / 3 / 1964.
var spacedDate = regexp.MustCompile(`\b(\d{1,4}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{1,4})\b`)

const weekdays = "(?:mon|tues|wednes|thurs|fri|satur|sun)"

const months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"

// Dates written only in numbers: 1964-03-26, 26/3/1964, 26/3/64. Two digits after
// dashes are more often a part of a phone number.
var (
	yearFirst   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	yearLast    = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\.?$`)
	shortYear   = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})[/.](\d{2})\.?$`)
	dottedShort = regexp.MustCompile(`^\d{2}\.\d{2}\.\d{2}$`) // or a number of New Caledonia
)

// Somebody may have been born in these years: 9374-11-12 is a part of a phone
// number.
const firstYear, lastYear = 1850, 2100

// centuryLess begins the year of a written date that has only two digits.
const centuryLess = "00"

// joinDates turns each date in a folded search into one word.
func joinDates(search string) string {
	search = spacedDate.ReplaceAllStringFunc(search, func(found string) string {
		if joined := strings.ReplaceAll(found, " ", ""); len(datesOf(joined)) > 0 {
			return joined
		}
		return found
	})
	return writtenDate.ReplaceAllStringFunc(search, func(found string) string {
		part := writtenDate.FindStringSubmatch(found)
		month, err := time.Parse("Jan", part[2]+part[3])
		if err != nil {
			return found
		}
		year := part[5]
		if len(year) == 2 {
			year = centuryLess + year
		}
		return year + "-" + strconv.Itoa(int(month.Month())) + "-" + part[1] + part[4]
	})
}

// datesOf returns the days that a word may mean: 3/4/1990 is in March in some
// countries and in April in others, and 90 is in two centuries.
func datesOf(word string) []profile.Date {
	var dates []profile.Date
	add := func(year, month, day string) {
		// The expressions match only digits.
		y, _ := strconv.Atoi(year)
		m, _ := strconv.Atoi(month)
		d, _ := strconv.Atoi(day)
		date := profile.Date{Year: y, Month: time.Month(m), Day: d}
		if y < firstYear || y > lastYear {
			return
		}
		if _, err := profile.ParseDate(date.String()); err == nil && !slices.Contains(dates, date) {
			dates = append(dates, date)
		}
	}
	if part := yearFirst.FindStringSubmatch(word); part != nil {
		if year, short := strings.CutPrefix(part[1], centuryLess); short {
			add("19"+year, part[2], part[3])
			add("20"+year, part[2], part[3])
		}
		add(part[1], part[2], part[3])
	}
	if part := yearLast.FindStringSubmatch(word); part != nil {
		add(part[3], part[2], part[1])
		add(part[3], part[1], part[2])
	}
	if part := shortYear.FindStringSubmatch(word); part != nil {
		for _, century := range []string{"19", "20"} {
			add(century+part[3], part[2], part[1])
			add(century+part[3], part[1], part[2])
		}
	}
	return dates
}

// datesOfNumber returns the days that a number may mean, which may be one of a
// phone as well: 26031964, 260364, 19640326, 26 3 1964, 26-3-64.
func datesOfNumber(typed string) []profile.Date {
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == '-' })
	switch {
	case len(parts) == 3:
		return datesOf(strings.Join(parts, "/"))
	case digitsOf(typed) != typed:
		return nil
	case len(typed) == len("260364"):
		return datesOf(typed[:2] + "/" + typed[2:4] + "/" + typed[4:])
	case len(typed) == len("26031964"):
		return append(datesOf(typed[:2]+"/"+typed[2:4]+"/"+typed[4:]), datesOf(typed[:4]+"/"+typed[4:6]+"/"+typed[6:])...)
	}
	return nil
}

// yearOf returns the year that four digits may mean, as a date without a month.
func yearOf(digits string) []profile.Date {
	year, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 4 || year < firstYear || year > lastYear {
		return nil
	}
	return []profile.Date{{Year: year}}
}

// bornOn returns those of the places whose client was born on one of the days, or
// in the year of one without a month. The caller holds the lock.
func (d *Directory) bornOn(days []profile.Date, among bits) []int32 {
	if len(days) == 0 {
		return nil
	}
	var born []int32
	for place, r := range d.rows {
		isDay := func(day profile.Date) bool {
			birth := r.entry.Profile.DateOfBirth
			return day == birth || day.Month == 0 && day.Year == birth.Year
		}
		if at := int32(place); among.has(at) && slices.ContainsFunc(days, isDay) { // #nosec G115 -- a clinic has far fewer patients
			born = append(born, at)
		}
	}
	return born
}
