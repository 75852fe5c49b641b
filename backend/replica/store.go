package replica

import (
	"context"
	"errors"
	"sync"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/storecopy"
)

// Options are what a Store is opened with.
type Options struct {
	Path     string // of the copy
	Key      []byte // of the copy
	Database postgres.Options
	// Refused is why the database cannot be asked at all; nil: it can.
	Refused error
	Version string // of this TeleHab
	// Copied is told what was copied, in order, by whoever does that; and by Follow, with
	// nil, that another process may have. Removed is told once that this computer is none
	// of the clinic's any more. Each may be nil.
	Copied  func(*storecopy.Changes)
	Removed func()
	// Now is this computer's clock, and Poll how often Follow looks for changes of
	// which it was not told. Zero values: time.Now, and 30 seconds.
	Now  func() time.Time
	Poll time.Duration
}

const (
	pollEvery  = 30 * time.Second
	retryEvery = 5 * time.Second // to reach the database
	openAgain  = time.Second     // after an attempt to open it
	// pullLimit is how long one catching up may take, and the first copy of a
	// large clinic.
	pullLimit = 10 * time.Minute
	// reachedEvery is how often the copy records that the database was reached and
	// had nothing new, and the database that this computer has reached it.
	reachedEvery = time.Minute
)

// Store is a clinic's store on one of its computers. It is safe for concurrent use,
// by several processes too.
type Store struct {
	options Options
	local   *sqlite.DB

	opening  sync.Mutex // of the database, which is what follows
	database *postgres.DB
	failed   time.Time // when it could not be opened
	why      error

	pulling sync.Mutex // of what follows
	pulled  int64      // the last of the requests that a pull has answered

	mu      sync.Mutex // of what follows
	asked   int64
	reached time.Time
	problem error
	removed sync.Once
	seen    time.Time // when the database was told that this computer is there
}

// Open opens the copy, and brings it up to date if the database can be reached.
//
// Errors: those of sqlite.Open; DatabaseUnreachable and the other errors of the
// database only where there is no copy yet. Otherwise Status has them.
func Open(ctx context.Context, o Options) (*Store, error) {
	local, err := sqlite.Open(ctx, o.Path, o.Key)
	if err != nil {
		return nil, err
	}
	s, err := Of(ctx, local, o)
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	position, _, err := local.Copied(ctx)
	if err == nil {
		err = s.CatchUp(ctx)
	}
	if err != nil && (position == storecopy.Position{} || ctx.Err() != nil) {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Of returns the store whose copy is open, as it is: CatchUp and Follow bring it up to
// date. It needs no network, and closes the copy with itself.
func Of(ctx context.Context, local *sqlite.DB, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Poll == 0 {
		o.Poll = pollEvery
	}
	if o.Copied == nil {
		o.Copied = func(*storecopy.Changes) {}
	}
	_, reached, err := local.Copied(ctx)
	return &Store{options: o, local: local, reached: reached}, err
}

// Close ends all connections.
func (s *Store) Close() error {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.database != nil {
		s.database.Close()
	}
	return s.local.Close()
}

// Detach ends the connections to the database. The copy stays open: it is somebody
// else's now.
func (s *Store) Detach() {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.database != nil {
		s.database.Close()
	}
	s.database, s.options.Refused = nil, unconfirmed
}

// Status is how the copy stands.
type Status struct {
	// Problem is why the database was not reached the last time, nil if it was. Until
	// it is, nothing can be changed, and what is read is as of Since.
	Problem error
	Since   time.Time // by this computer's clock
}

// Status says how the copy stands.
func (s *Store) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Status{Problem: s.problem, Since: s.reached}
}

// there returns the database, once it was opened.
func (s *Store) there(ctx context.Context) (*postgres.DB, error) {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.database != nil {
		return s.database, nil
	}
	if s.options.Refused != nil {
		s.note(s.options.Refused)
		return nil, s.options.Refused
	}
	// Who has waited here for an attempt of somebody else does not make another.
	if s.why != nil && time.Since(s.failed) < openAgain {
		return nil, s.why
	}
	db, err := postgres.Open(ctx, s.options.Database)
	if err != nil {
		s.note(err)
		if ctx.Err() == nil {
			s.failed, s.why = time.Now(), err
		}
		return nil, err
	}
	s.database, s.why = db, nil
	return db, nil
}

// note keeps what the last attempt to reach the database ended with.
func (s *Store) note(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problem = err
	if err == nil {
		s.reached = s.options.Now().UTC()
	}
	if profile.CodeOf(err) == profile.ComputerRemoved && s.options.Removed != nil {
		s.removed.Do(func() { go s.options.Removed() }) // whoever is told closes this store
	}
}

// CatchUp brings the copy to where the database was when it was called, or later.
func (s *Store) CatchUp(ctx context.Context) error {
	s.mu.Lock()
	s.asked++
	request := s.asked
	s.mu.Unlock()
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if s.pulled >= request {
		return nil // by a pull that began afterwards
	}
	s.mu.Lock()
	answers := s.asked
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, pullLimit)
	defer cancel()
	db, err := s.there(ctx)
	if err != nil {
		return err
	}
	err = s.exchange(ctx, db)
	s.note(err)
	if err == nil {
		s.pulled = answers
		s.tellSeen(ctx, db)
	}
	return err
}

