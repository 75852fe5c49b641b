// Package session is one signed-in person on one workspace, and what that
// person does there. The window and the commands both go through it, so that
// each rule is written once: who may, what is asked first, what is done, and
// that the audit trail has it with its outcome.
package session

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// Options are what a session needs of the program that it runs in. Each may be
// nil.
type Options struct {
	// Clock is this computer's, for the audit trail.
	Clock func() time.Time
	// EraseTraces erases what the program itself has written about clients: its
	// log, and what the web view keeps.
	EraseTraces func() error
	// Reread has clients read again whose rows cannot be decrypted, and does
	// not wait for that.
	Reread func(ctx context.Context, refs []string)
	// Changed is told that another process has changed the person of the session,
	// or has ended it by deactivating them.
	Changed func(*Session)
	// Locked says that the window was locked since the sign-in was asked for:
	// the session must not begin. It is called while Presence.Lock waits.
	Locked func() bool
}

// Session is one signed-in person on one workspace. It ends once, for good, and
// then refuses everything with SignedOut. It is safe for concurrent use.
type Session struct {
	workspace *workspace.Workspace
	options   Options
	number    int64
	lifetime  context.Context // cancelled at the end
	cancel    context.CancelCauseFunc
	// passwordGiven: for this one command, so nothing asks for it again.
	passwordGiven bool
	// byPIN: it began with a PIN, which counts in this workspace alone.
	byPIN bool
	view  string // set before anybody has the session

	mu     sync.Mutex
	person staff.Person
	ended  bool
	listed *syncer.Listed // what was listed last
	begun  bool           // it is imported, or was
	// The clients whom the audit trail has last, by what was done.
	opened, history string
}

func newSession(w *workspace.Workspace, o Options, person staff.Person) *Session {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.EraseTraces == nil {
		o.EraseTraces = func() error { return nil }
	}
	if o.Reread == nil {
		o.Reread = func(context.Context, []string) {}
	}
	if o.Changed == nil {
		o.Changed = func(*Session) {}
	}
	if o.Locked == nil {
		o.Locked = func() bool { return false }
	}
	s := &Session{workspace: w, options: o, number: sessions.Add(1), person: person}
	s.lifetime, s.cancel = context.WithCancelCause(context.Background())
	return s
}

// sessions counts those of this process.
var sessions atomic.Int64

// Number tells this session from all others of the process; a later one has a
// higher number. A nil session, which is nobody's, has 0.
func (s *Session) Number() int64 {
	if s == nil {
		return 0
	}
	return s.number
}

// View returns what the lists of the page showed when this person locked the
// window, as Presence.KeepView was told it; "" for nothing.
func (s *Session) View() string { return s.view }

// Lifetime returns a context that is cancelled when the session ends, with a
// cause that has the code Cancelled.
func (s *Session) Lifetime() context.Context { return s.lifetime }

// Authenticate returns the session of one command, for whoever has the email
// and the password, and adds to the audit trail that they signed in. It ends
// with the command. A short delay, such as while another command of the same
// person compares the password, is waited for.
//
// Errors: SignInRefused, and those of the store.
func Authenticate(ctx context.Context, w *workspace.Workspace, o Options, email, password string) (*Session, error) {
	person, err := w.Accounts.SignIn(ctx, email, password)
	for end := time.Now().Add(turnPatience); isShort(account.Delay(err)) && time.Now().Before(end); {
		select {
		case <-time.After(turnInterval):
			person, err = w.Accounts.SignIn(ctx, email, password)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err != nil {
		recordRefused(ctx, w, o, email, err)
		return nil, err
	}
	s := newSession(w, o, person)
	s.passwordGiven = true
	if err := s.record(ctx, staff.SignedIn, ""); err != nil {
		s.End()
		return nil, err
	}
	return s, nil
}

const (
	// shortDelay is the longest that a command waits for: that of three wrong
	// tries, as which a try counts until it was compared, or for good where the
	// command was killed. On a busy computer comparing takes seconds.
	shortDelay = 4 * time.Second
	// turnPatience is for several commands that start at the same time, each of
	// which tries again every turnInterval.
	turnPatience = 15 * time.Second
	turnInterval = 100 * time.Millisecond
)

func isShort(delay time.Duration) bool { return 0 < delay && delay <= shortDelay }

// Person returns a copy of who is signed in; after the end, of who was.
func (s *Session) Person() *staff.Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	person := s.person
	return &person
}

// Ended says that the session is over: the person has signed out, was
// deactivated, or the window was locked.
func (s *Session) Ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// End forgets what the session has of clients, and cancels its calls. It needs
// no store. Once it has ended, End does nothing: the names in memory are those of
// the next session.
func (s *Session) End() {
	s.mu.Lock()
	before := s.ended
	s.ended, s.listed, s.opened, s.history = true, nil, "", ""
	s.mu.Unlock()
	if before {
		return
	}
	s.workspace.Lock()
	s.cancel(errEnded)
}

var errEnded = profile.Refuse(profile.Cancelled, "The window was locked meanwhile. Unlock it, then try again.")

// Credentials returns what proves the person in another workspace that knows
// them with the same password, for Presence.SignInAgain. Those of a session that
// began with a PIN prove nobody.
//
// Errors: SignedOut, and those of the store.
func (s *Session) Credentials(ctx context.Context) (workspace.Credentials, error) {
	if err := s.Require(SignedIn); err != nil {
		return workspace.Credentials{}, err
	}
	if s.byPIN {
		return workspace.Credentials{}, nil
	}
	return s.workspace.Credentials(ctx, s.Person().ID)
}

// SetListed keeps a list that waits to be imported; nil: there is none.
func (s *Session) SetListed(list *syncer.Listed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.listed, s.begun = list, false
	}
}

// BeginImport says that the list no longer waits: it can be shown, and not be
// imported again.
func (s *Session) BeginImport() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = true
}

var errNoList = profile.Refuse(profile.NotFound, "There is no list any more. Choose Sync clients again.")

// Listed returns the list that waits to be imported, or NotFound.
func (s *Session) Listed() (*syncer.Listed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listed == nil || s.begun {
		return nil, errNoList
	}
	return s.listed, nil
}

// LastListed returns the list that waits to be imported, or was imported last,
// until somebody leaves it; or NotFound.
func (s *Session) LastListed() (*syncer.Listed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listed == nil {
		return nil, errNoList
	}
	return s.listed, nil
}

// confirmed returns nil if the person of this session still has what is needed,
// and own is their password: before what matters it is asked for once more, since
// somebody else may be at an open window. That it was wrong counts as a failed
// sign-in, and is in the audit trail. A command has asked for it already, and
// in the demo nobody has one.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of the store.
func (s *Session) confirmed(ctx context.Context, n Needs, e staff.Event, own string) error {
	if err := s.Require(n); err != nil {
		return err
	}
	if demo, _ := s.workspace.Demo(); demo {
		return nil
	}
	if err := s.requireNow(ctx, n); err != nil || s.passwordGiven {
		return err
	}
	if err := s.workspace.Accounts.Confirm(ctx, e.Person, own); err != nil {
		if account.Delayed(err) {
			return err
		}
		if auditErr := s.workspace.Failed(ctx, e, err); auditErr != nil {
			return auditErr
		}
		return err
	}
	return s.requireNow(ctx, n) // checking a password takes a while
}
