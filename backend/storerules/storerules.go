// Package storerules decides what becomes of a reading of a patient, by what a
// store had of that patient before. It knows no database: every store of a
// clinic decides by it, so that all decide the same.
package storerules

import (
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	// ClockSlack is how far two of Cliniko's times may disagree.
	ClockSlack = time.Minute
	// ReadSlack is how far Cliniko's time may be ahead of its estimate.
	ReadSlack = 10 * time.Minute
	// ResumeWithin is the age up to which an unfinished full pass is resumed. A
	// later one would miss patients that were unarchived in between.
	ResumeWithin = 24 * time.Hour
)

// Stored is what a store had of a patient before. The zero value is nothing.
type Stored struct {
	Profile     profile.Profile  // without details; of no State: there is only a failure, or nothing
	Authentic   bool             // the profile's row is as the store has written it
	ReadAt      time.Time        // by Cliniko's clock
	Fingerprint []byte           // of what came from Cliniko; empty: of nothing
	Failure     *profile.Failure // nil: none
	Outcome     profile.Outcome  // in this pass
}

func (b *Stored) exists() bool { return b.Profile.State != "" }

// Moment is when something is stored.
type Moment struct {
	PassID int64     // 0: a person opened a client
	At     time.Time // the estimate of Cliniko's time
	Latest time.Time // the latest that it can be; zero while nobody can tell
}

// MomentOf returns the moment at which a computer's clock shows here.
func MomentOf(passID int64, clock profile.Clock, here time.Time) Moment {
	m := Moment{PassID: passID, At: clock.Estimate(here)}
	if !clock.Doubts() && !clock.Believed.IsZero() {
		m.Latest = clock.AtMost(here)
	}
	return m
}

// Write is what happens to a part of a patient's row.
type Write int

// What can happen.
const (
	Leave   Write = iota // it stays as it is
	Touch                // the times at which it was read and stored change
	Replace              // it is written
	Remove
)

// Decision is what becomes of an entry.
type Decision struct {
	Entry   profile.Entry // as it now is
	Outcome profile.Outcome
	Differs bool // from what was stored
	Details Write
	Failure Write
	// Changed: details that differ replace others, which belongs in the history.
	Changed bool
	New     bool // an active client of whom nothing was stored
	// DeletedAt is since when the client counts as deleted, for Replace.
	DeletedAt time.Time
}

// Decide decides about an entry whose details have this fingerprint.
func (m Moment) Decide(e profile.Entry, fingerprint []byte, before *Stored) Decision {
	m.leftByNow(&e.Profile, before)
	d := Decision{Entry: e}
	switch archived := e.Profile.State != profile.Active; {
	case before.newerThan(&e, m.At):
		d.Outcome = before.currentOutcome()
	case IsUnread(&e):
		d.Outcome = profile.Failed
		d.Differs = m.fail(&d, before)
	case archived && !before.exists() && before.Failure == nil && !e.Opened:
		d.Outcome = profile.ArchivedOutcome
	default:
		m.replace(&d, fingerprint, before)
	}
	return d
}

// newerThan reports whether the stored copy was read later than e, which is
// then a slow answer or a list that waited for a person. A stored reading time
// long after now, and after e, is wrong and ignored.
func (b *Stored) newerThan(e *profile.Entry, now time.Time) bool {
	if !b.exists() || !b.Authentic {
		return false // whatever its times say
	}
	if e.ReadAt.After(now) {
		now = e.ReadAt
	}
	readBefore := !e.ReadAt.IsZero() && e.ReadAt.Before(b.ReadAt) && !b.ReadAt.After(now.Add(ReadSlack))
	if IsUnread(e) {
		return readBefore
	}
	updated := b.Profile.UpdatedAt
	// A change ahead of Cliniko's own clock is an error, and would make every
	// later reading look older. But if the clocks disagree, updated_at still
	// orders two readings of the same second.
	if !e.ReadAt.IsZero() && updated.After(e.ReadAt.Add(ClockSlack)) && !e.ReadAt.Equal(b.ReadAt) {
		return readBefore
	}
	// Archiving may leave updated_at unchanged, so that only the time of
	// reading tells which of two copies is newer.
	return e.Profile.UpdatedAt.Before(updated) || e.Profile.UpdatedAt.Equal(updated) && readBefore
}

