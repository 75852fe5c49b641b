package main

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// What runs by itself. The keeper says when; the passes are quiet: the window
// shows what came of them, and never that they ran.

// Focused tells that somebody looks at the window, or that the browser in it has
// found the network again.
func (a *App) Focused() error {
	_, err := call(a, "Focused", func(_ context.Context, d *desk) (struct{}, error) {
		d.keeper.Focus()
		return struct{}{}, nil
	})
	return err
}

func (d *desk) newKeeper() *syncer.Keeper {
	return syncer.NewKeeper(syncer.Duties{
		Pass: d.passByItself, Retry: d.retryByItself, NextRetry: d.nextRetry, Online: d.online,
		Tick: func(ctx context.Context) {
			d.mu.Lock()
			busy := d.now != nil
			d.mu.Unlock()
			if !busy {
				d.look(ctx)
			}
		},
	})
}

// keep starts the keeper, unless it runs.
func (d *desk) keep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused > 0 || d.unkeep != nil {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	ended := make(chan struct{})
	d.unkeep = func() {
		cancel(syncer.ErrClosing)
		<-ended
	}
	go func() {
		defer close(ended)
		d.keeper.Run(ctx)
	}()
}

// pause stops all work until the answer is called. cause is what a person's
// pass is told.
func (d *desk) pause(cause error) (resume func()) {
	d.mu.Lock()
	d.paused++
	unkeep := d.unkeep
	d.mu.Unlock()
	d.stop(cause)
	if unkeep != nil {
		unkeep()
	}
	d.mu.Lock()
	d.unkeep = nil
	d.mu.Unlock()
	return func() {
		d.mu.Lock()
		d.paused--
		d.mu.Unlock()
		d.keep()
	}
}

// toDo returns what the next pass by itself would be: changes; everything, where
// an import goes on; or "" before the first import, and after one that a person
// cancelled.
func (d *desk) toDo(ctx context.Context) (work, error) {
	store, err := d.w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return "", err
	}
	if !cursors.Changed.IsZero() {
		return changes, nil
	}
	last, err := store.LastFull(ctx)
	if err == nil && unfinished(&last) && last.Err != profile.Cancelled {
		return everything, nil
	}
	return "", err
}

func (d *desk) passByItself(ctx context.Context) error {
	next, err := d.toDo(ctx)
	if err != nil || next == "" {
		d.failedQuietly("look for what to do", err)
		return err
	}
	r := &running{what: next, phase: syncer.Changes, quiet: true}
	if next == everything {
		r.phase, r.goesOn = syncer.Storing, true
	}
	err = d.pass(ctx, r, func(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
		pass, err := e.Changes(ctx, report)
		if err != nil || pass.Kind != profile.ChangesPass || !d.wasJoined(r) {
			return pass, err
		}
		return e.Sync(ctx, report) // which compares the counts
	})
	d.failedQuietly("sync by itself", err)
	return err
}

func (d *desk) retryByItself(ctx context.Context) error {
	err := d.pass(ctx, &running{what: retries, phase: syncer.Changes, quiet: true},
		func(ctx context.Context, e *syncer.Engine, _ syncer.Report) (profile.Pass, error) {
			return e.Retry(ctx)
		})
	d.failedQuietly("read failed profiles again", err)
	return err
}

// failedQuietly logs why something by itself failed, once for the same reason.
func (d *desk) failedQuietly(attempted string, err error) {
	code := profile.CodeOf(err)
	if code == profile.SyncRunning || errors.Is(err, syncer.ErrClosing) || expected(err) {
		return
	}
	d.mu.Lock()
	again := d.logged[attempted] == code
	d.logged[attempted] = code
	d.mu.Unlock()
	if err != nil && !again {
		logging.Failure(d.app.log, attempted, err)
	}
}

