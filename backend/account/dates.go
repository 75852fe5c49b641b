package account

import (
	"strconv"
	"strings"

	"github.com/trustelem/zxcvbn/match"
	"github.com/trustelem/zxcvbn/scoring"
)

const (
	firstYear = 1900
	lastYear  = 2050
)

// dateMatches finds years and dates, with and without signs between.
func dateMatches(password string) []*match.Match {
	var found []*match.Match
	for i := range len(password) {
		for j := i + 4; j <= min(i+10, len(password)); j++ {
			token := password[i:j]
			if m := yearOrDate(token); m != nil {
				m.I, m.J, m.Token = i, j-1, token
				found = append(found, m)
			}
		}
	}
	return found
}

func yearOrDate(token string) *match.Match {
	if !isDigit(token[0]) || !isDigit(token[len(token)-1]) {
		return nil
	}
	if year, err := strconv.Atoi(token); err == nil && len(token) == 4 && year >= firstYear && year <= lastYear {
		return &match.Match{Pattern: "regex", RegexName: "recent_year"}
	}
	if at := strings.IndexAny(token, ` /\_.-`); at >= 0 {
		parts := strings.Split(token, token[at:at+1])
		if len(parts) != 3 {
			return nil
		}
		return dateIn(yearOf(parts[0], parts[1], parts[2]), token[at:at+1])
	}
	if len(token) > 8 {
		return nil
	}
	year := 0
	for k := 1; k <= 4; k++ {
		for l := k + 1; l <= min(k+4, len(token)-1); l++ {
			y := yearOf(token[:k], token[k:l], token[l:])
			if y > 0 && (year == 0 || distance(y) < distance(year)) {
				year = y
			}
		}
	}
	return dateIn(year, "")
}

// dateIn is a date of that year; nil for 0, which is none.
func dateIn(year int, separator string) *match.Match {
	if year == 0 {
		return nil
	}
	return &match.Match{Pattern: "date", Year: year, Separator: separator}
}

// yearOf returns the year of a date in three parts, with the year first or
// last; 0 if they are none.
func yearOf(a, b, c string) int {
	for _, parts := range [][3]string{{a, b, c}, {b, c, a}, {c, b, a}} { // day, month or month, day; then the year
		day, month := number(parts[0], 2), number(parts[1], 2)
		if month > 12 {
			day, month = month, day
		}
		if day < 1 || day > 31 || month < 1 || month > 12 {
			continue
		}
		switch year := number(parts[2], 4); {
		case len(parts[2]) == 4 && year >= firstYear && year <= lastYear:
			return year
		case len(parts[2]) == 2 && year >= 0 && year <= 50:
			return year + 2000
		case len(parts[2]) == 2 && year > 50:
			return year + 1900
		}
	}
	return 0
}

// number reads up to so many digits; -1 for anything else.
func number(text string, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || len(text) > most || !isDigit(text[0]) {
		return -1
	}
	return n
}

func distance(year int) int { return max(year-scoring.ReferenceYear, scoring.ReferenceYear-year) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
