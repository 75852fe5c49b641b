package profile

import (
	"regexp"
	"strings"
	"time"
)

// MaxAge is the age in years above which a birth date is taken for a typing
// mistake. The oldest person on record reached 122.
const MaxAge = 130

// MaxEmail is the length of the longest email that Cliniko stores.
const MaxEmail = 255

// Check applies the required-field rule. It returns the profile with every
// field that could be taken over, without what is invisible around it, and the
// failure, or nil when the profile is complete. now is the practice system's clock, not this computer's.
//
// Only active patients can fail: someone archived or merged in Cliniko cannot
// be mended there without being brought back first.
func Check(p *Patient, now time.Time) (Profile, *Failure) {
	email := Trim(p.Email)
	out := Profile{
		ID: p.ID, State: p.State(), Title: trimmed(p.Title),
		FirstName: trimmed(p.FirstName), PreferredFirstName: trimmed(p.PreferredFirstName), LastName: trimmed(p.LastName),
		Sex: trimmed(p.Sex), GenderIdentity: trimmed(p.GenderIdentity), Pronouns: trimmed(p.Pronouns),
		Email: trimmed(email), Phones: trimmedPhones(p.Phones), AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy,
		CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, ArchivedAt: p.ArchivedAt, MergedInto: p.MergedInto,
	}
	born, bornProblem := checkBirthDate(p.DateOfBirth, now)
	if bornProblem == "" {
		out.DateOfBirth = born
	} else {
		out.ImpossibleBirthDate = trimmed(p.DateOfBirth)
	}
	if out.State != Active {
		return out, nil
	}
	var problems []Problem
	add := func(field Field, kind string) {
		if kind != "" {
			problems = append(problems, Problem{field, kind})
		}
	}
	add(FieldFirstName, checkText(p.FirstName))
	add(FieldLastName, checkText(p.LastName))
	add(FieldDateOfBirth, bornProblem)
	add(FieldSex, checkText(p.Sex))
	add(FieldEmail, checkEmail(email))
	if len(problems) == 0 {
		return out, nil
	}
	failure := &Failure{ID: p.ID, Ref: string(p.ID), Code: Impossible, Problems: problems}
	for _, problem := range problems {
		if problem.Kind == Missing {
			failure.Code = Incomplete
		}
	}
	return out, failure
}

// Unread returns the failure of a record that could not be understood.
func Unread(r *Record) *Failure {
	return &Failure{ID: r.Patient.ID, Ref: r.Ref, Code: Unreadable}
}

func checkText(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return Missing
	case Blank(s):
		return NotPrintable
	}
	return ""
}

// checkBirthDate allows the date that has begun somewhere on earth (UTC+14),
// so that the rule does not depend on the clinic's zone.
func checkBirthDate(s string, now time.Time) (Date, string) {
	if s == "" {
		return Date{}, Missing
	}
	born, err := ParseDate(s)
	if err != nil {
		return Date{}, NotADate
	}
	today := DateOf(now.UTC().Add(14 * time.Hour))
	switch {
	case born.After(today):
		return Date{}, InTheFuture
	case born.AgeOn(today) > MaxAge:
		return Date{}, LongAgo
	}
	return born, ""
}

// emailShape is the pattern that Cliniko publishes for a patient's email. Its
// letters are ASCII ones: with (?i) two others would fold into them.
var emailShape = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,63}$")

// checkEmail refuses only what Cliniko's own pattern does.
func checkEmail(s string) string {
	switch {
	case s == "":
		return Missing
	case len(s) > MaxEmail || !emailShape.MatchString(s):
		return NotAnEmail
	}
	return ""
}
