package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// desk is a workspace as the window uses it: who is signed in, and what was
// listed. Its runner has what runs.
type desk struct {
	app        *App
	w          *workspace.Workspace
	runner     *runner.Runner
	background *runner.Background

	generation atomic.Int64 // of what it has; see App.show

	mu       sync.Mutex
	person   *staff.Person
	locked   *staff.Person  // who locked the window
	active   moment         // when somebody last did something
	lookedAt string         // the client whom the audit trail has last
	list     *syncer.Listed // waits for StartImport
	changed  *time.Timer    // until the window is told that profiles changed; nil: they did not
}

// The phases of a SyncStatus that are not the engine's.
const (
	phaseIdle   = string(runner.Idle)
	phaseListed = "listed"
)

// profilesEvery is how often the window is told that profiles changed.
const profilesEvery = 250 * time.Millisecond

// close stops what runs, as a kill would, and closes the workspace.
func (d *desk) close() error {
	d.background.Pause(syncer.ErrClosing)
	d.mu.Lock()
	if d.changed != nil {
		d.changed.Stop()
	}
	d.mu.Unlock()
	return d.w.Close()
}

// clinicTime is Cliniko's time, as far as it is known: what is shown and counted
// is of the clinic, whatever this computer believes the date to be.
func (d *desk) clinicTime(ctx context.Context) time.Time {
	return d.w.ClinicTime(ctx, d.app.clock())
}

// online says whether there is a network. The demo clinic, on this computer
// itself, needs none.
func (d *desk) online() bool {
	demo, _ := d.w.Demo()
	return demo || d.app.network()
}

// shown says that the window works on this desk.
func (d *desk) shown() bool { return d.app.shown.Load() == d }

// unlock reads the profiles into memory for whoever signed in.
func (d *desk) unlock(ctx context.Context) error {
	broken, err := d.w.Unlock(ctx)
	if len(broken) > 0 {
		d.mend(ctx, broken)
	}
	return err
}

// mend has clients read again whose rows do not open, and does not wait for
// that. The runner logs how it ended.
func (d *desk) mend(ctx context.Context, broken []string) {
	go func() { _ = d.runner.Mend(context.WithoutCancel(ctx), broken) }()
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
			if d.shown() {
				d.app.system.Emit(eventProfiles, struct{}{})
			}
		})
	}
}

func (d *desk) tellSync(ctx context.Context) {
	if !d.shown() {
		return
	}
	status, err := d.status(ctx)
	if err != nil {
		logging.Failure(d.app.log, "tell the state of the sync", err)
		return
	}
	d.app.system.Emit(eventSync, status)
}

// status is what the window shows of the sync. Of two of them, the one with the
// higher number is the later one.
func (d *desk) status(ctx context.Context) (SyncStatus, error) {
	err := d.runner.RefreshSummary(ctx)
	now := instant(d.clinicTime(ctx))
	d.mu.Lock()
	defer d.mu.Unlock()
	status := d.runner.Status()
	view := syncStatus(&status)
	view.Number, view.Generation, view.Now = d.app.statuses.Add(1), d.generation.Load(), now
	if view.Phase == phaseIdle && d.list != nil {
		view.Phase = phaseListed
	}
	return view, err
}
