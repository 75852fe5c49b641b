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
	ScreenLocked func() bool          // the system's own lock is on; it may hang

	mu       sync.Mutex
	lastUsed reading
	observed reading // when Observe was called last
	slept    bool    // since somebody signed in
	asking   bool    // ScreenLocked is running
	screen   bool    // what it has answered last
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
	a.lastUsed = now
}

// Begin reports that somebody gives the password: whatever was before counts no
// more.
func (a *AutoLock) Begin() {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastUsed, a.observed, a.slept = now, now, false
}

// Observe notices that the computer has slept, if it is called every few
// seconds otherwise.
func (a *AutoLock) Observe() {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.observed != (reading{}) && now.since(a.observed) > sleepGap {
		a.slept = true
	}
	a.observed = now
}

// Due says whether to lock now. minutes are the idle ones, or
// workspace.OnlyWithScreen. It returns in any case, within about two seconds.
func (a *AutoLock) Due(minutes int) bool { return a.DueByTime(minutes) || a.screenLocked() }

// DueByTime is Due but for the system's own lock: it asks no other program.
func (a *AutoLock) DueByTime(minutes int) bool {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	tooIdle := minutes != workspace.OnlyWithScreen && now.since(a.lastUsed) >= time.Duration(minutes)*time.Minute
	return tooIdle || a.slept
}

// screenLocked says whether the system's own lock is on. It waits for the
// system only so long: one that hangs must not keep the window from locking
// when it is idle. An answer that comes late counts the next time.
func (a *AutoLock) screenLocked() bool {
	a.mu.Lock()
	if a.asking {
		defer a.mu.Unlock()
		return a.screen
	}
	a.asking = true
	a.mu.Unlock()
	answered := make(chan struct{})
	go func() {
		on := a.ScreenLocked()
		a.mu.Lock()
		defer a.mu.Unlock()
		a.asking, a.screen = false, on
		close(answered)
	}()
	timer := time.NewTimer(screenPatience)
	defer timer.Stop()
	select {
	case <-answered:
	case <-timer.C:
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.screen
}

const (
	// lockTick is how often the clocks and the system's lock are looked at. A
	// computer that wakes shows a client for no longer.
	lockTick = time.Second
	// sleepGap is how late a tick may be before the computer must have slept.
	sleepGap = 30 * time.Second
	// screenPatience is how long the system is waited for.
	screenPatience = 2 * time.Second
)

// Watch calls check every second until ctx ends, and notices when the computer
// has slept.
func (a *AutoLock) Watch(ctx context.Context, check func()) {
	ticker := time.NewTicker(lockTick)
	defer ticker.Stop()
	a.Observe()
	for {
		select {
		case <-ticker.C:
			a.Observe()
			check()
		case <-ctx.Done():
			return
		}
	}
}
