package main

import (
	"context"
	"time"

	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// moment is a time by the two clocks of this computer.
type moment struct {
	wall   time.Time     // goes on whatever happens, and can be set
	uptime time.Duration // cannot be set, and may stand while a virtual machine is suspended
}

func (a *App) moment() moment { return moment{a.clock().Round(0), a.uptime()} }

// since returns how much time has passed at least: a clock that was set back, or
// one that stood still, keeps nothing open.
func (m moment) since(earlier moment) time.Duration {
	return max(m.wall.Sub(earlier.wall), m.uptime-earlier.uptime)
}

// lockTick is how often the lock looks at the clock and at the system's lock. A
// computer that wakes shows a client for no longer.
const lockTick = 2 * time.Second

// Lock forgets every name until the password is given. Links wait; syncing goes
// on.
func (a *App) Lock() (AppState, error) {
	return call(a, "Lock", func(ctx context.Context, d *desk) (AppState, error) {
		d.lock()
		a.tellState(ctx, d)
		return d.state(ctx)
	})
}

// Active tells that somebody uses the keyboard or the mouse.
func (a *App) Active() error {
	_, err := call(a, "Active", func(_ context.Context, d *desk) (struct{}, error) {
		d.mu.Lock()
		d.active = a.moment()
		d.mu.Unlock()
		return struct{}{}, nil
	})
	return err
}

// SetIdleMinutes changes after how many idle minutes the window locks itself, for
// everybody on this computer; 0 is only when the computer locks or sleeps.
func (a *App) SetIdleMinutes(minutes int) (AppState, error) {
	return call(a, "SetIdleMinutes", func(ctx context.Context, d *desk) (AppState, error) {
		if err := d.recorded(ctx, d.event(staff.ChangedSecurity, ""), func(*staff.Event) error { return d.w.SetIdleMinutes(ctx, minutes) }); err != nil {
			return AppState{}, err
		}
		return d.state(ctx)
	})
}

func (d *desk) lock() {
	if demo, _ := d.w.Demo(); demo {
		return // there is no password to come back with, and nobody real
	}
	d.leave(d.whoIsSignedIn())
}

// watch locks the window when nobody has used it for a while, after sleep, and
// with the system.
func (a *App) watch(ctx context.Context) {
	ticker := time.NewTicker(lockTick)
	defer ticker.Stop()
	before := a.moment()
	for {
		select {
		case <-ticker.C:
			now := a.moment()
			a.lockIfDue(ctx, now.since(before) > slept)
			before = now
		case <-ctx.Done():
			return
		}
	}
}

// slept is how late a look may be before the computer must have slept.
const slept = 30 * time.Second

func (a *App) lockIfDue(ctx context.Context, woke bool) {
	d := a.shown.Load()
	if d == nil || d.whoIsSignedIn().ID == "" {
		return
	}
	if demo, _ := d.w.Demo(); demo {
		return
	}
	d.mu.Lock()
	idle := a.moment().since(d.active)
	d.mu.Unlock()
	minutes := d.w.IdleMinutes()
	tooIdle := minutes != workspace.OnlyWithScreen && idle >= time.Duration(minutes)*time.Minute
	if !tooIdle && !woke && !a.screenLocked() {
		return
	}
	d.lock()
	a.tellState(ctx, d)
}
