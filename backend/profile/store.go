package profile

import (
	"context"
	"time"
)

// Store keeps one clinic's profiles, failures and passes on this computer. Each
// part is for one purpose; one value may be all of them, and they see the same
// data.
//
// A store has one writer at a time. Every method that changes something is one
// transaction, so that a process killed anywhere leaves the state before or
// after it. All methods may be called from several goroutines.
//
// Errors carry one of the codes of this computer.
type Store struct {
	Passes     PassStore
	Entries    EntryStore
	Departures DepartureStore
	Reviews    ReviewStore
	Clock      ClockStore
}

// PassStore keeps the passes of the engine, and where the next one starts. A
// pass is begun, named by its ID wherever something is stored for it, and ended.
type PassStore interface {
	// BeginPass starts a pass. A full pass that was cut off less than a day
	// before is resumed instead: then the stored pass comes back, with the numbers
	// of the pages that are stored. No other unfinished pass of this kind stays.
	BeginPass(ctx context.Context, p Pass) (Pass, map[int]bool, error)

	// Counts sums the outcomes that the pass has recorded so far, each patient
	// counted once with its last outcome.
	Counts(ctx context.Context, passID int64) (Counts, error)

	// EndPass closes the pass with p's numbers and error and moves the cursors, in
	// one transaction. A cursor that lies after what is believed of Cliniko's time
	// moves to the newest change that was seen instead. A pass closed with
	// Offline, Cancelled and the like stays unfinished, so that BeginPass can
	// resume it: see Resumable.
	EndPass(ctx context.Context, p Pass, cursors Cursors) error

	// LastFull returns the newest full pass, whatever became of it; the zero
	// Pass when there was none.
	LastFull(ctx context.Context) (Pass, error)

	// Cursors returns where the next changes pass starts; zero before the first
	// full pass has ended well.
	Cursors(ctx context.Context) (Cursors, error)

	// SetCursors is for a count that was made after a pass had ended.
	SetCursors(ctx context.Context, c Cursors) error
}

// EntryStore keeps what was read of each patient.
type EntryStore interface {
	// Save stores a batch. It never replaces newer details by older ones, keeps
	// an archived patient only where there was a profile before or Opened is
	// set, records each entry's outcome, and which fields changed. It returns the
	// entries whose stored state changed, as they are now.
	Save(ctx context.Context, b Batch) ([]Entry, error)

	// Prepare does the part of Save that needs only the batch, and may run
	// beside other calls. The batch's PassID is not read.
	Prepare(b Batch) (Prepared, error)

	// SavePrepared is the rest of Save, for several batches in one transaction.
	// It is an error if another store has prepared one of them.
	SavePrepared(ctx context.Context, passID int64, p ...Prepared) ([]Entry, error)

	// One returns what is kept of a patient. NotFound: nothing is.
	One(ctx context.Context, ref string) (Entry, error)

	// Tally says how many clients are kept, by state.
	Tally(ctx context.Context) (Tally, error)
}

// Prepared is a batch that an EntryStore has made ready to be stored. Only the
// store that made it can store it; it may be thrown away instead.
type Prepared interface {
	// Patients returns how many entries the batch had.
	Patients() int
}

// DepartureStore keeps who is no longer in Cliniko, and erases those who have
// left for long enough.
type DepartureStore interface {
	// Unseen returns the refs of kept profiles and failures that the pass has
	// not read, and that are not known as deleted.
	Unseen(ctx context.Context, passID int64) ([]string, error)

	// SetMissing records who would disappear if a person says so: see Gone. It
	// replaces what was recorded before; who was Accepted stays so.
	SetMissing(ctx context.Context, refs []string) error

	// Accepted returns the refs of whom a person said that they may disappear.
	// A full pass that ends well empties them.
	Accepted(ctx context.Context) (map[string]bool, error)

	// MarkDeleted records that Cliniko, by its clock at this time, no longer has
	// these patients: profiles become Deleted, failures go. It returns the changed
	// entries.
	MarkDeleted(ctx context.Context, passID int64, at time.Time, refs []string) ([]Entry, error)

	// Purge erases profiles of clients who left longer ago than the clinic's
	// Retention, what is older than HistoryDays of the history, and what is older
	// than the staff's audit trail has to be. How long ago that was is told by
	// Clock.Erases: nothing goes while no time is believed. It returns the refs of
	// the erased.
	Purge(ctx context.Context) ([]string, error)
}

