package syncer_test

import (
	"net/http"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// This computer's clock was set back, and time passes until it shows again the
// time at which the two clocks agreed: Cliniko's time must not change then, and
// what was read later must still count as the newer reading.
func TestAClockThatWasSetBackHidesNoChange(t *testing.T) {
	for name, back := range map[string]time.Duration{"7 minutes": 7 * time.Minute, "13 minutes": 13 * time.Minute, "2 hours": 2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			c.full()
			ids := c.fake.IDs()
			rename := func(name string) {
				t.Helper()
				fine(t, c.fake.Edit(ids[5], func(p *fakeclinic.Patient) { p.LastName = &name }))
				c.passed += time.Second
				c.full()
				entry, err := c.store().One(t.Context(), ids[5])
				if err != nil || entry.Profile.LastName != name {
					t.Errorf("%q, %v; Cliniko has %q", entry.Profile.LastName, err, name)
				}
			}
			c.passed, c.skew = back-time.Minute, -back
			rename("Before")
			c.passed += 2 * time.Minute
			rename("After")
			fine(t, c.fake.Archive(ids[6])) // which leaves updated_at unchanged
			c.full()
			if s := c.stateOf(ids[6]); s != profile.Archived {
				t.Errorf("the archived client is %s", s)
			}
			// Set again, by less, and the program starts again.
			c.passed, c.skew = c.passed+time.Minute, -back+6*time.Minute
			rename("Again")
		})
	}
}

// A slow answer is the older reading, whatever this computer's clock shows
// meanwhile.
func TestASlowAnswerStaysTheOlderOne(t *testing.T) {
	for name, c := range map[string]struct{ before, meanwhile time.Duration }{
		"set back two hours ago":          {-2 * time.Hour, -2 * time.Hour},
		"set back meanwhile":              {0, -13 * time.Minute},
		"set ahead meanwhile":             {0, 13 * time.Minute},
		"set back by two hours meanwhile": {0, -2 * time.Hour},
		"set ahead again meanwhile":       {-2 * time.Hour, 0},
		"set back again, less, meanwhile": {-2 * time.Hour, -time.Hour},
		"set back again, and by more":     {-2 * time.Hour, -30 * time.Hour},
		"the clock is right all the time": {0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newClocks(t, 12)
			w.full()
			id := w.fake.IDs()[3]
			engine := syncer.New(w.client, w.store().Store(), syncer.Options{Now: w.here})
			w.passed, w.skew = w.passed+2*time.Hour-time.Minute, c.before
			_, err := engine.Full(t.Context(), nil)
			fine(t, err)

			given, release := make(chan struct{}), make(chan struct{})
			var held atomic.Bool
			w.slow = func(r *http.Request) {
				if path.Base(r.URL.Path) == id && held.CompareAndSwap(false, true) {
					close(given)
					<-release
				}
			}
			var slow sync.WaitGroup
			slow.Go(func() {
				if _, err := engine.One(t.Context(), profile.ID(id)); err != nil {
					t.Error(err)
				}
			})
			<-given
			w.passed += 20 * time.Second
			fine(t, w.fake.Archive(id)) // which leaves updated_at unchanged
			w.passed += 20 * time.Second
			_, err = engine.One(t.Context(), profile.ID(id))
			fine(t, err)
			w.passed, w.skew = w.passed+2*time.Minute, c.meanwhile
			close(release)
			slow.Wait()
			if s := w.stateOf(id); s != profile.Archived {
				t.Errorf("the archived client is %s", s)
			}
		})
	}
}
