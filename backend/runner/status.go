package runner

import (
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Idle is the phase while nothing runs.
const Idle syncer.Phase = "idle"

// Status says what runs and how earlier passes ended.
type Status struct {
	Progress     syncer.Progress // its phase is Idle while nothing runs
	Background   bool            // nobody asked for what runs
	WaitingUntil time.Time       // Cliniko asked to wait; zero once that is over
	OfflineSince time.Time       // zero: Cliniko can be reached, as far as is known
	Problem      error           // why the last pass did not end well; nil while a person's runs
	Summary
}

// Summary is how earlier passes ended, by Cliniko's clock.
type Summary struct {
	Last        *profile.Pass // the last one that ended, other than a retry; nil: none
	LastSuccess time.Time     // when the last one ended that ended well; zero: none
	ByService   bool          // that one was run by telehab sync --watch
	Unfinished  bool          // a full pass was cut off, and will be resumed
}

// outcome is how the last pass ended, and whether Cliniko can be reached.
type outcome struct {
	problem      error
	offlineSince time.Time
}

// record updates the outcome at the end of a pass, unless that end says nothing
// about passes to come.
func (o *outcome) record(kind Kind, background bool, err error) {
	code := profile.CodeOf(err)
	switch {
	case code == profile.Cancelled,
		errors.Is(err, syncer.ErrClosing),
		background && code == profile.SyncRunning, // another process brings what is new
		kind == Retry && err == nil:               // it read only some clients
		return
	}
	o.problem = err
	switch {
	case code != profile.Offline:
		o.offlineSince = time.Time{}
	case o.offlineSince.IsZero():
		o.offlineSince = time.Now()
	}
}

// setOnline records whether there is a network. That alone does not mean that
// Cliniko can be reached: after a pass that could not, the next one decides.
func (o *outcome) setOnline(online bool) (changed bool) {
	before := o.offlineSince
	switch {
	case !online && before.IsZero():
		o.offlineSince = time.Now()
	case online && profile.CodeOf(o.problem) != profile.Offline:
		o.offlineSince = time.Time{}
	}
	return o.offlineSince != before
}
