package cliniko

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/profile"
)

// computer is a store whose computer can be started again.
type computer struct {
	mu      sync.Mutex
	began   time.Time
	traffic profile.Traffic
}

func (c *computer) restart(uptime time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = time.Now().Add(-uptime)
}

func (c *computer) Now() time.Duration { return time.Since(c.began) }

func (c *computer) Closing(context.Context) (profile.Closing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.traffic.Closing, nil
}

func (c *computer) UpdateTraffic(_ context.Context, update func(time.Duration, *profile.Traffic)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	update(c.Now(), &c.traffic)
	return nil
}

// The clock begins again when the computer starts. What was known before then
// neither lets too many requests through nor blocks them for long.
func TestGateSurvivesARestartOfTheComputer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &computer{}
		c.restart(50 * 24 * time.Hour)
		g := newGate(c, timeout, nil)
		for range 150 {
			pass(t, g, false, 0)
		}
		c.restart(12 * time.Second)
		start := time.Now()
		g = newGate(c, timeout, nil)
		pass(t, g, true, 0)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a person waited %v", waited)
		}
		pass(t, g, false, 0)
		if waited := time.Since(start); waited < window-12*time.Second || waited > window {
			t.Errorf("an import waited %v", waited)
		}
		g.close(t.Context(), 5*time.Minute)
		c.restart(12 * time.Second)
		start = time.Now()
		g = newGate(c, timeout, nil)
		pass(t, g, false, 0)
		if waited := time.Since(start); waited != 5*time.Minute {
			t.Errorf("waited %v for a reset of before the start", waited)
		}
	})
}

// What somebody wrote into the store costs some waiting and no more.
func TestGateSurvivesWhatIsNotPlausible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, bad := range []time.Duration{math.MinInt64, -time.Hour, time.Hour, math.MaxInt64} {
			c := &computer{began: time.Now().Add(-time.Hour)}
			for range 300 {
				c.traffic.Places = append(c.traffic.Places, profile.Place{Until: bad, Holder: 7})
			}
			c.traffic.Person = bad
			g := newGate(c, timeout, nil)
			start := time.Now()
			pass(t, g, false, 0)
			if waited := time.Since(start); waited > 2*window {
				t.Errorf("places until %v: waited %v", bad, waited)
			}
			for _, closing := range []profile.Closing{{At: bad, For: time.Minute}, {At: bad, For: bad}, {At: 0, For: bad}} {
				c.traffic.Closing = closing
				start := time.Now()
				for profile.CodeOf(g.enter(t.Context(), false)) == profile.RateLimited {
					time.Sleep(time.Minute)
				}
				g.leave()
				if waited := time.Since(start); waited > believedReset {
					t.Errorf("%v: waited %v", closing, waited)
				}
			}
		}
	})
}
