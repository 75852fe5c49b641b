package runner_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

// undated hides the deadline of a test, which rapid asks for and a bubble with
// its own clock cannot know.
type undated struct{ testing.TB }

// TestSchedulerWhateverHappens lets a day of random things happen to a
// scheduler. That no two passes run at once, and none without a network, is
// checked by the watch itself.
func TestSchedulerWhateverHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(undated{t}, func(t *rapid.T) {
			w := startScheduler(t)
			defer func() { w.mu.Unlock() }()
			defer func() { w.stop() }()
			w.takes = time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds a pass takes")) * second
			w.random = rapid.Float64Range(0, 0.999).Draw(t, "random")
			w.nextRetry = func() time.Time { return w.start.Add(time.Duration(len(w.retries)) * 7 * minute) }
			day(t, w)
		})
	})
}

func day(t *rapid.T, w *watch) {
	events := 0
	healthy := w.since() // since when nothing keeps a pass from ending well
	ill := func(code profile.Code, offline bool) {
		was := w.code == "" && !w.offline
		if w.code, w.offline = code, offline; code == "" && !offline && !was {
			healthy = w.since()
		}
	}
	event := map[string]func(*rapid.T){
		"focus":         func(*rapid.T) { w.scheduler.Focus() },
		"an edit":       func(*rapid.T) { w.scheduler.Editing() },
		"a person's":    func(*rapid.T) { w.scheduler.PassEnded(nil); healthy = w.since() },
		"a new key":     func(*rapid.T) { w.scheduler.Resume() },
		"sleep":         func(t *rapid.T) { w.asleep += time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes asleep")) * minute },
		"clock is set":  func(t *rapid.T) { w.asleep -= time.Duration(rapid.IntRange(0, 2000).Draw(t, "minutes back")) * minute },
		"cable is out":  func(*rapid.T) { ill(w.code, !w.busy) }, // what was sent by then is sent
		"cable is back": func(*rapid.T) { ill(w.code, false) },
		"well":          func(*rapid.T) { w.scheduler.Resume(); ill("", w.offline) },
		"ill": func(t *rapid.T) {
			ill(rapid.SampledFrom([]profile.Code{profile.Offline, profile.TimedOut, profile.KeyRefused, profile.ClinicTrouble,
				profile.RateLimited, profile.SyncRunning, profile.StoreFull}).Draw(t, "code"), w.offline)
		},
		"": func(t *rapid.T) {
			events-- // nothing happens but time
			w.after(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * second)
			freshOrNot(t, w, healthy)
		},
	}
	t.Repeat(counted(event, &events))
	if most := int(w.since()/(30*second)) + 2*events + 2; len(w.passes) > most {
		t.Errorf("%d passes in %v, with %d events", len(w.passes), w.since(), events)
	}
}

func counted(event map[string]func(*rapid.T), n *int) map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){}
	for name, do := range event {
		all[name] = func(t *rapid.T) { *n++; do(t) }
	}
	return all
}

// freshOrNot checks that nothing that is well goes without a pass for longer
// than six minutes, and what the pass itself takes. A retry may be under way
// when one falls due.
func freshOrNot(t *rapid.T, w *watch, healthy time.Duration) {
	if w.code != "" || w.offline {
		return
	}
	last := healthy
	if n := len(w.passes); n > 0 {
		last = max(last, w.passes[n-1])
	}
	if gap := w.since() - last; gap > 6*minute+2*w.takes+tickAndSettle {
		t.Errorf("no pass for %v", gap)
	}
}

const tickAndSettle = 20 * second
