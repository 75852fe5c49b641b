package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// desk is a workspace as the window uses it: who is signed in, what was listed,
// and what runs.
type desk struct {
	app    *App
	w      *workspace.Workspace
	keeper *syncer.Keeper

	generation atomic.Int64 // of what it has; see App.show

	mu       sync.Mutex
	person   *staff.Person
	locked   *staff.Person // who locked the window
	active   moment        // when somebody last did something
	lookedAt string        // the client whom the audit trail has last
	list     *syncer.Listed
	phase    string
	progress syncer.Progress
	waiting  time.Time
	problem  error    // why the last pass did not end well
	past     past     // as it was when nothing ran
	now      *running // nil: nothing runs
	changed  *time.Timer
	ended    map[int64]bool // the newest passes that are known to have ended; nil before the first look

	offlineSince time.Time               // zero: Cliniko can be reached, as far as is known
	unkeep       func()                  // stops the keeper; nil while it does not run
	paused       int                     // nothing by itself, if not 0
	logged       map[string]profile.Code // why something by itself failed last
}

// past is what earlier passes did.
type past struct {
	last        *PassView
	lastSuccess time.Time
	unfinished  bool
}

// The phases that are not the engine's.
const (
	phaseIdle   = "idle"
	phaseListed = "listed"
)

// profilesEvery is how often the window is told that profiles changed.
const profilesEvery = 250 * time.Millisecond

func newDesk(app *App) *desk {
	d := &desk{app: app, phase: phaseIdle, progress: syncer.Progress{Left: -1}, logged: map[string]profile.Code{}}
	d.keeper = d.newKeeper()
	return d
}

// close stops what runs, as a kill would, and closes the workspace.
func (d *desk) close() error {
	d.pause(syncer.ErrClosing)
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

// shown says that the window works on this desk.
func (d *desk) shown() bool { return d.app.shown.Load() == d }

// unlock reads the profiles into memory for whoever signed in.
func (d *desk) unlock(ctx context.Context) error {
	broken, err := d.w.Unlock(ctx)
	if len(broken) > 0 {
		go d.mend(context.WithoutCancel(ctx), broken)
	}
	return err
}

// mend reads clients again whose rows somebody has changed outside TeleHab. The
// log names them by their ids.
func (d *desk) mend(ctx context.Context, broken []string) {
	d.app.log.Warn().Strs("clients", broken).Msg("sealed rows do not open and are read again")
	err := d.pass(ctx, &running{what: retries, phase: syncer.Changes, quiet: true},
		func(ctx context.Context, e *syncer.Engine, _ syncer.Report) (profile.Pass, error) {
			return e.Mend(ctx, broken)
		})
	d.failedQuietly("mend rows", err)
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

// status is what the window shows of the sync.
func (d *desk) status(ctx context.Context) (SyncStatus, error) {
	err := d.lookBack(ctx)
	now := instant(d.clinicTime(ctx))
	d.mu.Lock()
	defer d.mu.Unlock()
	s := SyncStatus{Generation: d.generation.Load(), Number: d.app.statuses.Add(1), Now: now, Phase: d.phase, Done: d.progress.Done, Total: d.progress.Total,
		PerSecond: d.progress.PerSecond, SecondsLeft: -1,
		OfflineSince: instant(d.offlineSince), Last: d.past.last, LastSuccess: instant(d.past.lastSuccess), Unfinished: d.past.unfinished}
	if d.phase == phaseIdle || d.phase == phaseListed {
		s.Done, s.Total, s.PerSecond = 0, 0, 0
	} else if d.progress.Left >= 0 {
		s.SecondsLeft = int((d.progress.Left + time.Second - 1) / time.Second)
	}
	s.Background = d.now != nil && d.now.quiet && !d.now.goesOn
	if d.waiting.After(time.Now()) { // by the monotonic clock that both carry
		s.WaitingUntil = instant(d.waiting)
	}
	if d.problem != nil {
		view := errorView(d.problem)
		s.Problem = &view
	}
	return s, err
}

// lookBack reads what earlier passes did. While one runs, what it was before
// stays.
func (d *desk) lookBack(ctx context.Context) error {
	d.mu.Lock()
	busy := d.now != nil
	d.mu.Unlock()
	if busy {
		return nil
	}
	passes, err := d.passes(ctx)
	if err != nil {
		return err
	}
	var found past
	if len(passes) > 0 {
		store, err := d.w.Store(ctx)
		if err != nil {
			return err
		}
		good, err := store.LastGood(ctx)
		if err != nil {
			return err
		}
		found.lastSuccess = good.EndedAt
	}
	for i := range passes {
		p := &passes[i]
		switch {
		case unfinished(p):
			found.unfinished = found.unfinished || p.Kind == profile.FullPass
		case found.last == nil && p.Kind != profile.RetryPass:
			view := passView(p)
			found.last = &view
		}
	}
	d.mu.Lock()
	d.past = found
	d.mu.Unlock()
	return nil
}
