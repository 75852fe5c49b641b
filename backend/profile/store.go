package profile

import (
	"context"
	"time"
)

// Store holds one clinic's profiles, failures and passes on this computer. Each
// part has one purpose; one value may implement all of them, and all share the
// same data.
//
// A store has one writer at a time. Every method that changes something is one
// transaction, so that a kill leaves the state before or after it. All methods
// may be called from several goroutines.
//
// Errors carry one of the codes of this computer.
type Store struct {
	Passes     PassStore
	Entries    EntryStore
	Departures DepartureStore
	Reviews    ReviewStore
	Clock      ClockStore
}

// PassStore stores the engine's passes and where the next one starts. Between
// BeginPass and EndPass, everything stored for a pass names its ID.
type PassStore interface {
	// BeginPass starts a pass. A full pass that was interrupted less than a day
	// before is resumed instead: then it returns the stored pass and the
	// numbers of its stored pages, which are nil for a new pass. It removes any
	// other unfinished pass of this kind.
	BeginPass(ctx context.Context, p Pass) (Pass, map[int]bool, error)

	// Counts sums the outcomes recorded so far for the pass, each patient
	// counted once with the last outcome.
	Counts(ctx context.Context, passID int64) (Counts, error)

	// ForgetOthers removes the outcomes of all patients but these, so that the
	// pass counts as not having read them.
	ForgetOthers(ctx context.Context, passID int64, met []string) error

	// EndPass closes the pass with p's numbers and error and moves the cursors,
	// in one transaction. A cursor that is not certainly past is set to the
	// newest change that was seen instead. A pass that ends with
	// Offline, Cancelled and the like stays unfinished, so that BeginPass can
	// resume it: see Resumable.
	EndPass(ctx context.Context, p Pass, cursors Cursors) error

	// LastFull returns the newest full pass, whatever its outcome, or the zero
	// Pass if there was none.
	LastFull(ctx context.Context) (Pass, error)

	// Cursors returns where the next changes pass starts; zero before the first
	// successful full pass.
	Cursors(ctx context.Context) (Cursors, error)

	// SetCursors is for a count that was taken after a pass had ended.
	SetCursors(ctx context.Context, c Cursors) error
}

// EntryStore stores what was read of each patient.
type EntryStore interface {
	// Save stores a batch. It never replaces newer details with older ones, and
	// stores an archived patient only if there was a profile before or Opened
	// is set. It records each entry's outcome and which fields changed. It
	// returns the entries whose stored state changed, as they are now.
	Save(ctx context.Context, b Batch) ([]Entry, error)

	// Prepare does the part of Save that needs only the batch, and may run
	// concurrently with other calls. It ignores the batch's PassID.
	Prepare(b Batch) (Prepared, error)

	// SavePrepared is the rest of Save, for several batches in one transaction.
	// It fails if another store has prepared one of them.
	SavePrepared(ctx context.Context, passID int64, p ...Prepared) ([]Entry, error)

	// One returns what is stored of a patient. NotFound: nothing is.
	One(ctx context.Context, ref string) (Entry, error)

	// Tally counts the stored clients by state.
	Tally(ctx context.Context) (Tally, error)
}

// Prepared is a batch that an EntryStore has made ready to be stored, and that
// only this store can store. It may be discarded.
type Prepared interface {
	// Patients returns how many entries the batch had.
	Patients() int
}

// DepartureStore knows which clients are archived, merged, deleted or missing
// in Cliniko, and erases those whose retention has passed.
type DepartureStore interface {
	// Unseen returns the stored profiles and failures that the pass has not read
	// and that are not known to be deleted, without NotFoundAt, and what a person
	// has answered about them.
	Unseen(ctx context.Context, passID int64) ([]Departure, error)

	// SetMissing records the patients about whom a person has to decide: see
	// Gone. It replaces what was recorded before, except for who was Accepted,
	// and for who was kept since Unseen. A successful full pass clears it.
	SetMissing(ctx context.Context, missing []Departure) error

	// MarkDeleted records that Cliniko no longer has these patients: profiles
	// become Deleted, failures are removed. It leaves those who were stored
	// since Unseen and not read before NotFoundAt: Cliniko has them again. It also
	// leaves those whom a person has kept, and returns them beside the changed
	// entries.
	MarkDeleted(ctx context.Context, passID int64, gone []Departure) (changed []Entry, kept []Departure, err error)

	// Purge erases the profiles whose Retention has passed, history older than
	// HistoryDays, and audit events past the age that the staff's audit trail
	// has to reach. Clock.Erases decides how much time has passed: nothing is
	// erased while no time is believed. It returns the refs of the erased
	// profiles.
	Purge(ctx context.Context) ([]string, error)
}

// Departure is a patient who is not in Cliniko's list.
type Departure struct {
	Ref      string
	StoredAt time.Time // when the patient was last stored, by Unseen
	Accepted bool      // a person has let the patient go, by Unseen
	Asked    bool      // or a person has to decide, and nobody goes without an answer
	Kept     bool      // Asked, and a person wants the patient to stay until the next full pass
	// NotFoundAt is when Cliniko did not find the patient, by its own clock. It
	// is not later, and in whole seconds, as the times of readings are.
	NotFoundAt time.Time
}

