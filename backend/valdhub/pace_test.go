package valdhub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// However many wait, two requests begin a quarter of a second apart, so that no
// second has more than four.
func TestPace(t *testing.T) {
	c, err := New(Credentials{"a", "b"}, Regions[0], Options{Address: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var turns []time.Time
	var all sync.WaitGroup
	for range 7 {
		all.Go(func() {
			at, err := c.pace.turn(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			turns = append(turns, at)
		})
	}
	all.Wait()
	slices.SortFunc(turns, time.Time.Compare)
	for i := 1; i < len(turns); i++ {
		if turns[i].Sub(turns[i-1]) < 250*time.Millisecond {
			t.Errorf("%s apart", turns[i].Sub(turns[i-1]))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.pace.turn(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := c.pace.turn(t.Context()); err != nil { // who gave up has left the turn to others
		t.Errorf("%v", err)
	}
}
