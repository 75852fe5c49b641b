package cliniko

import (
	"context"
	"sync"
	"time"
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
)

// gate admits at most windowRequests in any window, without delay until then,
// urgent ones first, and none while it is closed. It uses the monotonic clock,
// so a wrong or changing wall clock does not matter.
//
// A request occupies its place until a window after its answer, because only
// then is it certain that the server has counted it by that time.
type gate struct {
	mu       sync.Mutex
	limit    int
	inFlight int
	finished []time.Time // ascending, within the last window
	urgent   int         // urgent requests that are waiting
	closed   time.Time   // nothing is admitted before
	caution  time.Time   // half the limit before
	changed  chan struct{}
	onClose  func(until time.Time)
}

func newGate(onClose func(until time.Time)) *gate {
	return &gate{limit: windowRequests, changed: make(chan struct{}), onClose: onClose}
}

// enter waits for a place. After it, the caller must call leave exactly once.
func (g *gate) enter(ctx context.Context, urgent bool) error {
	g.mu.Lock()
	if urgent {
		g.urgent++
	}
	defer func() {
		if urgent {
			g.urgent--
			g.wake()
		}
		g.mu.Unlock()
	}()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait := g.delay(time.Now(), urgent)
		if wait == 0 {
			g.inFlight++
			return nil
		}
		changed := g.changed
		g.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
		}
		timer.Stop()
		g.mu.Lock()
	}
}

// leave gives the place back, once the answer has come or there will be none.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
	g.finished = append(g.finished, time.Now())
	g.wake()
}

// close admits nothing for d, and half of the limit for a while after.
func (g *gate) close(d time.Duration) {
	g.mu.Lock()
	now := time.Now()
	if until := now.Add(d); until.After(g.closed) {
		g.closed = until
	}
	g.caution = g.closed.Add(cautionFor)
	until := g.closed
	g.mu.Unlock()
	if g.onClose != nil {
		g.onClose(until)
	}
}

// delay returns how long a request has to wait at least, or 0 if it is admitted
// now. A long delay only means that a change will wake the waiter.
func (g *gate) delay(now time.Time, urgent bool) time.Duration {
	if wait := g.closed.Sub(now); wait > 0 {
		return wait
	}
	if !urgent && g.urgent > 0 {
		return window
	}
	for len(g.finished) > 0 && now.Sub(g.finished[0]) >= window {
		g.finished = g.finished[1:]
	}
	allowed := g.limit
	if now.Before(g.caution) {
		allowed /= 2
	}
	if !urgent {
		allowed -= forPeople
	}
	over := g.inFlight + len(g.finished) - allowed
	switch {
	case over < 0:
		return 0
	case over >= len(g.finished):
		return window
	}
	return window - now.Sub(g.finished[over])
}

// wake makes every waiter check again. The caller holds the lock.
func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}
