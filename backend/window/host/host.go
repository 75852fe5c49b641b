// Package host opens the clinic that the window shows, and is the only way from
// a call of the window to it: who may make the call, in whose session it runs,
// and that what failed is logged.
package host

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// Options are what a Host is made of.
type Options struct {
	Workspace workspace.Options // of all clinics of this computer
	Demo      bool              // start on the demo clinic
	Log       zerolog.Logger
	Observer  Observer
	Clock     func() time.Time // this computer's, which may be wrong
	Online    func() bool      // there is a network at all
	EraseLogs func() error
}

// Observer is told what changed of the clinic that the window shows. It is
// called from several goroutines.
type Observer interface {
	Locking(session int64)                        // is about to end, and nobody is to be shown any more
	StatusChanged(ctx context.Context, c *Clinic) // of the sync, about ten times a second at most
	StateChanged(ctx context.Context, c *Clinic)
	ProfilesChanged()
	DemoMade(done, all int) // which is shown once it is made
	HubSending(p workspace.HubProgress)
	HubSent() // as far as it could
}

// Host has the clinic that the window shows: one of this computer, or the demo.
// It opens nothing before the first call, since on Linux a second process gets
// that far before it learns that it is second.
type Host struct {
	options Options
	// closing ends what opens a clinic while the window is closed: the demo takes
	// seconds to be made.
	closing context.Context
	close   context.CancelCauseFunc

	mu     sync.Mutex
	closed bool
	// Changed under the lock, and read without: neither a pass that ends nor the
	// lock of the window may wait for a clinic that is being opened or closed.
	real  atomic.Pointer[Clinic] // nil until it could be opened
	shown atomic.Pointer[Clinic] // real, or the demo
	demo  atomic.Bool            // while none is shown, the demo is what is opened
	// generations counts whose data the window has shown: see show.
	generations atomic.Int64
	// locks counts how often the window was locked, also while no clinic was
	// open and nobody signed in.
	locks atomic.Int64
}

// New returns a host that has opened nothing yet.
func New(o Options) *Host {
	h := &Host{options: o}
	h.closing, h.close = context.WithCancelCause(context.Background())
	h.demo.Store(o.Demo)
	return h
}

// Shown returns the clinic that the window shows, or nil.
func (h *Host) Shown() *Clinic { return h.shown.Load() }

// InDemo says that the window shows the demo, or would if it could be opened.
func (h *Host) InDemo() bool { return h.isDemo(h.Shown()) }

// isDemo says that this clinic is the demo. Nil is the one that could not be
// opened.
func (h *Host) isDemo(c *Clinic) bool {
	if c == nil {
		return h.demo.Load()
	}
	demo, _ := c.Workspace.Demo()
	return demo
}

// Opened returns the clinics that are open: the one that is shown, and one that
// waits behind the demo.
func (h *Host) Opened() []*Clinic {
	open := slices.Compact([]*Clinic{h.shown.Load(), h.real.Load()})
	return slices.DeleteFunc(open, func(c *Clinic) bool { return c == nil })
}

// LockAll locks every clinic that is open, and lets nobody in whose sign-in, or
// change of clinics, is under way: the page that asked for it is no more.
func (h *Host) LockAll() {
	h.locks.Add(1)
	for _, c := range h.Opened() {
		c.Lock()
	}
}

// Generation returns the number of what the window has shown last.
func (h *Host) Generation() int64 { return h.generations.Load() }

// Access returns what the window's services are given of the host.
func (h *Host) Access() Access { return Access{h} }

// Close stops what runs and closes what is open. A pass that is cut off resumes
// at the next start, and a demo that was not ready is made anew.
func (h *Host) Close() {
	h.close(syncer.ErrClosing)
	h.mu.Lock()
	h.closed = true
	open := slices.Compact([]*Clinic{h.shown.Swap(nil), h.real.Swap(nil)})
	h.mu.Unlock()
	for _, c := range open {
		h.closeClinic(c)
	}
}