// ReviewStore finds the profiles and failures that have to be read or judged
// again.
type ReviewStore interface {
	// Unreadable returns the ids of all unreadable records that have one, the
	// one tried longest ago first.
	Unreadable(ctx context.Context) ([]ID, error)

	// Retries returns the unreadable records that have a time at which to read
	// them again, see RetryAt, the earliest first.
	Retries(ctx context.Context) ([]Retry, error)

	// Distrust makes the next reading of these patients replace what is stored,
	// whatever its times.
	Distrust(ctx context.Context, refs []string) error

	// CheckAgain calls check with every stored profile that can be read and its
	// failure or nil, and stores the result where it differs. It returns the
	// changed entries, and the ids of failures of which too little is stored to
	// judge them, as earlier versions of the program may have left them.
	CheckAgain(ctx context.Context, passID int64, check func(*Profile, *Failure) (Profile, *Failure)) (changed []Entry, unclear []ID, err error)
}

// ClockStore stores what is known of Cliniko's time, for all processes.
type ClockStore interface {
	// Learn stores a reading of Cliniko's clock and this computer's, and
	// returns what is then known of Cliniko's time. The believed time never
	// goes back, and survives disconnecting a clinic.
	Learn(ctx context.Context, r Reading) (Clock, error)

	// Clock returns what is known of Cliniko's time.
	Clock(ctx context.Context) (Clock, error)
}

// Cursors are the times up to which changes are known, by Cliniko's clock.
type Cursors struct {
	Changed  time.Time
	Archived time.Time
	// FullAt is when the last successful full pass began.
	FullAt time.Time
	// ActiveInCliniko is how many unarchived patients Cliniko counted, and
	// CountedAt when.
	ActiveInCliniko int
	CountedAt       time.Time
	// Drift is how much Cliniko's count differed from the stored clients before
	// and after a full pass that proved that none is missing.
	Drift int
	// Judged names the day and the version of the program for which CheckAgain
	// last ran.
	Judged string
}

// Retry is an unreadable record and when it is to be read again.
type Retry struct {
	ID ID
	At time.Time
}

// HistoryDays is how long passes and their changes are stored.
const HistoryDays = 90

// Retention is for how many days profiles of clients who are no longer active
// are stored: archived and merged ones since they were archived (or first
// opened here, if that was later), deleted ones since that was found.
type Retention struct {
	ArchivedDays int
	DeletedDays  int
}

// ErasedAt returns when a profile is erased here, or the zero time for an
// active one.
func (r Retention) ErasedAt(p *Profile) time.Time {
	switch p.State {
	case Deleted:
		return p.DeletedAt.AddDate(0, 0, r.DeletedDays)
	case Archived, Merged:
		since := p.LeftAt()
		if p.AddedAt.After(since) {
			since = p.AddedAt
		}
		return since.AddDate(0, 0, r.ArchivedDays)
	}
	return time.Time{}
}

// LeftAt is since when the client is archived or merged, by what Cliniko says.
func (p *Profile) LeftAt() time.Time {
	if p.ArchivedAt.IsZero() {
		return p.UpdatedAt
	}
	return p.ArchivedAt
}

// The bounds of Retention, in days.
const (
	MinRetention = 1
	MaxRetention = 3650
)

// Check returns Invalid for a number of days out of bounds.
func (r Retention) Check() error {
	if min(r.ArchivedDays, r.DeletedDays) < MinRetention || max(r.ArchivedDays, r.DeletedDays) > MaxRetention {
		return Errorf(Invalid, "Choose from %d to %d days.", MinRetention, MaxRetention)
	}
	return nil
}

// AtLeast returns the retention as a store may follow it: whatever was stored, no
// client is erased at once.
func (r Retention) AtLeast() Retention {
	return Retention{max(r.ArchivedDays, MinRetention), max(r.DeletedDays, MinRetention)}
}

// Tally counts the stored clients.
type Tally struct {
	Active   int // complete profiles and those that need attention
	Failed   int // of Active
	Archived int // archived and merged
	Deleted  int
	Missing  int // of Active, those that the last full pass did not find in Cliniko and left to a person
}

// Destination receives every profile that changed, after it is stored, in the
// order of the commits. Entries may come twice.
type Destination interface {
	Apply(entries []Entry)
	// Forget receives the refs of profiles that were erased here.
	Forget(refs []string)
}

// Unreached reports whether a pass that ended with this code did not reach
// Cliniko: the connection may come back at any moment, or after a person has
// repaired it.
func Unreached(code Code) bool {
	switch code {
	case Offline, TimedOut, LoginPage, ConnectionBlocked, ProxyUnreadable, ProxyUnreachable, ProxySignIn, ProxyRefused,
		ProxyScript, TLSFailed, CertificateUntrusted, ClockWrong:
		return true
	}
	return false
}

// Resumable reports whether a pass that ended with this code should be resumed
// instead of started again.
func Resumable(code Code) bool {
	switch code {
	case RateLimited, ClinicTrouble, AnswerIncomplete, KeyRefused, KeyForbidden, Cancelled, StoreBusy, StoreFull, DatabaseUnreachable, Internal:
		return true
	}
	return Unreached(code)
}
