package directory

import (
	"slices"

	"telehab.io/desktop/backend/profile"
)

// Reason is why a profile needs attention: the name of a required field that is
// missing, or OtherReason.
type Reason string

// OtherReason is any other problem: a value that is there and is impossible, or
// a client whose record could not be read.
const OtherReason Reason = "other"

// Reasons are all of them. A profile may have several.
var Reasons = [...]Reason{
	Reason(profile.FieldEmail), Reason(profile.FieldSex), Reason(profile.FieldDateOfBirth),
	Reason(profile.FieldFirstName), Reason(profile.FieldLastName), OtherReason,
}

// has reports whether the row needs attention for this reason.
func (r *row) has(reason Reason) bool {
	if r.entry.Failure == nil {
		return false
	}
	problems := r.entry.Failure.Problems
	if len(problems) == 0 {
		return reason == OtherReason
	}
	return slices.ContainsFunc(problems, func(p profile.Problem) bool { return reasonOf(p) == reason })
}

func reasonOf(p profile.Problem) Reason {
	if p.Kind == profile.Missing && slices.Contains(profile.Fields, p.Field) {
		return Reason(p.Field)
	}
	return OtherReason
}
