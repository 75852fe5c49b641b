package cliniko

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

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

func TestGateBurstsAndThenHoldsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(nil)
		start := time.Now()
		var entered []time.Time
		var mu sync.Mutex
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 100 {
					if err := g.enter(t.Context(), false); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					entered = append(entered, time.Now())
					mu.Unlock()
					time.Sleep(150 * time.Millisecond)
					g.leave()
				}
			})
		}
		group.Wait()
		const background = windowRequests - forPeople
		if burst := entered[background-1].Sub(start); burst > 6*time.Second {
			t.Errorf("the first %d took %v", background, burst)
		}
		// The server may count a request at any time between sending and
		// answer.
		for i := range entered {
			if j := i + windowRequests; j < len(entered) && entered[j].Sub(entered[i].Add(150*time.Millisecond)) < window {
				t.Fatalf("requests %d and %d lie within a window", i, j)
			}
		}
	})
}

func TestGateLetsPeopleGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(nil)
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
		// Now the window is used up for all, and the person is still first.
		passed := map[string]time.Time{}
		var mu sync.Mutex
		var group sync.WaitGroup
		for _, name := range []string{"import", "person"} {
			group.Go(func() {
				pass(t, g, name == "person", 0)
				mu.Lock()
				passed[name] = time.Now()
				mu.Unlock()
			})
			synctest.Wait()
		}
		group.Wait()
		if passed["person"].After(passed["import"]) {
			t.Errorf("the person passed %v after the import", passed["person"].Sub(passed["import"]))
		}
		// While a person waits, an import is not admitted even though there is
		// room, since both may pass at the same moment.
		g = newGate(nil)
		g.urgent = 1
		if g.delay(time.Now(), false) == 0 || g.delay(time.Now(), true) != 0 {
			t.Error("an import passes a person who waits")
		}
	})
}

func TestGateClosesForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told time.Time
		g := newGate(func(until time.Time) { told = until })
		start := time.Now()
		g.close(30 * time.Second)
		if want := start.Add(30 * time.Second); !told.Equal(want) {
			t.Errorf("told %v, want %v", told, want)
		}
		pass(t, g, true, 0)
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("passed after %v", waited)
		}
		// Half of the window for a while, less the part for people.
		for range windowRequests/2 - forPeople - 1 {
			pass(t, g, false, 0)
		}
		before := time.Now()
		pass(t, g, false, 0)
		if waited := time.Since(before); waited != window {
			t.Errorf("one more after %v", waited)
		}
	})
}

func TestGateGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(nil)
		g.close(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.enter(ctx, true); err == nil {
			t.Error("entered a closed gate")
		}
		if g.urgent != 0 || g.inFlight != 0 {
			t.Errorf("left %d waiting and %d under way", g.urgent, g.inFlight)
		}
	})
}
