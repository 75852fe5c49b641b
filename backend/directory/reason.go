package directory

import (
	"slices"

	"telehab.io/desktop/backend/profile"
)

// Reason is why a profile needs attention: the name of a required field that is
// missing, or one of these.
type Reason string

// The reasons that are not a missing field.
const (
	WrongEmail     Reason = "wrong_email"         // there is one that cannot be an address
	WrongBirthDate Reason = "wrong_date_of_birth" // there is one that cannot be
	Unreadable     Reason = "unreadable"          // the record could not be understood
	OtherReason    Reason = "other"               // such as a text that is too long
)

// Reasons are all of them. A profile may have several.
var Reasons = [...]Reason{
	Reason(profile.FieldEmail), Reason(profile.FieldSex), Reason(profile.FieldDateOfBirth),
	Reason(profile.FieldFirstName), Reason(profile.FieldLastName),
	WrongEmail, WrongBirthDate, Unreadable, OtherReason,
}

// ReasonsOf counts those of the entries that need attention for each of the
// Reasons.
func ReasonsOf(entries []profile.Entry) (counts [len(Reasons)]int) {
	for i := range entries {
		for n, reason := range Reasons {
			if needsFor(&entries[i], reason) {
				counts[n]++
			}
		}
	}
	return counts
}

// has reports whether the row needs attention for this reason.
func (r *row) has(reason Reason) bool { return needsFor(&r.entry, reason) }

func needsFor(e *profile.Entry, reason Reason) bool {
	if e.Failure == nil {
		return false
	}
	problems := e.Failure.Problems
	if len(problems) == 0 {
		return reason == Unreadable
	}
	return slices.ContainsFunc(problems, func(p profile.Problem) bool { return reasonOf(p) == reason })
}

func reasonOf(p profile.Problem) Reason {
	if p.Kind == profile.Missing && slices.Contains(profile.Fields, p.Field) {
		return Reason(p.Field)
	}
	switch p.Kind {
	case profile.NotAnEmail:
		return WrongEmail
	case profile.NotADate, profile.InTheFuture, profile.LongAgo:
		return WrongBirthDate
	}
	return OtherReason
}
