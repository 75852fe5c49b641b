// Package storecopy has what one store passes on to another one that is a copy
// of it: everything that was changed since the copy was last equal, opened. The
// store that is followed and the copy seal it each with their own keys.
package storecopy

import (
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Position is up to where a copy has everything. The zero value has nothing.
type Position struct {
	// Lineage names the database. One that was restored from a backup has another
	// name, because its numbers have other meanings.
	Lineage string
	N       int64 // of a change, in the order of commits
}

// ErrMoved says that another process has brought the copy further meanwhile.
var ErrMoved = errors.New("the copy has moved on")

// Changes are all that differs between a copy at From and one at To: whole
// transactions, as of one moment. Of what was changed several times it has the
// last state alone.
type Changes struct {
	From, To Position
	// Anew says that the copy cannot catch up and is made once more, of nothing:
	// the changes are all that there is.
	Anew bool

	Settings Settings
	Clients  []Client
	History  []Change
	Passes   []Pass
	People   []Person
	Today    []Today
	Missing  []Missing // all of them, if MissingChanged
	Events   []Event

	// Outbox is only of a store that becomes a copy: a copy has none.
	Outbox Outbox

	MissingChanged bool
	// Unfinished are the events that have not finished, of all.
	Unfinished []int64
	// HistoryFrom and EventsFrom are the times before which history and events
	// were erased.
	HistoryFrom, EventsFrom time.Time
}

// Settings are what there is once.
type Settings struct {
	Clinic               profile.Clinic // without an AccountID where none is connected
	Cursors              profile.Cursors
	Retention            profile.Retention
	QuickUnlockForbidden bool
	IdleMinutes          int           // until the window locks
	Clock                profile.Clock // of this computer
	// Revision is the number of the last change of a client.
	Revision int64
}

// Outbox is what is on the way to VALD Hub. Where nobody has turned that on, it is
// empty.
type Outbox struct {
	Sending    profile.Sending
	Deliveries []profile.Delivery
}

// Client is the state of one client.
type Client struct {
	Row    []byte // names the row in the store that is followed
	Erased bool   // nothing is left
	New    bool   // stored since From, maybe after it was erased: whatever the copy has is of before
	Broken bool   // the row does not open, so that nothing else is known of it
	Entry  profile.Entry
	// HasProfile: Entry is not of a failure alone.
	HasProfile bool
	// Distrusted: any reading counts as different.
	Distrusted bool
}

// Change is what one reading changed of a client.
type Change struct {
	ID  int64
	Row []byte // of the client
	profile.Change
}

// Pass is a pass, with what only its statistics need.
type Pass struct {
	profile.Pass
	Added   int
	Failing int // -1: not known
}

// Person is somebody who may sign in. Broken: the row does not open, which must
// not make an earlier state of the person count again.
type Person struct {
	staff.Person
	Broken bool
}

// Today is what the Today screen keeps of a person.
type Today struct {
	Person string
	Kept   staff.Today
}

// Missing is a client about whom a person has to decide, or has decided.
type Missing struct {
	Ref    string
	Answer int16 // the same numbers in every store
}

// Queued is an event of a computer on its way to the store that is followed.
type Queued struct {
	N        int64  // in the order in which they happened on that computer
	Ticket   []byte // random: it is delivered once, however often it is sent
	Event    staff.Event
	Estimate time.Time
	Dropped  bool // nothing was done after all
	// Delivered is its number in the audit trail, 0 before it has one, and Sent the
	// outcome that it has there.
	Delivered int64
	Sent      profile.Code
}

// Event is an event of the audit trail. Estimate is Cliniko's time as it was known
// then, KnownBy the first that was believed afterwards.
type Event struct {
	staff.Event
	Estimate, KnownBy time.Time
}