// closeClinic ends the work on a clinic, or on none. The caller does not hold
// the lock.
func (h *Host) closeClinic(c *Clinic) {
	if c == nil {
		return
	}
	if err := c.close(); err != nil {
		logging.Failure(h.options.Log, "close the workspace", err)
	}
}

// Open returns the clinic that the window shows, and opens it at first.
func (h *Host) Open(ctx context.Context) (*Clinic, error) {
	if c := h.shown.Load(); c != nil {
		return c, nil // it waits for no clinic that is being opened
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosing
	}
	if c := h.shown.Load(); c != nil {
		return c, nil
	}
	if h.demo.Load() {
		return h.openDemo(ctx)
	}
	if h.real.Load() == nil {
		c, err := h.openClinic(ctx, workspace.OpenCurrent)
		if err != nil {
			return nil, err
		}
		h.real.Store(c)
		c.Background.Start()
	}
	c := h.real.Load()
	h.show(c)
	return c, nil
}

// openDemo opens the simulated clinic, with its only person signed in. The
// caller holds the lock.
func (h *Host) openDemo(ctx context.Context) (*Clinic, error) {
	c, err := h.openClinic(ctx, h.demoWorkspace)
	if h.closing.Err() != nil && err != nil {
		return nil, errClosing
	}
	if err != nil {
		return nil, err
	}
	if err := c.presence.SignInToDemo(ctx, c.Workspace, c.sessionOptions()); err != nil {
		return nil, errors.Join(err, c.close())
	}
	h.show(c)
	c.Background.Start()
	return c, nil
}

var errClosing = profile.Refuse(profile.Cancelled, "TeleHab is closing. Start it again.")

// demoWorkspace is session.OpenDemo until the window is closed.
func (h *Host) demoWorkspace(ctx context.Context, o workspace.Options) (*workspace.Workspace, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(h.closing, func() { cancel(context.Cause(h.closing)) })()
	return session.OpenDemo(ctx, o)
}

// show puts the window to work on a clinic. What the page is told from now on
// has a new number, so that it can tell the data of two clinics apart: it
// drops what it holds of an earlier number, and what still comes with one.
func (h *Host) show(c *Clinic) {
	c.NextGeneration()
	h.shown.Store(c)
}

// drop closes a clinic and forgets it: the next call opens the one that is
// used. It returns the session that this ended; nil if nobody was signed in.
func (h *Host) drop(c *Clinic) *session.Session {
	if c == nil {
		return nil
	}
	ended := c.presence.SignOut()
	h.mu.Lock()
	h.shown.CompareAndSwap(c, nil)
	h.real.CompareAndSwap(c, nil)
	h.mu.Unlock()
	h.closeClinic(c)
	return ended
}

// DropReplaced closes every clinic whose store is not the one any more that it
// has open: another program has erased it, or put another in its place. The next
// call opens what is there now. It says whether there was one.
func (h *Host) DropReplaced(ctx context.Context) (dropped bool) {
	for _, c := range h.Opened() {
		if c.Workspace.Replaced(ctx) {
			h.dropReplaced(c)
			dropped = true
		}
	}
	return dropped
}

// RenewPeople reads anew who is signed in or has locked the window, whom another
// program may have changed or deactivated. Where they cannot be read, whoever
// reads the store next is told why.
func (h *Host) RenewPeople(ctx context.Context) {
	for _, c := range h.Opened() {
		if changed, err := c.presence.Renew(ctx, c.Workspace); err == nil && changed {
			c.TellState(ctx)
		}
	}
}

// TellReached tells the page of each open clinic whose database was reached no more,
// or again, since the last time.
func (h *Host) TellReached(ctx context.Context) {
	for _, c := range h.Opened() {
		if c.reachChanged() {
			c.TellState(ctx)
		}
	}
}

func (h *Host) dropReplaced(c *Clinic) {
	c.tellLocking()
	h.drop(c)
	h.options.Log.Warn().Msg("the store was replaced, so it was closed")
}

// eraseTraces erases what the program has written about clients: its log now,
// the web view's files at the next start.
func (h *Host) eraseTraces() error {
	return errors.Join(h.options.EraseLogs(), webview.Mark(h.options.Workspace.DataDir()))
}