// equals reports whether the stored copy is p, which has this fingerprint.
func (b *Stored) equals(p *profile.Profile, fingerprint []byte) bool {
	return b.exists() && b.Authentic && string(b.Fingerprint) == string(fingerprint) && b.Profile.State == p.State &&
		b.Profile.ArchivedAt.UnixMicro() == p.ArchivedAt.UnixMicro() && b.Profile.MergedInto == p.MergedInto
}

// currentOutcome is the outcome of a patient whose stored copy is newer.
func (b *Stored) currentOutcome() profile.Outcome {
	switch {
	case b.Failure != nil:
		return profile.Failed
	case b.Profile.State != profile.Active:
		return profile.ArchivedOutcome
	}
	return profile.Unchanged
}

// leftByNow is for a client whom Cliniko says to have left in the future: the
// time from which the retention counts begins when that is first stored.
func (m Moment) leftByNow(p *profile.Profile, before *Stored) {
	inFuture := func(t time.Time) bool { return !m.Latest.IsZero() && t.After(m.Latest.Add(ReadSlack)) }
	if p.State != profile.Archived && p.State != profile.Merged || !inFuture(p.LeftAt()) {
		return
	}
	p.ArchivedAt = m.Latest
	known := before.Profile.State == profile.Archived || before.Profile.State == profile.Merged
	if known && before.Authentic && !before.Profile.ArchivedAt.IsZero() && !inFuture(before.Profile.ArchivedAt) {
		p.ArchivedAt = before.Profile.ArchivedAt
	}
}

// replace is for an entry that is as new as what is stored, or newer.
func (m Moment) replace(d *Decision, fingerprint []byte, before *Stored) {
	p := &d.Entry.Profile
	same := before.equals(p, fingerprint)
	d.Differs = !same || !p.UpdatedAt.Equal(before.Profile.UpdatedAt)
	d.Changed = before.exists() && !same
	d.New = !before.exists() && before.Failure == nil && p.State == profile.Active
	p.AddedAt, p.SyncedAt = m.At, m.At
	if before.Authentic {
		p.AddedAt = before.Profile.AddedAt
	}
	if d.Details = Replace; same {
		d.Details = Touch
	}
	switch {
	case p.State != profile.Active:
		d.DeletedAt = m.deletedSince(p, before)
		d.Outcome = profile.ArchivedOutcome
		d.Differs = d.Differs || before.Failure != nil
		d.clearFailure(before)
	case d.Entry.Failure != nil:
		d.Outcome = profile.Failed
		reasonDiffers := m.fail(d, before)
		d.Differs = d.Differs || reasonDiffers
	case same && before.Failure == nil:
		d.Outcome = profile.Unchanged
	default:
		d.Outcome, d.Differs = profile.Synced, true
		d.clearFailure(before)
	}
}

// deletedSince returns since when a client who is not active counts as deleted.
func (m Moment) deletedSince(p *profile.Profile, before *Stored) time.Time {
	switch {
	case p.State != profile.Deleted:
		return time.Time{}
	case before.Authentic && !before.Profile.DeletedAt.IsZero():
		return before.Profile.DeletedAt
	}
	return m.At
}

// fail stores the failure, and reports whether its reason changed.
func (m Moment) fail(d *Decision, before *Stored) bool {
	failure := *d.Entry.Failure
	failure.FirstFailedAt, failure.LastFailedAt, failure.Attempts = m.At, m.At, 1
	if known := before.Failure; known != nil {
		failure.FirstFailedAt, failure.Attempts = known.FirstFailedAt, known.Attempts
		if m.PassID == 0 || before.Outcome != profile.Failed {
			failure.Attempts++ // a patient seen twice in one pass is one attempt
		}
	}
	d.Entry.Failure, d.Failure = &failure, Replace
	return !SameReason(before.Failure, &failure)
}

func (d *Decision) clearFailure(before *Stored) {
	d.Entry.Failure = nil
	if before.Failure != nil {
		d.Failure = Remove
	}
}
