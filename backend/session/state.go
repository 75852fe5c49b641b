package session

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// State says who is at the window: nobody, somebody who locked it and comes back
// with the password alone, or somebody who is signed in. Locking needs neither
// the store nor the network. The zero value is nobody.
type State struct {
	signingIn sync.Mutex // one at a time; locking does not wait for it

	mu      sync.Mutex
	current *Session // nil: nobody, or locked
	locked  *staff.Person
}

// Session returns the session of whoever is signed in, or nil.
func (s *State) Session() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.Ended() {
		return nil
	}
	return s.current
}

// Locked returns who locked the window, or nil.
func (s *State) Locked() *staff.Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.locked
}

// Lock ends the session, if there is one.
func (s *State) Lock() {
	if current := s.Session(); current != nil {
		s.leave(current.Person())
	}
}

// SignOut ends the session, if there is one, and forgets who locked the window.
func (s *State) SignOut() { s.leave(nil) }

// leave ends the session. locked is who may come back with the password alone.
func (s *State) leave(locked *staff.Person) {
	s.mu.Lock()
	ended := s.current
	s.current, s.locked = nil, locked
	s.mu.Unlock()
	if ended != nil {
		ended.End()
	}
}

// SignIn begins the session of whoever has the email and the password, and reads
// the profiles into memory.
//
// Errors: SignInRefused, and those of the store.
func (s *State) SignIn(ctx context.Context, w *workspace.Workspace, o Options, email, password string) error {
	person, err := w.Accounts.SignIn(ctx, email, password)
	if err != nil {
		return err
	}
	return s.begin(ctx, newSession(w, o, person))
}

// SignUp makes the first person, who gets every permission, and begins their
// session. It fails once there is anybody.
func (s *State) SignUp(ctx context.Context, w *workspace.Workspace, o Options, name, email, password string) error {
	person, err := AddFirst(ctx, w, o, name, email, password)
	if err != nil {
		return err
	}
	return s.begin(ctx, newSession(w, o, person))
}

// SignInAgain begins the session of the person with the very same credentials in
// this workspace. Where there is none, nobody is signed in.
func (s *State) SignInAgain(ctx context.Context, w *workspace.Workspace, o Options, known workspace.Credentials) error {
	person, err := w.Recognise(ctx, known)
	if profile.CodeOf(err) == profile.SignedOut {
		return nil
	}
	if err != nil {
		return err
	}
	person.PasswordHash = ""
	return s.begin(ctx, newSession(w, o, person))
}

// SignInToDemo begins the session of the demo's only person.
func (s *State) SignInToDemo(ctx context.Context, w *workspace.Workspace, o Options) error {
	return s.enter(ctx, newSession(w, o, DemoPerson()), func() error { return nil })
}

// DemoPerson is who works in the demo.
func DemoPerson() staff.Person {
	return staff.Person{ID: "demo", Name: "Demo Practitioner", Email: "demo@example.com", Permissions: staff.AllPermissions}
}

// begin is enter for a person whom the audit trail has.
func (s *State) begin(ctx context.Context, next *Session) error {
	return s.enter(ctx, next, func() error { return next.record(ctx, staff.SignedIn, "") })
}

// enter reads the profiles into memory, adds to the audit trail and makes next
// the session.
func (s *State) enter(ctx context.Context, next *Session, audit func() error) error {
	s.signingIn.Lock()
	defer s.signingIn.Unlock()
	if before := s.Session(); before != nil {
		s.leave(before.Person())
	}
	broken, err := next.workspace.Unlock(ctx)
	if len(broken) > 0 {
		next.options.Mend(ctx, broken)
	}
	if err == nil {
		err = audit()
	}
	if err != nil {
		next.End()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.locked = next, nil
	return nil
}
