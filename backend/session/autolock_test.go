package session_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/session"
)

// A clock that is set back hides neither idle minutes nor a sleep.
func TestAutoLockByTwoClocks(t *testing.T) {
	for name, set := range map[string]time.Duration{"right": 0, "a day back": -24 * time.Hour, "ten years back": -3650 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			wall, uptime := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC), time.Hour
			lock := &session.AutoLock{Clock: func() time.Time { return wall }, Uptime: func() time.Duration { return uptime },
				ScreenLocked: func() bool { return false }}
			lock.Used()
			wall = wall.Add(set)
			for _, step := range []struct {
				pass time.Duration
				due  bool
			}{{9 * time.Minute, false}, {59 * time.Second, false}, {time.Second, true}} {
				wall, uptime = wall.Add(step.pass), uptime+step.pass
				if due := lock.Due(10); due != step.due {
					t.Errorf("after another %v: due %v", step.pass, due)
				}
			}
			if lock.Due(0) {
				t.Error("due by minutes, though only the computer's own lock counts")
			}
		})
	}
}

func TestAutoLockWithTheScreen(t *testing.T) {
	locked := false
	lock := &session.AutoLock{Clock: time.Now, Uptime: func() time.Duration { return time.Hour }, ScreenLocked: func() bool { return locked }}
	lock.Used()
	if lock.Due(10) {
		t.Error("due at once")
	}
	if locked = true; !lock.Due(0) {
		t.Error("not due with the system's own lock")
	}
}

// A virtual machine's uptime may stand while it is suspended, and a wall clock
// may be set back: either alone tells of a sleep.
func TestAutoLockNoticesASleep(t *testing.T) {
	for name, sleep := range map[string]struct{ wall, uptime time.Duration }{
		"both clocks":        {time.Minute, time.Minute},
		"the wall clock":     {time.Minute, 0},
		"the uptime alone":   {-time.Hour, time.Minute},
		"no sleep, set back": {-time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var wall, uptime atomic.Int64 // how far each is ahead
				lock := &session.AutoLock{Clock: func() time.Time { return time.Now().Add(time.Duration(wall.Load())) },
					Uptime: func() time.Duration { return time.Since(start) + time.Duration(uptime.Load()) }, ScreenLocked: func() bool { return false }}
				ctx, stop := context.WithCancel(t.Context())
				var checks []bool
				lock.Used()
				go lock.Watch(ctx, func() { checks = append(checks, lock.Due(0)) })
				time.Sleep(2500 * time.Millisecond)
				wall.Store(int64(sleep.wall))
				uptime.Store(int64(sleep.uptime))
				time.Sleep(2 * time.Second)
				stop()
				synctest.Wait()
				slept := name != "no sleep, set back"
				want := []bool{false, false, slept, slept} // until somebody signs in
				for i := range want {
					if len(checks) != len(want) || checks[i] != want[i] {
						t.Fatalf("%v, want %v", checks, want)
					}
				}
			})
		})
	}
}

// A system that does not say whether its lock is on keeps the window from
// locking no longer than two seconds, and its late answer counts.
func TestAutoLockBesideASystemThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan bool)
		start := time.Now()
		lock := &session.AutoLock{Clock: time.Now, Uptime: func() time.Duration { return time.Since(start) }, ScreenLocked: func() bool { return <-answer }}
		lock.Begin()
		for range 3 {
			before := time.Now()
			if lock.Due(10) || time.Since(before) > 2*time.Second {
				t.Errorf("due, or after %v", time.Since(before))
			}
		}
		time.Sleep(10 * time.Minute)
		if !lock.Due(10) {
			t.Error("not due after ten idle minutes")
		}
		lock.Begin()
		answer <- true
		synctest.Wait()
		go func() { answer <- true }()
		if !lock.Due(0) {
			t.Error("the late answer does not count")
		}
	})
}
