package runner

import (
	"time"

	"telehab.io/desktop/backend/profile"
)

// The times of a schedule.
const (
	every     = 5 * time.Minute               // between two passes
	jitter    = 0.2                           // of every, either way, so that a clinic's computers do not ask at once
	settle    = 3 * time.Second               // from a start or a wake to the first request: the network needs a moment
	aside     = 6*time.Minute + 3*tickEvery/2 // from a pass of another process to ours: its next must have been noticed by then
	focusAge  = time.Minute                   // a window that comes to the front wants nothing older
	editAge   = 5 * time.Second               // nor this, after somebody was sent to Cliniko to change a client
	editFor   = 10 * time.Minute              // from that on
	holdFor   = time.Hour                     // while only a person can help
	retryRest = time.Minute                   // between two retries, whatever the store says
)

// backoff are the waits after passes in a row that did not reach Cliniko.
var backoff = [...]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}

// schedule knows when the next pass is due. It has no clock: it is told the
// time, and what happens.
type schedule struct {
	random func() float64 // in [0, 1)

	next    time.Time // when the next pass is due
	last    time.Time // when a pass ended last, whoever asked for it
	held    bool      // only a person can help; next is when to try all the same
	misses  int       // passes in a row that did not reach Cliniko
	offline bool      // there is no network at all
	edits   time.Time // until when somebody changes a client in Cliniko
}

// started makes the first pass due soon, unless one has ended already.
func (s *schedule) started(now time.Time) {
	if s.next.IsZero() {
		s.next = now.Add(settle)
	}
}

// passEnded says that a pass ended, whoever asked for it, and with which code.
func (s *schedule) passEnded(now time.Time, code profile.Code) {
	s.last, s.held = now, false
	switch {
	case NeedsPerson(code):
		s.held, s.next = true, now.Add(holdFor)
	case profile.Unreached(code): // which may change any moment
		s.next = now.Add(backoff[min(s.misses, len(backoff)-1)])
		s.misses++
		return
	default:
		s.next = now.Add(time.Duration(float64(every) * (1 + jitter*(2*s.random()-1))))
	}
	s.misses = 0
}

// endedElsewhere says how a pass of another process on the same store ended.
// That process is let run the next one as well, so that two cost no more
// requests than one.
func (s *schedule) endedElsewhere(now time.Time, code profile.Code) {
	s.passEnded(now, code)
	if !s.held && s.misses == 0 {
		s.next = now.Add(aside)
	}
}

// NeedsPerson says that the next pass will end the same way until somebody has
// done something.
func NeedsPerson(code profile.Code) bool {
	switch code {
	case profile.KeyMalformed, profile.KeyShard, profile.KeyRefused, profile.KeyForbidden, profile.OtherClinic, profile.NotConnected,
		profile.KeyringMissing, profile.KeyringLocked,
		profile.ProxyUnreadable, // variables are read at the start of a program
		profile.ProxySignIn,     // wrong passwords lock accounts
		profile.StoreKeyLost, profile.StoreMissing, profile.StoreCorrupt, profile.StoreDamaged, profile.StoreTooNew, profile.StoreUnreadable,
		profile.ComputerRemoved:
		return true
	}
	return false
}

// resumed says that a person did something about what held the passes up.
func (s *schedule) resumed(now time.Time) {
	s.held, s.misses, s.next = false, 0, now.Add(settle)
}

// focused says that somebody looks at the window.
func (s *schedule) focused(now time.Time) {
	if s.held {
		return
	}
	age := now.Sub(s.last)
	stale := age > focusAge || s.misses > 0 && age > settle
	// What is due in a moment waits for the network to settle.
	if stale && s.next.Sub(now) > settle {
		s.next = now
	}
	if wanted := s.last.Add(editAge); now.Before(s.edits) && wanted.Before(s.next) {
		s.next = wanted
	}
}

// editing says that somebody was sent to Cliniko to change a client.
func (s *schedule) editing(now time.Time) { s.edits = now.Add(editFor) }

// woke says that the computer slept. unseen is how much of that the monotonic
// clock did not count.
func (s *schedule) woke(now time.Time, unseen time.Duration) {
	s.last, s.next = s.last.Add(-unseen), s.next.Add(-unseen)
	if !s.held {
		s.misses, s.next = 0, now.Add(settle)
	}
}

// connected says whether there is a network.
func (s *schedule) connected(now time.Time, online bool) {
	back := online && s.offline
	s.offline = !online
	if back && !s.held {
		s.misses, s.next = 0, now
	}
}

// due returns when the next pass should run; false while there is no network.
func (s *schedule) due() (time.Time, bool) { return s.next, !s.offline }

// retryDue returns when the next retry should run, which the store wants at
// wanted. It waits for the next pass while passes fail.
func (s *schedule) retryDue(wanted, lastRetry time.Time) (time.Time, bool) {
	if wanted.IsZero() || s.offline || s.held || s.misses > 0 {
		return time.Time{}, false
	}
	if rested := lastRetry.Add(retryRest); !lastRetry.IsZero() && wanted.Before(rested) {
		return rested, true
	}
	return wanted, true
}
