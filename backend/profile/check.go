package profile

import (
	"cmp"
	"regexp"
	"strings"
	"time"
)

// MaxAge is the age in years above which a birth date is considered a typing
// mistake. The oldest person on record reached 122.
const MaxAge = 130

// MaxEmail is the length of the longest email that Cliniko stores.
const MaxEmail = 255

// Check applies the required-field rule. It returns the profile, with every
// field trimmed, an impossible birth date left out and what is too long cut, and
// the failure, or nil if the profile is complete. now is the practice system's clock, not this
// computer's.
//
// Only active patients can fail: one who is archived or merged cannot be edited
// in Cliniko without being unarchived first.
func Check(p *Patient, now time.Time) (Profile, *Failure) {
	out := Profile{
		ID: p.ID, State: p.State(), Details: p.trimmed(),
		CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, ArchivedAt: p.ArchivedAt, MergedInto: p.MergedInto,
	}
	cut := out.limit(nil)
	failure := out.judge(values{p.FirstName, p.LastName, p.DateOfBirth, p.Sex, Shorten(Trim(p.Email))}, cut, now, nil)
	return out, failure
}

// CheckAgain applies the rule to a stored profile and its stored failure, or
// nil. It returns what Check would for the same patient: as time passes, a
// birth date stops being in the future or becomes too long ago, and another
// version of the program may have another rule.
func CheckAgain(p *Profile, known *Failure, now time.Time) (Profile, *Failure) {
	out := *p
	cut := out.limit(known)
	born := cmp.Or(p.DateOfBirth.String(), p.ImpossibleBirthDate)
	failure := out.judge(values{p.FirstName, p.LastName, born, p.Sex, out.Email}, cut, now, known)
	return out, failure
}

// values are the required fields of a patient.
type values struct{ first, last, born, sex, email string }

// judge sets the birth date, and returns why the profile is not complete, or
// nil. A blank value is not stored; known tells that there was one. cut is what
// was too long.
func (p *Profile) judge(v values, cut []Problem, now time.Time, known *Failure) *Failure {
	born, bornProblem := checkBirthDate(v.born, now)
	p.DateOfBirth, p.ImpossibleBirthDate = born, ""
	if bornProblem != "" {
		p.ImpossibleBirthDate = Shorten(trimmed(v.born))
	}
	if p.State != Active {
		return nil
	}
	var problems []Problem
	add := func(field Field, kind string) {
		if kind == Missing {
			kind = cmp.Or(known.kindOf(field), Missing)
		}
		if kind == "" {
			kind = kindOf(cut, field)
		}
		if kind != "" {
			problems = append(problems, Problem{field, kind})
		}
	}
	add(FieldFirstName, checkText(v.first))
	add(FieldLastName, checkText(v.last))
	add(FieldDateOfBirth, bornProblem)
	add(FieldSex, checkText(v.sex))
	add(FieldEmail, checkEmail(v.email))
	for _, field := range LimitedFields {
		add(field, "")
	}
	if len(problems) == 0 {
		return nil
	}
	failure := &Failure{ID: p.ID, Ref: string(p.ID), Code: Impossible, Problems: problems}
	for _, problem := range problems {
		if problem.Kind == Missing {
			failure.Code = Incomplete
		}
	}
	return failure
}

// kindOf returns what was wrong with a field, or "". f may be nil.
func (f *Failure) kindOf(field Field) string {
	if f == nil {
		return ""
	}
	return kindOf(f.Problems, field)
}

func kindOf(problems []Problem, field Field) string {
	for _, problem := range problems {
		if problem.Field == field {
			return problem.Kind
		}
	}
	return ""
}

// Unread returns the failure for an unreadable record.
func Unread(r *Record) *Failure {
	return &Failure{ID: r.Patient.ID, Ref: r.Ref, Code: Unreadable}
}

func checkText(s string) string {
	if strings.TrimSpace(s) == "" {
		return Missing
	}
	if Blank(s) {
		return NotPrintable
	}
	return ""
}

// checkBirthDate accepts a date that has begun anywhere on earth (UTC+14), so
// that the rule does not depend on the clinic's zone.
func checkBirthDate(s string, now time.Time) (Date, string) {
	if s == "" {
		return Date{}, Missing
	}
	born, err := ParseDate(s)
	if err != nil {
		return Date{}, NotADate
	}
	today := Today(now)
	if born.After(today) {
		return Date{}, InTheFuture
	}
	if born.AgeOn(today) > MaxAge {
		return Date{}, LongAgo
	}
	return born, ""
}

// Today is the date by which birth dates are judged at a time. The rule depends
// on the time only through it.
func Today(now time.Time) Date { return DateOf(now.UTC().Add(14 * time.Hour)) }

// emailShape is the pattern that Cliniko publishes for a patient's email. It
// spells out both cases: (?i) would also match two letters outside ASCII.
var emailShape = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,63}$")

// checkEmail refuses only what Cliniko's own pattern refuses.
func checkEmail(s string) string {
	if s == "" {
		return Missing
	}
	if len(s) > MaxEmail || !emailShape.MatchString(s) {
		return NotAnEmail
	}
	return ""
}
