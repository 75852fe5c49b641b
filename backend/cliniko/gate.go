package cliniko

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

// The request limit. Cliniko documents 200 a minute per user, for all programs
// that use keys of the same user. 160 leaves room for the clinic's other tools.
// Computers that sync concurrently therefore need a user each.
const (
	window         = time.Minute
	windowRequests = 160
	// forPeople is the part of the window that only urgent requests may use, so
	// that an import that has used up its share does not delay a person.
	forPeople = 10
	// After a 429 another program is using the same limit: use half of it for a
	// while.
	cautionFor = 5 * time.Minute

	// blockSize is how many places a process reserves at once. The store is
	// written to once for all of them, and if the process is killed, they stay
	// taken for a while.
	blockSize = 4
	// useWithin is for how long a reserved place may be used.
	useWithin = 5 * time.Second
	// pollEvery is how often a process that waits for the places of other
	// processes checks whether they are free, which may be earlier than had to
	// be expected.
	pollEvery = time.Second
	// A person waits at most this long for Cliniko to be asked again, and a pass
	// an hour, with something for rounding. After that they are told until when.
	maxPersonWait = 2 * time.Minute
	maxPassWait   = time.Hour + time.Minute
)

// gate admits at most windowRequests in any window, without delay until then,
// urgent ones first, and none while it is closed. What counts is in a
// profile.TrafficStore, so that this holds for all gates on the same store, and
// is timed by that store's clock, which no wrong or changing wall clock affects.
//
// A request occupies its place until a window after its answer, because only
// then is it certain that the server has counted it by that time.
type gate struct {
	traffic profile.TrafficStore
	ledger  ledger
	onClose func(until time.Time)
	// reserving is held by the one request that reserves places for all.
	reserving chan struct{}

	mu       sync.Mutex
	reserved []time.Duration // places that are free to use, each until this time
	unused   int             // places to be given back
	finished []time.Duration // when requests ended of which the store was not told
	urgent   int             // urgent requests that are waiting
	closed   time.Duration   // nothing is admitted before, whatever the store says
	told     time.Duration   // the end of the closing that onClose was called with
	changed  chan struct{}
}

// newGate returns a gate for requests that end within a timeout.
func newGate(traffic profile.TrafficStore, timeout time.Duration, onClose func(until time.Time)) *gate {
	if onClose == nil {
		onClose = func(time.Time) {}
	}
	return &gate{
		traffic: traffic,
		// The number only tells processes apart.
		ledger:  ledger{holder: 1 + rand.Int64N(1<<62), hold: useWithin + timeout + window}, // #nosec G404
		onClose: onClose, reserving: make(chan struct{}, 1), changed: make(chan struct{}),
	}
}

