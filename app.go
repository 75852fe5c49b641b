package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/launch"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/screenlock"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/uptime"
	"telehab.io/desktop/backend/workspace"
)

// App is what the window may call. Its methods are thin: each names the
// permission it needs, calls one part and translates what comes back. Errors
// reach the window as an ErrorView.
type App struct {
	options workspace.Options
	version string
	demo    bool // start on the demo clinic
	log     zerolog.Logger
	system  system
	links   *links

	registration deeplink.Registration // of our links with the operating system
	openTest     func(context.Context, deeplink.Link) error
	openAddress  func(context.Context, string) error // in the person's browser
	network      func() bool                         // there is a network at all
	clock        func() time.Time                    // this computer's, which may be wrong
	uptime       func() time.Duration                // since the computer started
	screenLocked func() bool                         // the system's own lock is on
	eraseLogs    func() error
	copied       copied
	painted      sync.Once
	statuses     atomic.Int64 // how many the window was told

	mu     sync.Mutex
	closed bool
	real   *desk // nil until it could be opened
	// Changed under the lock, and read without: a pass that ends must not wait for
	// whoever waits for its end.
	shown atomic.Pointer[desk] // real, or the demo
	// generations counts whose data the window has shown: see show.
	generations atomic.Int64
}

// system is what the window's toolkit does for the app.
type system interface {
	Emit(event string, data any)
	CopyText(text string) error
	// CopyPrivately is CopyText for a client's detail: the system is asked not to
	// remember it.
	CopyPrivately(text string) error
	CopiedText() (string, error)
	// Show brings the window to the front.
	Show()
	// Painted takes the colours that the page has.
	Painted(dark bool)
	// AskWhereToSave returns "" when the person cancels.
	AskWhereToSave(title, name string) (string, error)
}

// The events that the window listens to.
const (
	eventSync     = "sync"     // SyncStatus
	eventProfiles = "profiles" // nothing; something in the list changed
	eventState    = "state"    // AppState
	eventLink     = "link"     // nothing; a link waits for TakeLink
	eventCommand  = "command"  // the name of one of the menu's commands
)

// NewApp returns the app. It opens nothing before the window first asks, since
// on Linux a second process gets that far before it learns that it is second.
func NewApp(options workspace.Options, demo bool, log zerolog.Logger, system system, registration deeplink.Registration) *App {
	a := &App{registration: registration, openTest: deeplink.OpenTest, openAddress: launch.Address, options: options, version: options.Version, demo: demo, log: log, system: system, links: newLinks(),
		network: runner.Online, clock: time.Now, uptime: uptime.Now, screenLocked: screenlock.On, eraseLogs: func() error { return nil }}
	if options.ClinikoURL != "" {
		a.network = func() bool { return true } // it is on this computer
	}
	return a
}

// shutdown stops what runs and closes the workspaces. A pass that is cut off
// goes on at the next start.
func (a *App) shutdown() {
	a.clearCopied()
	a.mu.Lock()
	a.closed = true
	open := slices.Compact([]*desk{a.shown.Swap(nil), a.real})
	a.real = nil
	a.mu.Unlock()
	for _, d := range open {
		a.close(d)
	}
}

// close ends the work on a desk, or on none. The caller does not hold the lock.
func (a *App) close(d *desk) {
	if d == nil {
		return
	}
	if err := d.close(); err != nil {
		logging.Failure(a.log, "close the workspace", err)
	}
}

// desk returns the workspace that the window works on, and opens it at first.
func (a *App) desk(ctx context.Context) (*desk, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, profile.Refuse(profile.Cancelled, "TeleHab is closing. Start it again.")
	}
	if d := a.shown.Load(); d != nil {
		return d, nil
	}
	if a.demo {
		d, err := a.openDesk(ctx, workspace.OpenDemo)
		if err != nil {
			return nil, err
		}
		d.person = demoPerson()
		a.show(d)
		d.background.Start()
		return d, d.unlock(ctx)
	}
	if a.real == nil {
		d, err := a.openDesk(ctx, workspace.OpenCurrent)
		if err != nil {
			return nil, err
		}
		a.real = d
		d.background.Start()
	}
	a.show(a.real)
	return a.real, nil
}

// show puts the window to work on a desk. What the page is told from now on
// bears a new number, so that it can tell the data of two clinics apart: it drops
// what it holds of an earlier number, and what still comes with one.
func (a *App) show(d *desk) {
	d.renew()
	a.shown.Store(d)
}

// renew gives what a desk has from now on a number of its own.
func (d *desk) renew() { d.generation.Store(d.app.generations.Add(1)) }

func (a *App) openDesk(ctx context.Context, open func(context.Context, workspace.Options) (*workspace.Workspace, error)) (*desk, error) {
	d := &desk{app: a}
	options := a.options
	options.OnWait = func(until time.Time) {
		if d.runner != nil { // else the demo is being connected
			d.runner.WaitUntil(until)
		}
	}
	options.OnChange = d.profilesChanged
	options.OnNotice = func(n syncer.Notice) { a.log.Warn().Str("notice", string(n)).Msg("a pass coped with this") }
	var err error
	if d.w, err = open(ctx, options); err != nil {
		return nil, err
	}
	observer := runner.Observer{StatusChanged: d.tellSync, ProfilesChanged: d.profilesChanged,
		StateChanged: func(ctx context.Context) { a.tellState(ctx, d) }}
	d.runner = runner.New(ctx, runner.Of(d.w, func() time.Time { return a.clock() }), observer, a.log)
	d.background = runner.NewBackground(d.runner, d.online)
	return d, nil
}

// open opens the workspace while the window is made. What goes wrong is told when
// the window asks.
func (a *App) open(ctx context.Context) { _, _ = a.desk(ctx) }

// call runs one method of the window: it checks who asks (see permissions), turns a panic into an
// error (Wails would leave the window waiting for ever), and logs what failed.
func call[T any](a *App, method string, do func(context.Context, *desk) (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug: %v", r)
		}
		if err != nil && !logging.Expected(err) {
			logging.Failure(a.log, method, err)
		}
	}()
	ctx := context.Background()
	d, err := a.desk(ctx)
	if err != nil {
		return result, err
	}
	if err := d.allows(method); err != nil {
		return result, err
	}
	return do(ctx, d)
}

// formatError makes the ErrorView that a rejected promise carries. Wails puts
// what it is given into the text of a JavaScript error, so it travels as JSON.
func formatError(err error) any {
	text, marshalErr := json.Marshal(errorView(err))
	if marshalErr != nil {
		return string(profile.CodeOf(err)) // cannot happen: the view is text alone
	}
	return string(text)
}

func errorView(err error) ErrorView {
	view := ErrorView{Code: string(profile.CodeOf(err)), Message: profile.MessageOf(err)}
	var coded *profile.Error
	if errors.As(err, &coded) {
		view.Until = instant(coded.Until)
	}
	return view
}

// instant writes a time for the window.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
