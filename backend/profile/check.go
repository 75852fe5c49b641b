package profile

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// MaxAge is the age in years above which a birth date is taken for a typing
// mistake. The oldest person on record reached 122.
const MaxAge = 130

// MaxEmail is the length of the longest email that Cliniko stores.
const MaxEmail = 255

// Check applies the required-field rule. It returns the profile with every
// field that could be taken over, and the failure, or nil when the profile is
// complete. now is the practice system's clock, not this computer's.
//
// Only active patients can fail: someone archived or merged in Cliniko cannot
// be mended there without being brought back first.
func Check(p *Patient, now time.Time) (Profile, *Failure) {
	out := Profile{
		ID: p.ID, State: p.State(), Title: p.Title,
		FirstName: p.FirstName, PreferredFirstName: p.PreferredFirstName, LastName: p.LastName,
		Sex: p.Sex, GenderIdentity: p.GenderIdentity, Pronouns: p.Pronouns,
		Email: p.Email, Phones: p.Phones, AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy,
		CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, ArchivedAt: p.ArchivedAt, MergedInto: p.MergedInto,
	}
	born, bornProblem := checkBirthDate(p.DateOfBirth, now)
	if bornProblem == "" {
		out.DateOfBirth = born
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
	add(FieldEmail, checkEmail(p.Email))
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
	if s == "" {
		return Missing
	}
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return ""
		}
	}
	return NotPrintable
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

// checkEmail wants one bare address with a host that has a dot, and never
// mends what it is given.
func checkEmail(s string) string {
	if s == "" {
		return Missing
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > MaxEmail {
		return NotAnEmail
	}
	host := s[strings.LastIndexByte(s, '@')+1:]
	if dot := strings.LastIndexByte(host, '.'); dot <= 0 || dot == len(host)-1 {
		return NotAnEmail
	}
	return ""
}