// nextRetry returns when the next failed profile is due.
func (d *desk) nextRetry(ctx context.Context) time.Time {
	store, err := d.w.Store(ctx)
	if err != nil {
		return time.Time{} // the next pass says why
	}
	due, err := store.Retries(ctx)
	if err != nil || len(due) == 0 {
		return time.Time{}
	}
	// The store's times are Cliniko's; the keeper waits by the monotonic clock.
	return time.Now().Add(due[0].At.Sub(d.clinicTime(ctx)))
}

// online says whether there is a network, and shows since when there is none.
// The demo clinic, on this computer itself, needs none.
func (d *desk) online() bool {
	demo, _ := d.w.Demo()
	online := demo || d.app.network()
	d.mu.Lock()
	before := d.offlineSince
	switch {
	case !online && before.IsZero():
		d.offlineSince = time.Now()
	case online && profile.CodeOf(d.problem) != profile.Offline:
		d.offlineSince = time.Time{}
	}
	changed := d.offlineSince != before
	d.mu.Unlock()
	if changed {
		d.tellSync(context.Background())
	}
	return online
}

// reached notes that Cliniko has answered somebody: after a pass that did not
// reach it, the next one need not wait for its turn.
func (d *desk) reached() {
	d.mu.Lock()
	missed := profile.Unreached(profile.CodeOf(d.problem))
	d.mu.Unlock()
	if missed {
		d.keeper.Resume()
	}
}

// look finds out whether another process has ended a pass on the same store,
// such as telehab sync in a terminal, and takes over what it brought.
func (d *desk) look(ctx context.Context) {
	others, err := d.endedByOthers(ctx)
	if err != nil || others == nil {
		d.failedQuietly("look for other passes", err)
		return
	}
	if others.Kind != profile.RetryPass {
		var problem error
		if others.Err != "" && others.Err != profile.Cancelled {
			problem = profile.Because(others.Err, nil)
		}
		d.mu.Lock()
		d.note(&running{what: changes}, problem)
		d.mu.Unlock()
		d.keeper.Ended(problem)
	}
	renewed, err := d.w.Renew(ctx)
	if err != nil {
		d.failedQuietly("read the profiles again", err)
		return
	}
	if renewed {
		d.profilesChanged()
	}
	d.app.tellState(ctx, d)
}

// passesKnown is how many of the newest passes are looked at: more than another
// process ends between two looks.
const passesKnown = 20

// endedByOthers returns the newest pass that has ended since the last look and
// that is not one of ours, or nil.
func (d *desk) endedByOthers(ctx context.Context) (*profile.Pass, error) {
	passes, err := d.passes(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	first := d.ended == nil
	var newest *profile.Pass
	known := map[int64]bool{}
	for i := range passes {
		p := &passes[i]
		if unfinished(p) {
			continue
		}
		known[p.ID] = true
		if newest == nil && !d.ended[p.ID] && !first {
			newest = p
		}
	}
	d.ended = known
	return newest, nil
}

// know notes that what has ended by now is known: while r had the store's lock,
// nobody else ended a pass.
func (d *desk) know(r *running) {
	if r.what == listing {
		return
	}
	_, err := d.endedByOthers(context.Background())
	d.failedQuietly("look for passes", err)
}

func (d *desk) passes(ctx context.Context) ([]profile.Pass, error) {
	store, err := d.w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	passes, err := store.Passes(ctx, passesKnown)
	if err != nil {
		return nil, err
	}
	full, err := store.LastFull(ctx) // an old one may have gone on
	if full.ID != 0 && full.ID < passes[len(passes)-1].ID {
		passes = append(passes, full)
	}
	return passes, err
}

// recall takes up why the last pass of an earlier run did not end well.
func (d *desk) recall(ctx context.Context) error {
	passes, err := d.passes(ctx)
	for i := range passes {
		p := &passes[i]
		if p.Kind == profile.RetryPass {
			continue
		}
		if p.Err != "" && p.Err != profile.Cancelled {
			d.problem = profile.Because(p.Err, nil)
		}
		break
	}
	if err == nil {
		_, err = d.endedByOthers(ctx) // from now on
	}
	return err
}