// ReviewStore knows which profiles and failures have to be read or judged again.
type ReviewStore interface {
	// Unreadable returns the ids of all records that could not be read and have
	// one, the one that was tried longest ago first.
	Unreadable(ctx context.Context) ([]ID, error)

	// Retries returns which unreadable records have a time at which they are to
	// be read again, see RetryAt, the first one first.
	Retries(ctx context.Context) ([]Retry, error)

	// Distrust makes the next reading of these patients replace what is stored,
	// whatever it says.
	Distrust(ctx context.Context, refs []string) error

	// CheckAgain has check judge every profile that is kept and can be read, with
	// the failure that is kept of it or nil, and stores where its answer differs
	// from what is stored. It returns the changed entries, and the ids of failures
	// of which too little is kept to judge them, which the program's earlier
	// versions may have left.
	CheckAgain(ctx context.Context, passID int64, check func(*Profile, *Failure) (Profile, *Failure)) (changed []Entry, unclear []ID, err error)
}

// ClockStore keeps what is known of Cliniko's time, for all processes and
// starts.
type ClockStore interface {
	// Learn takes what Cliniko's clock and this computer's said when an answer
	// came, and returns what is known of Cliniko's time then. What is believed
	// never goes back, and stays with the store when a clinic is disconnected.
	Learn(ctx context.Context, r Reading) (Clock, error)

	// Clock returns what is known of Cliniko's time.
	Clock(ctx context.Context) (Clock, error)
}

// Cursors say up to when changes are known, by Cliniko's clock.
type Cursors struct {
	Changed  time.Time
	Archived time.Time
	// FullAt is when the last full pass that ended well began.
	FullAt time.Time
	// ActiveInCliniko is how many unarchived patients Cliniko counted, and
	// CountedAt when.
	ActiveInCliniko int
	CountedAt       time.Time
	// Drift is by how much Cliniko's count differed from the kept clients when
	// a full pass had just proven that nobody is missing.
	Drift int
	// Judged names the version of the program and the day for which the last
	// CheckAgain was.
	Judged string
}

// Retry is an unreadable record and when it is to be read again.
type Retry struct {
	ID ID
	At time.Time
}

// HistoryDays is how long passes are kept, and what they changed.
const HistoryDays = 90

// Retention is for how many days clients who have left stay here: archived and
// merged ones since they were archived (or first opened here, if that was
// later), deleted ones since that was noticed.
type Retention struct {
	ArchivedDays int
	DeletedDays  int
}

// ErasedAt returns when a profile is erased here, or the zero time for one who
// has not left.
func (r Retention) ErasedAt(p *Profile) time.Time {
	switch p.State {
	case Deleted:
		return p.DeletedAt.AddDate(0, 0, r.DeletedDays)
	case Archived, Merged:
		since := p.ArchivedAt
		if since.IsZero() {
			since = p.UpdatedAt
		}
		if p.AddedAt.After(since) {
			since = p.AddedAt
		}
		return since.AddDate(0, 0, r.ArchivedDays)
	}
	return time.Time{}
}

// The days that may be chosen.
const (
	MinRetention = 1
	MaxRetention = 3650
)

// Tally counts what is kept.
type Tally struct {
	Active   int // complete profiles and failed ones
	Failed   int // of Active
	Archived int // archived and merged
	Deleted  int
	Missing  int // of Active, those whom the last full pass did not find in Cliniko and left to a person
}

// Destination is told of every profile that changed, after it is stored, in
// the order of the commits. Entries may come twice.
type Destination interface {
	Apply(entries []Entry)
	// Forget is told of profiles that were erased here.
	Forget(refs []string)
}

// Unreached says that a pass with this code did not reach Cliniko: the way
// there may be free again at any moment, or after somebody has cleared it.
func Unreached(code Code) bool {
	switch code {
	case Offline, TimedOut, LoginPage, ConnectionBlocked, ProxyUnreadable, ProxyUnreachable, ProxySignIn, ProxyRefused,
		ProxyScript, TLSFailed, CertificateUntrusted, ClockWrong:
		return true
	}
	return false
}

// Resumable says whether a pass that ended with this code should be resumed,
// rather than start again.
func Resumable(code Code) bool {
	switch code {
	case RateLimited, ClinicTrouble, AnswerIncomplete, KeyRefused, KeyForbidden, Cancelled, StoreBusy, StoreFull, Internal:
		return true
	}
	return Unreached(code)
}
