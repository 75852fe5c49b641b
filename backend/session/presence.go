package session

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// Presence says who is at the window: nobody, somebody who locked it and comes
// back with the password or the PIN alone, or somebody who is signed in. Locking needs
// neither the store nor the network. The zero value is nobody.
type Presence struct {
	signingIn sync.Mutex // one at a time; locking does not wait for it

	mu      sync.Mutex
	current *Session // nil: nobody, or locked
	locked  *staff.Person
	offered []staff.Person // who might sign in when Renew looked last; nil: it has not since somebody was here
	view    string         // what whoever locked the window comes back to
	other   bool           // whoever locked the window has left it to somebody else
}

// Session returns the session of whoever is signed in, or nil.
func (p *Presence) Session() *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil && p.current.Ended() {
		return nil
	}
	return p.current
}

// Locked returns who locked the window, or nil.
func (p *Presence) Locked() *staff.Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.locked
}

// KeepView keeps what the page of a locked window says that its lists showed, for
// whoever comes back: see Session.View. Nobody else gets it.
func (p *Presence) KeepView(view string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil && p.locked != nil && len(view) <= maxView {
		p.view = view
	}
}

// maxView is more than the page ever says: what is longer is none of its.
const maxView = 8 << 10

// LeftToOther says that whoever locked the window has left it for somebody else
// to sign in, who has not yet.
func (p *Presence) LeftToOther() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.other
}

// Lock ends the session, if there is one.
func (p *Presence) Lock() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil {
		return
	}
	if !p.current.Ended() {
		p.locked = p.current.Person()
	}
	p.endCurrent()
}

// SignOut ends the session, and forgets who locked the window. It returns the
// session that it ended; nil if nobody was signed in.
func (p *Presence) SignOut() *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.other = p.other || p.locked != nil
	p.locked, p.view = nil, ""
	return p.endCurrent()
}

// endCurrent ends the session, if there is one that has not ended by itself.
// The caller holds the lock, so that no other session begins in between.
func (p *Presence) endCurrent() *Session {
	ended := p.current
	p.current = nil
	if ended == nil || ended.Ended() {
		return nil
	}
	ended.End()
	return ended
}

// SignIn begins the session of whoever has the email and the password, and
// reads the profiles into memory.
//
// Errors: SignInRefused, SignedOut where the window was locked meanwhile, and
// those of the store.
func (p *Presence) SignIn(ctx context.Context, w *workspace.Workspace, o Options, email, password string) error {
	person, err := w.Accounts.SignIn(ctx, email, password)
	if err != nil {
		recordRefused(ctx, w, o, email, err)
		return err
	}
	return p.startRecorded(ctx, newSession(w, o, person))
}

// SignInAs is SignIn for the person with the id: whoever was chosen from those
// who may sign in, or has locked the window.
//
// Errors: as SignIn.
func (p *Presence) SignInAs(ctx context.Context, w *workspace.Workspace, o Options, id, password string) error {
	person, err := w.Accounts.SignInAs(ctx, id, password)
	if err != nil {
		recordRefusedAs(ctx, w, o, id, err)
		return err
	}
	return p.startRecorded(ctx, newSession(w, o, person))
}

// SignInWithPIN is SignInAs with the person's PIN on this computer.
//
// Errors: as SignIn; account.NeedsPassword tells where no PIN was compared.
func (p *Presence) SignInWithPIN(ctx context.Context, w *workspace.Workspace, o Options, id, pin string) error {
	person, err := w.Accounts.SignInWithPIN(ctx, id, pin)
	if err != nil {
		recordWrongPIN(ctx, w, o, id, err)
		return err
	}
	next := newSession(w, o, person)
	next.byPIN = true
	return p.startRecorded(ctx, next)
}

// SignUp makes the first person, who gets every permission, and begins their
// session. It fails once there is anybody.
//
// Errors: NotPermitted, Invalid, SignedOut where the window was locked
// meanwhile, and those of the store.
func (p *Presence) SignUp(ctx context.Context, w *workspace.Workspace, o Options, name, email, password string) error {
	person, err := AddFirst(ctx, w, o, name, email, password)
	if err != nil {
		return err
	}
	return p.startRecorded(ctx, newSession(w, o, person))
}

// SignInAgain begins the session of the person with the very same credentials
// in this workspace. Where there is none, nobody is signed in.
//
// Errors: SignedOut where the window was locked meanwhile, and those of the
// store.
func (p *Presence) SignInAgain(ctx context.Context, w *workspace.Workspace, o Options, known workspace.Credentials) error {
	person, err := w.Recognise(ctx, known)
	if profile.CodeOf(err) == profile.SignedOut {
		return nil
	}
	if err != nil {
		return err
	}
	return p.startRecorded(ctx, newSession(w, o, person))
}

// SignInToDemo begins the session of the demo's only person, who has no
// password.
//
// Errors: NotPermitted on a workspace that is not the demo's, and those of the
// store.
func (p *Presence) SignInToDemo(ctx context.Context, w *workspace.Workspace, o Options) error {
	if demo, _ := w.Demo(); !demo {
		return errNoAccess
	}
	return p.start(ctx, newSession(w, o, DemoPerson()), func() error { return nil })
}

// DemoPerson is who works in the demo.
func DemoPerson() staff.Person {
	return staff.Person{ID: "demo", Name: "Demo Practitioner", Email: "demo@example.com", Permissions: staff.AllPermissions}
}

// startRecorded is start for a person whom the audit trail has.
func (p *Presence) startRecorded(ctx context.Context, next *Session) error {
	return p.start(ctx, next, func() error { return next.record(ctx, staff.SignedIn, "") })
}

// start reads the profiles into memory, adds to the audit trail and makes next
// the session. It fails with SignedOut where the window was locked meanwhile.
func (p *Presence) start(ctx context.Context, next *Session, audit func() error) error {
	p.signingIn.Lock()
	defer p.signingIn.Unlock()
	p.Lock() // whoever was signed in before
	broken, err := next.workspace.Unlock(ctx)
	if len(broken) > 0 {
		next.options.Reread(ctx, broken)
	}
	if err == nil {
		err = audit()
	}
	if err != nil {
		next.End()
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if next.options.Locked() { // by whoever found nobody to lock out
		next.End()
		return errLockedMeanwhile
	}
	if p.locked != nil && p.locked.ID == next.person.ID {
		next.view = p.view
	}
	p.current, p.locked, p.offered, p.view, p.other = next, nil, nil, "", false
	return nil
}

var errLockedMeanwhile = profile.Refuse(profile.SignedOut, "The window was locked meanwhile. Sign in again.")
