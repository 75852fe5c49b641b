package session

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/workspace"
)

// AutoLock decides when a window that nobody uses locks: after some idle
// minutes, after the computer has slept, and with the system's own lock. All of
// its functions are required. Until Used is called it is due.
type AutoLock struct {
	Clock        func() time.Time     // this computer's, which may be wrong
	Uptime       func() time.Duration // since the computer started
	ScreenLocked func() bool          // the system's own lock is on

	mu       sync.Mutex
	lastUsed reading
	slept    bool // since then
}

// reading is a time by the two clocks of this computer.
type reading struct {
	wall   time.Time     // advances whatever happens, and can be set
	uptime time.Duration // cannot be set, and may stop while a virtual machine is suspended
}

// since returns how much time has passed at least, so that neither clock alone
// can keep the window unlocked.
func (m reading) since(earlier reading) time.Duration {
	return max(m.wall.Sub(earlier.wall), m.uptime-earlier.uptime)
}

func (a *AutoLock) now() reading { return reading{a.Clock().Round(0), a.Uptime()} }

// Used reports that somebody uses the window.
func (a *AutoLock) Used() {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastUsed, a.slept = now, false
}

// Due says whether to lock now. minutes are the idle ones, or
// workspace.OnlyWithScreen.
func (a *AutoLock) Due(minutes int) bool {
	a.mu.Lock()
	idle, slept := a.now().since(a.lastUsed), a.slept
	a.mu.Unlock()
	tooIdle := minutes != workspace.OnlyWithScreen && idle >= time.Duration(minutes)*time.Minute
	return tooIdle || slept || a.ScreenLocked()
}

const (
	// lockTick is how often the clocks and the system's lock are looked at. A
	// computer that wakes shows a client for no longer.
	lockTick = 2 * time.Second
	// sleepGap is how late a tick may be before the computer must have slept.
	sleepGap = 30 * time.Second
)

// Watch calls check every two seconds until ctx ends, and notices when the
// computer has slept.
func (a *AutoLock) Watch(ctx context.Context, check func()) {
	ticker := time.NewTicker(lockTick)
	defer ticker.Stop()
	for before := a.now(); ; {
		select {
		case <-ticker.C:
			now := a.now()
			if now.since(before) > sleepGap {
				a.mu.Lock()
				a.slept = true
				a.mu.Unlock()
			}
			before = now
			check()
		case <-ctx.Done():
			return
		}
	}
}