// tellSeen tells the database now and then that this computer is there.
func (s *Store) tellSeen(ctx context.Context, db *postgres.DB) {
	s.mu.Lock()
	due := time.Since(s.seen) > reachedEvery
	if due {
		s.seen = time.Now()
	}
	s.mu.Unlock()
	if due && s.options.Version != "" {
		_ = db.SeenHere(ctx, s.options.Version) // only a list says so
	}
}

// exchange copies what has changed, delivers what waits here, and copies that. In this
// order: to a database that was restored from a backup, the copying finds, everything
// is delivered that it may lack.
func (s *Store) exchange(ctx context.Context, db *postgres.DB) error {
	if err := s.pull(ctx, db); err != nil {
		return err
	}
	waiting, err := s.local.Queued(ctx)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if err := s.deliver(ctx, db, waiting); err != nil {
		return err
	}
	return s.pull(ctx, db)
}

// pull copies what has changed. Another process of this computer may do the same.
func (s *Store) pull(ctx context.Context, db *postgres.DB) error {
	for {
		position, reached, err := s.local.Copied(ctx)
		if err != nil {
			return err
		}
		changes, err := db.ChangesSince(ctx, position)
		if err != nil {
			return err
		}
		now := s.options.Now()
		if changes == nil {
			if age := now.Sub(reached); age < 0 || age > reachedEvery {
				return s.local.ReachedOriginal(ctx, now)
			}
			return nil
		}
		err = s.local.CopyChanges(ctx, changes, now)
		if err == nil {
			s.options.Copied(changes)
		}
		if !errors.Is(err, storecopy.ErrMoved) {
			return err
		}
	}
}

// change does something in the database. When it returns without an error, the copy
// has it.
func (s *Store) change(ctx context.Context, do func(*postgres.DB) error) error {
	db, err := s.there(ctx)
	if err != nil {
		return err
	}
	if err := do(db); err != nil {
		if code := profile.CodeOf(err); code == profile.DatabaseUnreachable || code == profile.StoreTooNew || code == profile.ComputerRemoved {
			s.note(err)
		}
		return err
	}
	return s.CatchUp(ctx)
}

// Follow keeps the copy equal until ctx ends. It is told of changes, and looks for
// them every Poll as well, since a connection may be cut without a word.
func (s *Store) Follow(ctx context.Context) {
	var listener *postgres.Listener
	defer func() {
		if listener != nil {
			listener.Close()
		}
	}()
	for ctx.Err() == nil {
		if listener == nil {
			listener = s.listen(ctx)
		}
		wait := s.options.Poll
		if s.CatchUp(ctx) != nil {
			wait = min(wait, retryEvery)
		}
		s.options.Copied(nil)
		if listener == nil {
			pause(ctx, wait)
			continue
		}
		if listener.Wait(ctx, wait) != nil {
			listener.Close()
			listener = nil
		}
	}
}

// listen returns nil where the database, or what is on the way, does not let
// anybody listen.
func (s *Store) listen(ctx context.Context) *postgres.Listener {
	db, err := s.there(ctx)
	if err != nil {
		return nil
	}
	listener, err := db.Listen(ctx)
	if err != nil {
		return nil
	}
	return listener
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
