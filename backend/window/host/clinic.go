package host

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// Clinic is a workspace that is open in the window, with what runs on it and
// who is signed in.
type Clinic struct {
	Workspace  *workspace.Workspace
	Runner     *runner.Runner
	Background *runner.Background

	host       *Host
	presence   session.Presence
	generation atomic.Int64
	unreached  atomic.Value // the code of why the clinic's database was not reached when last asked; "" if it was

	hubProblem atomic.Value // hubEnd: why the last sending to VALD Hub did not end well

	mu      sync.Mutex
	changed *time.Timer // until the window is told that profiles changed; nil: they did not
}

// profilesInterval is how often the window is told that profiles changed.
const profilesInterval = 250 * time.Millisecond

// openClinic opens a workspace for the window. Its passes are not started yet.
func (h *Host) openClinic(ctx context.Context, openWorkspace func(context.Context, workspace.Options) (*workspace.Workspace, error)) (*Clinic, error) {
	c := &Clinic{host: h}
	options := h.options.Workspace
	options.OnWait = func(until time.Time) {
		if c.Runner != nil { // else the demo is being connected
			c.Runner.WaitUntil(until)
		}
	}
	options.OnChange, options.OnDemo = c.profilesChanged, h.options.Observer.DemoMade
	options.OnNotice = func(n syncer.Notice) {
		h.options.Log.Warn().Str("notice", string(n)).Msg("a pass recovered")
	}
	options.OnService = func(err error) { logging.Failure(h.options.Log, "change the service's copy of the keys", err) }
	options.OnUnsaved = func(err error) { logging.Failure(h.options.Log, "save that something was done", err) }
	var err error
	if c.Workspace, err = openWorkspace(ctx, options); err != nil {
		return nil, err
	}
	observer := runner.Observer{StatusChanged: c.TellStatus, StateChanged: c.TellState, ProfilesChanged: c.profilesChanged}
	c.Runner = runner.New(ctx, runner.Of(c.Workspace, h.options.Clock), observer, h.options.Log)
	c.Background = runner.NewBackground(c.Runner, c.online)
	c.sendToHub()
	return c, nil
}

// close stops what runs, as a kill would, and closes the workspace.
func (c *Clinic) close() error {
	c.Background.Pause(syncer.ErrClosing)
	c.mu.Lock()
	if c.changed != nil {
		c.changed.Stop()
	}
	c.mu.Unlock()
	return c.Workspace.Close()
}

// reachChanged says whether the database of a shared clinic was reached no more, or
// again, since it was last asked.
func (c *Clinic) reachChanged() bool {
	var code profile.Code
	if _, status := c.Workspace.Shared(); status.Problem != nil {
		code = profile.CodeOf(status.Problem)
	}
	before := c.unreached.Swap(code)
	return before != nil && before != code
}

// Generation returns the number of what the window shows of this clinic:
// another one after each change of clinics, and once its data was erased.
func (c *Clinic) Generation() int64 { return c.generation.Load() }

// NextGeneration gives what is shown of the clinic from now on another number.
func (c *Clinic) NextGeneration() { c.generation.Store(c.host.generations.Add(1)) }

// Time is Cliniko's time, as far as it is known: what is shown and counted is
// of the clinic, whatever this computer believes the date to be.
func (c *Clinic) Time(ctx context.Context) time.Time {
	return c.Workspace.ClinicTime(ctx, c.host.options.Clock())
}

// online says whether there is a network. The demo clinic, on this computer
// itself, needs none.
func (c *Clinic) online() bool {
	demo, _ := c.Workspace.Demo()
	return demo || c.host.options.Online()
}

// Session returns that of whoever is signed in, or nil.
func (c *Clinic) Session() *session.Session { return c.presence.Session() }

// Locked returns who locked the window and comes back with the password alone,
// or nil.
func (c *Clinic) Locked() *staff.Person { return c.presence.Locked() }

// KeepView keeps what the page shows in its lists for whoever has locked the
// window: see session.Presence.KeepView.
func (c *Clinic) KeepView(view string) { c.presence.KeepView(view) }

// LeftToOther says that whoever locked the window has left it for somebody else.
func (c *Clinic) LeftToOther() bool { return c.presence.LeftToOther() }

// Lock ends the session of whoever is signed in; the password alone opens it
// again. Syncing continues. In the demo, where there is no password to come
// back with and nobody real, it does nothing. locked says whether it did. The
// page is told first; nothing that is done then can fail.
func (c *Clinic) Lock() (locked bool) {
	if demo, _ := c.Workspace.Demo(); demo {
		return false
	}
	c.host.locks.Add(1)
	c.tellLocking()
	c.presence.Lock()
	go debug.FreeOSMemory()
	return true
}

// SignOut ends the session of whoever is signed in.
func (c *Clinic) SignOut() {
	c.presence.SignOut()
	go debug.FreeOSMemory() // or the names would lie in memory until the next collection
}

// tellLocking tells the page which session ends.
func (c *Clinic) tellLocking() {
	if current := c.presence.Session(); current != nil && c.shown() {
		c.host.options.Observer.Locking(current.Number())
	}
}

func (c *Clinic) sessionOptions() session.Options {
	return session.Options{Clock: c.host.options.Clock, EraseTraces: c.host.eraseTraces, Reread: c.reread, Changed: c.personChanged}
}

// personChanged shows the page who is signed in now: with other permissions than
// before, or nobody.
func (c *Clinic) personChanged(s *session.Session) {
	if s.Ended() {
		if c.shown() {
			c.host.options.Observer.Locking(s.Number())
		}
		go debug.FreeOSMemory()
	}
	c.TellState(context.Background())
}

// ReadClient reads one client from Cliniko, stores it and shows it. With follow
// it follows a merge to the survivor, and its request precedes those of a pass.
func (c *Clinic) ReadClient(ctx context.Context, id profile.ID, follow bool) (profile.Entry, error) {
	engine, err := c.Workspace.Engine(ctx)
	if err != nil {
		return profile.Entry{}, err
	}
	read := engine.One
	if follow {
		read = engine.Open
	}
	entry, err := read(ctx, id)
	if err != nil {
		return profile.Entry{}, err
	}
	c.Background.Reached()
	c.TellState(ctx)
	return entry, nil
}

// reread has clients read again whose rows cannot be decrypted, and does not
// wait for that. The runner logs how it ended.
func (c *Clinic) reread(ctx context.Context, broken []string) {
	go func() { _ = c.Runner.Mend(context.WithoutCancel(ctx), broken) }()
}

// shown says that the window shows this clinic.
func (c *Clinic) shown() bool { return c.host.shown.Load() == c }

// TellStatus tells the window how the sync is, if it shows this clinic.
func (c *Clinic) TellStatus(ctx context.Context) {
	if c.shown() {
		c.host.options.Observer.StatusChanged(ctx, c)
	}
}

// TellState tells the window what changed, if it shows this clinic.
func (c *Clinic) TellState(ctx context.Context) {
	if c.shown() {
		c.host.options.Observer.StateChanged(ctx, c)
	}
}

// profilesChanged tells the window soon, once for many changes.
func (c *Clinic) profilesChanged() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed == nil {
		c.changed = time.AfterFunc(profilesInterval, func() {
			c.mu.Lock()
			c.changed = nil
			c.mu.Unlock()
			if c.shown() {
				c.host.options.Observer.ProfilesChanged()
			}
		})
	}
}
