package host

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
)

// Access is all that a service of the window has of the host: what the window
// calls reaches a clinic through Do or DoWithoutClinic, and in no other way.
type Access struct{ host *Host }

// Call is one call of the window: on the clinic that it shows, in the session
// of whoever was signed in when it began.
type Call struct {
	Clinic  *Clinic          // never nil in Do
	Session *session.Session // nil: nobody is signed in

	host           *Host
	locks          int64       // of the host, when it began
	answerAfterEnd bool        // it may end its own session, and is answered all the same
	detach         func() bool // keeps the end of its session from cancelling it; nil if that does not anyway
	undo           func()      // what is done where the answer is dropped; nil for nothing
}

// Do runs one call of the window for whoever has what it needs. Where its
// session ends meanwhile, by the lock or because somebody signed out, its context
// is cancelled, and what it would have answered is dropped: somebody else may be
// at the window. A panic becomes an error, since Wails would leave the window
// waiting indefinitely. What failed is logged under the method's name.
//
// Errors: SignedOut, NotPermitted, those of opening the workspace, and those of
// do.
func Do[T any](a Access, needs session.Needs, do func(context.Context, *Call) (T, error)) (T, error) {
	locks := a.host.locks.Load()
	return run(a.host, func(ctx context.Context) (none T, err error) {
		clinic, err := a.host.Open(ctx)
		if err != nil {
			return none, err
		}
		call := &Call{Clinic: clinic, Session: clinic.Session(), host: a.host, locks: locks}
		if err := call.Session.Require(needs); err != nil {
			return none, err
		}
		ctx, release := call.within(ctx, needs)
		defer release()
		result, err := do(ctx, call)
		if needs.Nobody() || call.answerAfterEnd || !call.Session.Ended() {
			return result, err
		}
		a.host.logFailure(err)
		if call.undo != nil {
			call.undo()
		}
		return none, profile.Refuse(profile.SignedOut, "The window was locked meanwhile, so the answer is not shown. Unlock it and look whether it was done.")
	})
}

// DoWithoutClinic is Do for what anybody may, and what works even where the
// clinic cannot be opened: it opens none. The call has the clinic that is
// shown, or nil.
func DoWithoutClinic[T any](a Access, do func(context.Context, *Call) (T, error)) (T, error) {
	locks := a.host.locks.Load()
	return run(a.host, func(ctx context.Context) (T, error) {
		call := &Call{Clinic: a.host.Shown(), host: a.host, locks: locks}
		if call.Clinic != nil {
			call.Session = call.Clinic.Session()
		}
		return do(ctx, call)
	})
}

// within returns the context of the call, which ends with its session. What
// anybody may call is nobody's, and continues.
func (c *Call) within(ctx context.Context, needs session.Needs) (context.Context, func()) {
	if needs.Nobody() {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	lifetime := c.Session.Lifetime()
	c.detach = context.AfterFunc(lifetime, func() { cancel(context.Cause(lifetime)) })
	return ctx, func() {
		c.detach()
		cancel(nil)
	}
}

func run[T any](h *Host, do func(context.Context) (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a call of the window: %v", r)
		}
		h.logFailure(err)
	}()
	return do(context.Background())
}

// logFailure logs what failed under the name of the method that is being
// called.
func (h *Host) logFailure(err error) {
	if err != nil && !logging.Expected(err) {
		logging.Failure(h.options.Log, caller(), err)
	}
}

// caller returns the method of the window that is being called, as
// "Profiles.Find": the outermost one on the stack.
func caller() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	name := "a call of the window"
	for {
		frame, more := frames.Next()
		if method, ok := methodOf(frame.Function); ok {
			name = method
		}
		if !more {
			return name
		}
	}
}

// methodOf reads "….window.(*Profiles).Find.func1".
func methodOf(function string) (string, bool) {
	_, rest, ok := strings.Cut(function, "/window.(*")
	if !ok {
		return "", false
	}
	service, rest, ok := strings.Cut(rest, ").")
	method, _, _ := strings.Cut(rest, ".")
	return service + "." + method, ok
}

// IfDropped has undo called where the answer is dropped, because the session
// has ended meanwhile.
func (c *Call) IfDropped(undo func()) { c.undo = undo }

// SignUp makes the first person and signs them in: see Presence.SignUp.
func (c *Call) SignUp(ctx context.Context, name, email, password string) error {
	return c.Clinic.presence.SignUp(ctx, c.Clinic.Workspace, c.sessionOptions(c.Clinic), name, email, password)
}

// SignIn signs a person in: see Presence.SignIn.
func (c *Call) SignIn(ctx context.Context, email, password string) error {
	return c.Clinic.presence.SignIn(ctx, c.Clinic.Workspace, c.sessionOptions(c.Clinic), email, password)
}

// SignInAs signs the person with the id in: see Presence.SignInAs.
func (c *Call) SignInAs(ctx context.Context, id, password string) error {
	return c.Clinic.presence.SignInAs(ctx, c.Clinic.Workspace, c.sessionOptions(c.Clinic), id, password)
}

// SignInWithPIN signs the person with the id in: see Presence.SignInWithPIN.
func (c *Call) SignInWithPIN(ctx context.Context, id, pin string) error {
	return c.Clinic.presence.SignInWithPIN(ctx, c.Clinic.Workspace, c.sessionOptions(c.Clinic), id, pin)
}

// sessionOptions are those of a session that this call begins: the window may
// be locked while it does, when there is no session to end yet.
func (c *Call) sessionOptions(clinic *Clinic) session.Options {
	o := clinic.sessionOptions()
	o.Locked = func() bool { return c.host.locks.Load() != c.locks }
	return o
}

// Lock locks the window, except in the demo.
func (c *Call) Lock() {
	c.KeepAnswer()
	c.Clinic.Lock()
}

// SignOut ends the session.
func (c *Call) SignOut() {
	c.KeepAnswer()
	c.Clinic.SignOut()
}

// KeepAnswer has the call finished and answered though it ends its own session:
// somebody who deactivates themselves is told.
func (c *Call) KeepAnswer() {
	c.answerAfterEnd = true
	if c.detach != nil {
		c.detach()
	}
}
