package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// work is what runs for a while and can be cancelled. A desk does one at a time.
type work string

const (
	listing    work = "listing"   // reading the client list
	importing  work = "importing" // storing it
	everything work = "full"      // a full pass
	changes    work = "changes"
	retries    work = "retries" // failed profiles that are due
)

// running is the work that runs.
type running struct {
	what   work
	phase  syncer.Phase // what is shown until the engine says
	quiet  bool         // nobody asked for it; guarded by the desk's lock
	goesOn bool         // an import that somebody asked for in an earlier run of the program
	yields bool         // it was told to make way; guarded by the desk's lock
	joined bool         // a person joined what ran by itself; guarded by the desk's lock

	cancel context.CancelCauseFunc
	done   chan struct{} // closed once the rest is known
	pass   profile.Pass
	err    error
}

var (
	errCancelledByPerson = profile.Errorf(profile.Cancelled, "It was cancelled. What was already saved stays saved, and the next sync goes on from there.")
	// errMadeWay leaves a pass as if the program had ended: it goes on later.
	errMadeWay = &profile.Error{Code: profile.Cancelled, Cause: syncer.ErrClosing, Message: "It made way for what a person asked for, and goes on later."}
)

// run does one piece of work, unless another runs. What nobody asked for makes
// way for what a person asks for.
func (d *desk) run(ctx context.Context, r *running, do func(context.Context, syncer.Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.cancel, r.done = cancel, make(chan struct{})
	asked := !r.quiet
	if err := d.begin(r); err != nil {
		return err
	}
	d.look(ctx) // other processes' passes, before ours join them
	d.tellSync(ctx)
	err := guarded(func() error { return do(ctx, d.report) })
	if cause := context.Cause(ctx); cause != nil && profile.CodeOf(err) == profile.Cancelled {
		err = cause
	}
	d.end(r, err)
	if errors.Is(err, syncer.ErrClosing) {
		return err
	}
	if asked && r.what != listing && r.what != retries {
		d.keeper.Ended(err)
	}
	d.tellSync(context.WithoutCancel(ctx))
	d.app.tellState(context.WithoutCancel(ctx), d)
	return err
}

// guarded turns a panic into an error: a bug in one pass is no reason to hold up
// all others, or to end the program.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug: %v", r)
		}
	}()
	return do()
}

// begin takes the desk for r, and waits for what makes way.
func (d *desk) begin(r *running) error {
	for {
		d.mu.Lock()
		before := d.now
		if before == nil {
			d.now = r
			d.phase, d.progress = string(r.phase), syncer.Progress{Phase: r.phase, Left: -1}
			if !r.quiet {
				d.problem = nil
			}
			d.mu.Unlock()
			return nil
		}
		yields := before.quiet && !r.quiet
		before.yields = before.yields || yields
		d.mu.Unlock()
		if !yields {
			return profile.Errorf(profile.SyncRunning, "A sync is already running. Wait until it is done, or cancel it first.")
		}
		before.cancel(errMadeWay)
		<-before.done
	}
}

// end gives the desk back and notes what came of r.
func (d *desk) end(r *running, err error) {
	d.know(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now, d.phase, d.waiting = nil, phaseIdle, time.Time{}
	if d.list != nil {
		d.phase = phaseListed
	}
	r.err = err
	d.note(r, err)
	close(r.done)
}

// note keeps what the window should say about the end of r.
func (d *desk) note(r *running, err error) {
	code := profile.CodeOf(err)
	switch {
	case code == profile.Cancelled,
		errors.Is(err, syncer.ErrClosing),
		r.quiet && code == profile.SyncRunning, // another process brings what is new
		r.what == retries && err == nil:        // says nothing about a pass that failed
		return
	}
	d.problem = err
	switch {
	case code != profile.Offline:
		d.offlineSince = time.Time{}
	case d.offlineSince.IsZero():
		d.offlineSince = time.Now()
	}
}

// doing says that one of these runs.
func (d *desk) doing(some ...work) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now != nil && slices.Contains(some, d.now.what)
}

// stop cancels what runs and waits for its end.
func (d *desk) stop(cause error) {
	d.mu.Lock()
	now := d.now
	d.mu.Unlock()
	if now != nil {
		now.cancel(cause)
		<-now.done
	}
}

// pass runs a pass of the engine and returns it.
func (d *desk) pass(ctx context.Context, r *running, do func(context.Context, *syncer.Engine, syncer.Report) (profile.Pass, error)) error {
	return d.run(ctx, r, func(ctx context.Context, report syncer.Report) error {
		engine, err := d.w.Engine(ctx)
		if err != nil {
			return err
		}
		r.pass, err = do(ctx, engine, report)
		return err
	})
}

// asked runs a pass that a person asked for.
func (d *desk) asked(what work, do func(context.Context, *syncer.Engine, syncer.Report) (profile.Pass, error)) (PassView, error) {
	r := &running{what: what, phase: syncer.Storing}
	if what == changes {
		r.phase = syncer.Changes
	}
	err := d.pass(context.Background(), r, do)
	return passView(&r.pass), err
}

// sync brings what is new or changed in Cliniko, or goes on with an import that
// was cut off. One that runs already is joined.
func (d *desk) sync(ctx context.Context) (PassView, error) {
	store, err := d.w.Store(ctx)
	if err != nil {
		return PassView{}, err
	}
	last, err := store.LastFull(ctx)
	if err != nil {
		return PassView{}, err
	}
	// A changes pass goes on by itself with one that nobody cancelled.
	want := changes
	if unfinished(&last) && last.Err == profile.Cancelled {
		want = everything
	}
	if now := d.join(want); now != nil {
		d.tellSync(ctx)
		<-now.done
		return passView(&now.pass), now.err
	}
	return d.asked(want, func(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
		if want == everything {
			return e.Full(ctx, report)
		}
		return e.Sync(ctx, report)
	})
}

// join returns the pass that runs, if it does what is wanted. From now on it is
// the person's.
func (d *desk) join(want work) *running {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil || d.now.yields || d.now.what != want && d.now.what != everything {
		return nil
	}
	if d.now.quiet {
		d.now.quiet, d.now.joined, d.problem = false, true, nil
	}
	return d.now
}

// wasJoined says whether a person has joined r, which ran by itself. If not,
// nobody can from now on.
func (d *desk) wasJoined(r *running) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	r.yields = r.yields || !r.joined
	return r.joined
}

func unfinished(p *profile.Pass) bool { return p.ID != 0 && p.EndedAt.IsZero() }
