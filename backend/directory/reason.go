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
