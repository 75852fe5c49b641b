package storerules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// IsUnread says that an entry is of a record that could not be read.
func IsUnread(e *profile.Entry) bool {
	return e.Failure != nil && e.Failure.Code == profile.Unreadable
}

// EachOnce leaves one entry for each ref: a readable one if there is any, the
// newest of those, and of equal ones the last.
func EachOnce(entries []profile.Entry) []profile.Entry {
	place := make(map[string]int, len(entries))
	once := make([]profile.Entry, 0, len(entries))
	for _, e := range entries {
		i, again := place[e.Ref]
		switch {
		case !again:
			place[e.Ref] = len(once)
			once = append(once, e)
		case IsUnread(&e) && !IsUnread(&once[i]), e.Profile.UpdatedAt.Before(once[i].Profile.UpdatedAt) && !IsUnread(&once[i]):
			// The earlier entry is better.
		default:
			once[i] = e
		}
	}
	return once
}

// SameReason says that two failures have the same reason; nil is none.
func SameReason(a, b *profile.Failure) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Code == b.Code && slices.Equal(a.Problems, b.Problems)
}

// Judgement is profile.CheckAgain at some time.
type Judgement func(*profile.Profile, *profile.Failure) (profile.Profile, *profile.Failure)

// Compare reports whether the entry agrees with the judgement, and whether
// enough is stored to tell: earlier versions of the program did not store the
// text of an impossible birth date.
func (judge Judgement) Compare(e *profile.Entry) (agrees, enough bool) {
	if IsUnread(e) || e.Profile.State == profile.Deleted {
		return true, true // until it is read
	}
	p, failure := judge(&e.Profile, e.Failure)
	if e.Failure != nil && e.Profile.DateOfBirth.IsZero() && e.Profile.ImpossibleBirthDate == "" &&
		slices.ContainsFunc(e.Failure.Problems, func(p profile.Problem) bool {
			return p.Field == profile.FieldDateOfBirth && p.Kind != profile.Missing
		}) {
		return false, false
	}
	return SameReason(failure, e.Failure) && p.DateOfBirth == e.Profile.DateOfBirth && len(profile.Diff(&e.Profile, &p)) == 0, true
}

// Split adds the refs of the entries that disagree with the judgement, and the
// ids of those of which not enough is stored to tell.
func (judge Judgement) Split(some []profile.Entry, refs *[]string, unclear *[]profile.ID) {
	for i := range some {
		switch agrees, enough := judge.Compare(&some[i]); {
		case !enough:
			*unclear = append(*unclear, some[i].Profile.ID)
		case !agrees:
			*refs = append(*refs, some[i].Ref)
		}
	}
}

// Judged returns the entry as the judgement has it, at this time. The times of a
// failure stay.
func (judge Judgement) Judged(e profile.Entry, at time.Time) profile.Entry {
	known := e.Failure
	e.Profile, e.Failure = judge(&e.Profile, known)
	if failure := e.Failure; failure != nil {
		failure.FirstFailedAt, failure.LastFailedAt, failure.Attempts = at, at, 1
		if known != nil {
			failure.FirstFailedAt, failure.LastFailedAt, failure.Attempts = known.FirstFailedAt, known.LastFailedAt, known.Attempts
		}
	}
	return e
}

// Resumes says whether a full pass that begins now resumes an unfinished one,
// which began at the other time. One from the future began by a wrong clock.
func Resumes(unfinished, now time.Time) bool {
	age := now.Sub(unfinished)
	return age > -ClockSlack && age < ResumeWithin
}

// Certain moves cursors that are later than Cliniko's clock has certainly
// reached to the newest stored change from before the pass: whatever changes
// later has a later time. Cursors never go back, except from the future.
func Certain(next, before profile.Cursors, certain, newest time.Time) profile.Cursors {
	within := func(next, before time.Time) time.Time {
		switch {
		case !next.After(certain):
			return next
		case newest.After(before), before.After(next.Add(ClockSlack)):
			return newest
		}
		return before
	}
	next.Changed, next.Archived = within(next.Changed, before.Changed), within(next.Archived, before.Archived)
	return next
}

// IsBack reports whether a patient who was to be marked as deleted was stored
// since Unseen, and not read before Cliniko had not found them. Within a second
// the times do not tell, nor does a record that cannot be read; then the count
// does.
func IsBack(d profile.Departure, storedAt, readAt time.Time) bool {
	return !storedAt.Equal(d.StoredAt) && !readAt.Before(d.NotFoundAt)
}

// RetriesOf returns the unreadable records that have a time at which to read
// them again, the earliest first. now is the estimate of Cliniko's time.
func RetriesOf(failures []profile.Failure, now time.Time) []profile.Retry {
	var retries []profile.Retry
	for _, f := range failures {
		if f.LastFailedAt.After(now.Add(ReadSlack)) {
			f.LastFailedAt = time.Time{} // a wrong clock said so; it is due
		}
		if when := profile.RetryAt(f.LastFailedAt, f.Attempts); f.Code == profile.Unreadable && f.ID != "" && !when.IsZero() {
			retries = append(retries, profile.Retry{ID: f.ID, At: when})
		}
	}
	slices.SortFunc(retries, func(a, b profile.Retry) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(string(a.ID), string(b.ID)))
	})
	return retries
}
