package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// desk is a workspace as the window uses it: who is signed in, what was listed,
// and the pass that runs.
type desk struct {
	app *App
	w   *workspace.Workspace

	mu       sync.Mutex
	person   *profile.Person
	list     *syncer.Listed
	phase    string
	progress syncer.Progress
	waiting  time.Time
	problem  error // why the last pass did not end well
	cancel   context.CancelCauseFunc
	done     chan struct{} // of the pass that runs
	changed  *time.Timer   // the next word to the window about profiles
}

// The phases that are not the engine's.
const (
	phaseIdle   = "idle"
	phaseListed = "listed"
)

// profilesEvery is how often the window is told that profiles changed.
const profilesEvery = 250 * time.Millisecond

var errCancelledByPerson = profile.Errorf(profile.Cancelled, "It was cancelled. What was already saved stays saved, and the next sync goes on from there.")

func newDesk(app *App) *desk {
	return &desk{app: app, phase: phaseIdle, progress: syncer.Progress{Left: -1}}
}

// close stops the pass that runs, as a kill would, and closes the workspace.
func (d *desk) close() error {
	d.stop(syncer.ErrClosing)
	d.mu.Lock()
	if d.changed != nil {
		d.changed.Stop()
	}
	d.mu.Unlock()
	return d.w.Close()
}

// stop cancels the pass that runs and waits for its end.
func (d *desk) stop(cause error) {
	d.mu.Lock()
	cancel, done := d.cancel, d.done
	d.mu.Unlock()
	if cancel != nil {
		cancel(cause)
		<-done
	}
}

// unlock reads the profiles into memory for whoever signed in.
func (d *desk) unlock(ctx context.Context) error {
	broken, err := d.w.Unlock(ctx)
	if broken > 0 {
		d.app.log.Warn().Int("rows", broken).Msg("sealed rows do not open")
	}
	return err
}

// run is one pass, or a listing, at a time. phase is what is shown until the
// engine reports its own.
func (d *desk) run(phase syncer.Phase, do func(context.Context, syncer.Report) error) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	d.mu.Lock()
	if d.cancel != nil {
		d.mu.Unlock()
		return profile.Errorf(profile.SyncRunning, "A sync is already running. Wait until it is done, or cancel it first.")
	}
	done := make(chan struct{})
	d.cancel, d.done = cancel, done
	d.phase, d.progress, d.problem = string(phase), syncer.Progress{Phase: phase, Left: -1}, nil
	d.mu.Unlock()
	d.tellSync(ctx)

	err := do(ctx, d.report)
	if cause := context.Cause(ctx); cause != nil && profile.CodeOf(err) == profile.Cancelled {
		err = cause
	}
	d.mu.Lock()
	d.cancel, d.done, d.phase, d.waiting = nil, nil, phaseIdle, time.Time{}
	if d.list != nil {
		d.phase = phaseListed
	}
	if profile.CodeOf(err) != profile.Cancelled {
		d.problem = err
	}
	d.mu.Unlock()
	close(done)
	if !errors.Is(err, syncer.ErrClosing) {
		d.tellSync(context.Background())
		d.app.tellState(context.Background(), d)
	}
	return err
}

// pass runs a pass of the engine and returns it.
func (d *desk) pass(ctx context.Context, phase syncer.Phase, do func(context.Context, *syncer.Engine, syncer.Report) (profile.Pass, error)) (PassView, error) {
	engine, err := d.w.Engine(ctx)
	if err != nil {
		return PassView{}, err
	}
	var pass profile.Pass
	err = d.run(phase, func(ctx context.Context, report syncer.Report) error {
		pass, err = do(ctx, engine, report)
		return err
	})
	return passView(&pass), err
}

// goOn continues an import that was cut off, unless a person cancelled it.
func (d *desk) goOn(ctx context.Context) {
	unfinished, err := d.unfinished(ctx)
	if err != nil || unfinished == nil || unfinished.Err == profile.Cancelled {
		return
	}
	go func() {
		_, err := d.pass(context.WithoutCancel(ctx), syncer.Storing, func(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
			return e.Full(ctx, report)
		})
		if err != nil && profile.CodeOf(err) != profile.Cancelled && !errors.Is(err, syncer.ErrClosing) {
			logging.Failure(d.app.log, "go on with an import", err)
		}
	}()
}

// report takes the engine's progress.
func (d *desk) report(p syncer.Progress) {
	d.mu.Lock()
	d.progress, d.phase = p, string(p.Phase)
	d.mu.Unlock()
	d.tellSync(context.Background())
}

// waitUntil takes Cliniko's wish for a pause.
func (d *desk) waitUntil(until time.Time) {
	d.mu.Lock()
	d.waiting = until
	d.mu.Unlock()
	d.tellSync(context.Background())
}

// profilesChanged tells the window soon, once for many changes.
func (d *desk) profilesChanged() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changed == nil {
		d.changed = time.AfterFunc(profilesEvery, func() {
			d.mu.Lock()
			d.changed = nil
			d.mu.Unlock()
			d.app.system.Emit(eventProfiles, struct{}{})
		})
	}
}

func (d *desk) tellSync(ctx context.Context) {
	status, err := d.status(ctx)
	if err != nil {
		logging.Failure(d.app.log, "tell the state of the sync", err)
		return
	}
	d.app.system.Emit(eventSync, status)
}

// status is what the window shows of the sync.
func (d *desk) status(ctx context.Context) (SyncStatus, error) {
	d.mu.Lock()
	s := SyncStatus{Phase: d.phase, Done: d.progress.Done, Total: d.progress.Total, PerSecond: d.progress.PerSecond, SecondsLeft: -1}
	if d.phase == phaseIdle || d.phase == phaseListed {
		s.Done, s.Total, s.PerSecond = 0, 0, 0
	} else if d.progress.Left >= 0 {
		s.SecondsLeft = int((d.progress.Left + time.Second - 1) / time.Second)
	}
	if d.waiting.After(time.Now()) {
		s.WaitingUntil = instant(d.waiting)
	}
	if d.problem != nil {
		view := errorView(d.problem)
		s.Problem = &view
	}
	busy := d.cancel != nil
	d.mu.Unlock()
	if busy {
		return s, nil // the history is asked for when it has changed
	}
	return s, d.history(ctx, &s)
}

// history adds what earlier passes did.
func (d *desk) history(ctx context.Context, s *SyncStatus) error {
	store, err := d.w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil
	}
	if err != nil {
		return err
	}
	passes, err := store.Passes(ctx, 50)
	if err != nil {
		return err
	}
	for i := range passes {
		p := &passes[i]
		switch {
		case p.EndedAt.IsZero():
			s.Unfinished = s.Unfinished || p.Kind == profile.FullPass
			continue
		case s.Last == nil:
			view := passView(p)
			s.Last = &view
		}
		if p.Err == "" && s.LastSuccess == "" {
			s.LastSuccess = instant(p.EndedAt)
		}
	}
	return nil
}

// unfinished returns the full pass that was cut off, or nil.
func (d *desk) unfinished(ctx context.Context) (*profile.Pass, error) {
	store, err := d.w.Store(ctx)
	if err != nil {
		return nil, err
	}
	passes, err := store.Passes(ctx, 50)
	for i := range passes {
		if passes[i].Kind == profile.FullPass && passes[i].EndedAt.IsZero() {
			return &passes[i], err
		}
	}
	return nil, err
}