// enter waits for a place. After it, the caller must call leave exactly once.
//
// Errors: RateLimited if Cliniko has asked to wait for longer than this request
// should, and those of the store.
func (g *gate) enter(ctx context.Context, urgent bool) error {
	if urgent {
		g.countUrgent(1)
		defer g.countUrgent(-1)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		g.mu.Lock()
		changed := g.changed
		g.mu.Unlock()
		wait, err := g.admit(ctx, urgent)
		if err != nil || wait == 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// admit takes a place, or returns how long to wait before the next try. A
// change may come earlier.
func (g *gate) admit(ctx context.Context, urgent bool) (wait time.Duration, err error) {
	closed, err := g.closedFor(ctx)
	switch {
	case err != nil:
		return 0, err
	case closed > maxPassWait, urgent && closed > maxPersonWait:
		return 0, rateLimited(closed)
	case closed > 0:
		g.tell(closed)
		return min(closed, window), nil // this process's timers stop while the computer sleeps
	}
	if taken, next := g.take(urgent); taken || !next {
		return waitUnless(taken), nil
	}
	select {
	case g.reserving <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { <-g.reserving }()
	if taken, next := g.take(urgent); taken || !next { // reserved for all by another request
		return waitUnless(taken), nil
	}
	wait, err = g.reserve(ctx, urgent)
	if err != nil {
		return 0, err
	}
	if taken, _ := g.take(urgent); taken {
		return 0, nil
	}
	return max(wait, time.Millisecond), nil
}

// waitUnless is for a request that only a change can help.
func waitUnless(taken bool) time.Duration {
	if taken {
		return 0
	}
	return window
}

// take takes a reserved place. If there is none, next says whether this request
// may reserve some: not while an urgent one waits.
func (g *gate) take(urgent bool) (taken, next bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.traffic.Now()
	for len(g.reserved) > 0 && now >= g.reserved[0] {
		g.reserved = g.reserved[1:]
		g.unused++
	}
	if !urgent && g.urgent > 0 {
		return false, false
	}
	if len(g.reserved) == 0 {
		return false, true
	}
	g.reserved = g.reserved[1:]
	return true, false
}

// reserve tells the store what has happened here, and reserves places: one for
// an urgent request, otherwise a block. If there is none, it returns how long to
// wait.
func (g *gate) reserve(ctx context.Context, urgent bool) (wait time.Duration, err error) {
	n := blockSize
	if urgent {
		n = 1
	}
	var usable time.Duration
	err = g.update(ctx, func(now time.Duration, t *profile.Traffic) {
		n, wait = g.ledger.reserve(t, now, n, urgent)
		usable = now + useWithin
	})
	if err != nil || n == 0 {
		return wait, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for range n {
		g.reserved = append(g.reserved, usable)
	}
	g.wake()
	return 0, nil
}

// update tells the store which requests have ended and which places were not
// used, and then changes something else in the same transaction.
func (g *gate) update(ctx context.Context, change func(now time.Duration, t *profile.Traffic)) error {
	g.mu.Lock()
	finished, unused := g.finished, g.unused
	g.finished, g.unused = nil, 0
	g.mu.Unlock()
	err := g.traffic.UpdateTraffic(ctx, func(now time.Duration, t *profile.Traffic) {
		g.ledger.settle(t, now)
		g.ledger.report(t, now, finished, unused)
		change(now, t)
	})
	if err != nil { // nothing was stored
		g.mu.Lock()
		g.finished, g.unused = append(finished, g.finished...), unused+g.unused
		g.mu.Unlock()
	}
	return err
}

// leave gives the place back, once the answer has come or there will be none.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.finished = append(g.finished, g.traffic.Now())
	g.wake()
}

// close admits nothing for d, and half of the limit for a while after. It works
// for this process even if the store cannot be told.
func (g *gate) close(ctx context.Context, d time.Duration) {
	g.mu.Lock()
	now := g.traffic.Now()
	g.closed = max(g.closed, now+d)
	closed := g.closed - now
	g.mu.Unlock()
	_ = g.update(context.WithoutCancel(ctx), func(now time.Duration, t *profile.Traffic) {
		if now+d > t.At+t.For {
			t.Closing = profile.Closing{At: now, For: d}
		}
	})
	g.tell(closed)
}

// closedFor returns for how long nothing is admitted.
func (g *gate) closedFor(ctx context.Context) (time.Duration, error) {
	closing, err := g.traffic.Closing(ctx)
	if err == nil && closing.At > g.traffic.Now() {
		// From before the computer's start.
		err = g.update(ctx, func(_ time.Duration, t *profile.Traffic) { closing = t.Closing })
	}
	if err != nil {
		return 0, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, g.closed-g.traffic.Now(), g.ledger.closedFor(closing, g.traffic.Now())), nil
}

// tell calls onClose once for each time until which nothing is admitted.
func (g *gate) tell(closed time.Duration) {
	g.mu.Lock()
	end := g.traffic.Now() + closed
	known := (end - g.told).Abs() < time.Second
	g.told = end
	g.mu.Unlock()
	if !known {
		g.onClose(time.Now().Add(closed))
	}
}

// release tells the store what has happened here, and gives back what is
// reserved. The gate can still be used.
func (g *gate) release() {
	g.mu.Lock()
	g.unused += len(g.reserved)
	g.reserved = nil
	nothing := g.unused == 0 && len(g.finished) == 0
	g.mu.Unlock()
	if nothing {
		return
	}
	// Without this, places stay taken for somewhat longer.
	_ = g.update(context.Background(), func(time.Duration, *profile.Traffic) {})
}

func (g *gate) countUrgent(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.urgent += n
	g.wake()
}

// wake makes every waiter check again. The caller holds the lock.
func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}
