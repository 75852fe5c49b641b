package cliniko

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/profile"
)

const timeout = 20 * time.Second

// alone is the gate of a process that has the store for itself.
func alone(onClose func(time.Time)) *gate { return newGate(newOwnTraffic(), timeout, onClose) }

// pass sends one request of this duration through the gate.
func pass(t *testing.T, g *gate, urgent bool, takes time.Duration) {
	t.Helper()
	if err := g.enter(t.Context(), urgent); err != nil {
		t.Error(err)
		return
	}
	time.Sleep(takes)
	g.leave()
}

// entries records when requests were admitted.
type entries struct {
	mu sync.Mutex
	at []time.Time
}

func (e *entries) add() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at = append(e.at, time.Now())
}

// within returns the largest number of requests in any window, if the server
// may count a request at any time between its sending and its answer.
func (e *entries) most(takes time.Duration) int {
	most := 0
	for i, first := range e.at {
		n := 0
		for _, later := range e.at[i:] {
			if later.Sub(first.Add(takes)) < window {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestGateBurstsAndThenHoldsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := alone(nil)
		start := time.Now()
		var entered entries
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 100 {
					if err := g.enter(t.Context(), false); err != nil {
						t.Error(err)
						return
					}
					entered.add()
					time.Sleep(150 * time.Millisecond)
					g.leave()
				}
			})
		}
		group.Wait()
		const background = 150
		if burst := entered.at[background-1].Sub(start); burst > 6*time.Second {
			t.Errorf("the first %d took %v", background, burst)
		}
		if most := entered.most(150 * time.Millisecond); most > 150 {
			t.Errorf("%d requests within a window", most)
		}
		// 400 requests are three bursts, of which the third ends two windows
		// after the first.
		if took := time.Since(start); took > 2*window+8*time.Second {
			t.Errorf("all took %v", took)
		}
	})
}

// Five processes that sync at once, and a person in a sixth.
func TestGatesOfOneStoreShareTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newOwnTraffic()
		var entered entries
		var group sync.WaitGroup
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
		defer stop()
		for range 5 {
			g := newGate(shared, timeout, nil)
			for range 4 {
				group.Go(func() {
					for g.enter(ctx, false) == nil {
						entered.add()
						time.Sleep(150 * time.Millisecond)
						g.leave()
					}
				})
			}
		}
		time.Sleep(30 * time.Second) // the share of the five is used up by then
		g := newGate(shared, timeout, nil)
		for range forPeople {
			before := time.Now()
			pass(t, g, true, 0)
			entered.add()
			if waited := time.Since(before); waited != 0 {
				t.Errorf("a person waited %v behind five imports", waited)
			}
		}
		group.Wait()
		if most := entered.most(0); most > 160 {
			t.Errorf("%d requests within a window", most)
		}
		// Not much is lost by sharing.
		if n := len(entered.at); n < 4*150 {
			t.Errorf("only %d requests in five minutes", n)
		}
	})
}

func TestGateLetsPeopleGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := alone(nil)
		for range windowRequests - forPeople {
			pass(t, g, false, 0)
		}
		start := time.Now()
		for range forPeople {
			pass(t, g, true, 0)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a person waited %v behind an import", waited)
		}
		// Now the window is used up for all, and the person is still first, in
		// this process and in another one.
		for name, other := range map[string]*gate{"the same": g, "another": newGate(g.traffic, timeout, nil)} {
			passed := map[string]time.Time{}
			var mu sync.Mutex
			var group sync.WaitGroup
			for _, who := range []string{"import", "person"} {
				group.Go(func() {
					of := g
					if who == "person" {
						of = other
					}
					pass(t, of, who == "person", 0)
					mu.Lock()
					passed[who] = time.Now()
					mu.Unlock()
				})
				synctest.Wait()
			}
			group.Wait()
			if passed["person"].After(passed["import"]) {
				t.Errorf("%s process: the person passed %v after the import", name, passed["person"].Sub(passed["import"]))
			}
			for range windowRequests - forPeople - 1 {
				pass(t, g, false, 0)
			}
			for range forPeople {
				pass(t, g, true, 0)
			}
		}
		// While a person waits, an import is not admitted even though there is
		// room, since both may pass at the same moment.
		g = alone(nil)
		g.urgent = 1
		if _, next := g.take(false); next {
			t.Error("an import passes a person who waits")
		}
		if _, next := g.take(true); !next {
			t.Error("the person does not pass")
		}
	})
}

func TestGateClosesForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Time
		g := alone(func(until time.Time) { told = append(told, until) })
		var otherTold []time.Time
		other := newGate(g.traffic, timeout, func(until time.Time) { otherTold = append(otherTold, until) })
		pass(t, g, false, 0) // which leaves three places of a block
		pass(t, other, false, 0)
		start := time.Now()
		g.close(t.Context(), 30*time.Second)
		g.close(t.Context(), 20*time.Second)
		want := start.Add(30 * time.Second)
		if len(told) != 1 || !told[0].Equal(want) {
			t.Errorf("told %v, want %v", told, want)
		}
		pass(t, other, true, 0)
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("another process passed after %v", waited)
		}
		if len(otherTold) != 1 || !otherTold[0].Equal(want) {
			t.Errorf("another process was told %v, want %v", otherTold, want)
		}
		pass(t, g, true, 0)
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("passed after %v", waited)
		}
		// Half of the window for a while, less the part for people.
		time.Sleep(window + timeout + useWithin)
		for range windowRequests/2 - forPeople {
			pass(t, g, false, 0)
		}
		before := time.Now()
		pass(t, g, false, 0)
		if waited := time.Since(before); waited != window {
			t.Errorf("one more after %v", waited)
		}
	})
}

// However far away a reset is: nothing is sent before it, by any process.
func TestGateWaitsForALongClosing(t *testing.T) {
	for _, c := range []struct {
		closed       time.Duration
		person, pass bool // whether they wait for it
	}{
		{90 * time.Second, true, true}, {300 * time.Second, false, true}, {time.Hour, false, true}, {3 * time.Hour, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := alone(nil)
			g.close(t.Context(), c.closed)
			reset := time.Now().Add(c.closed)
			var group sync.WaitGroup
			for _, of := range []*gate{g, newGate(g.traffic, timeout, nil)} {
				for urgent, waits := range map[bool]bool{true: c.person, false: c.pass} {
					group.Go(func() {
						began := time.Now()
						err := of.enter(t.Context(), urgent)
						var limited *profile.Error
						switch {
						case err == nil:
							of.leave()
							if time.Now().Before(reset) || !waits {
								t.Errorf("%v: sent after %v", c.closed, time.Since(began))
							}
						case waits, !time.Now().Equal(began):
							t.Errorf("%v: %v after %v", c.closed, err, time.Since(began))
						case !errors.As(err, &limited) || limited.Code != profile.RateLimited || !limited.Until.Equal(reset):
							t.Errorf("%v: %v", c.closed, err)
						}
					})
				}
			}
			group.Wait()
			time.Sleep(time.Until(reset))
			pass(t, g, false, 0)
		})
	}
}

func TestGateGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := alone(nil)
		g.close(t.Context(), time.Hour)
		for _, urgent := range []bool{true, false} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			before := time.Now()
			if err := g.enter(ctx, urgent); err == nil || time.Since(before) > time.Second {
				t.Errorf("%v after %v", err, time.Since(before))
			}
			cancel()
		}
		if g.urgent != 0 || len(g.reserved) != 0 {
			t.Errorf("left %d waiting and %d places", g.urgent, len(g.reserved))
		}
	})
}

// A process that is killed takes its places with it for a while, and no more.
func TestGateOutlivesAKilledProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newOwnTraffic()
		for range 50 { // 200 places, if there were as many
			killed := newGate(shared, timeout, nil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_ = killed.enter(ctx, false)
			cancel()
		}
		start := time.Now()
		g := newGate(shared, timeout, nil)
		pass(t, g, true, 0)
		pass(t, g, false, 0)
		if waited := time.Since(start); waited > useWithin+timeout+window {
			t.Errorf("waited %v", waited)
		}
	})
}

// A process that ends gives back what it has reserved and not used.
func TestGateGivesBackWhatItDoesNotUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newOwnTraffic()
		g := newGate(shared, timeout, nil)
		pass(t, g, false, 0)
		g.release()
		if n := len(shared.traffic.Places); n != 1 {
			t.Errorf("%d places are taken after one request", n)
		}
		time.Sleep(window)
		g = newGate(shared, timeout, nil)
		for range 3 {
			pass(t, g, false, 0)
			time.Sleep(useWithin)
		}
		if n := len(shared.traffic.Places); n != 2+blockSize {
			t.Errorf("%d places are taken after three requests, the last of them just now", n)
		}
	})
}
