package runner_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
)

// reporter is a test, or one of rapid's.
type reporter interface {
	Helper()
	Errorf(format string, values ...any)
}

// watch records what a scheduler starts in a test, and when. The test holds the
// lock, except while it lets time go by.
type watch struct {
	t         reporter
	scheduler *runner.Scheduler
	start     time.Time
	mu        sync.Mutex

	passes  []time.Duration // since the start, each at its beginning
	retries []time.Duration
	busy    bool

	// What the world is like.
	code      profile.Code // that passes and retries end with
	takes     time.Duration
	random    float64
	offline   bool
	asleep    time.Duration // what the wall clock is ahead of the monotonic one
	freeze    time.Duration // what the program stops for before it starts anything
	nextRetry func() time.Time
	ticks     int

	stop func()
}

// startScheduler must be called in a bubble with a clock of its own.
func startScheduler(t reporter) *watch {
	w := &watch{t: t, start: time.Now(), random: 0.5}
	w.scheduler = runner.NewScheduler(runner.Tasks{
		Pass:      func(ctx context.Context) error { return w.work(ctx, &w.passes) },
		Retry:     func(ctx context.Context) error { return w.work(ctx, &w.retries) },
		NextRetry: func(context.Context) time.Time { return w.whenToRetry() },
		Online:    func() bool { w.mu.Lock(); defer w.mu.Unlock(); return !w.offline },
		Tick:      func(context.Context) { w.mu.Lock(); defer w.mu.Unlock(); w.ticks++ },
		Clock:     func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return time.Now().Add(w.asleep) },
		Random:    func() float64 { return w.random },
	})
	w.mu.Lock()
	w.run()
	return w
}

func (w *watch) since() time.Duration { return time.Since(w.start) }

func (w *watch) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.scheduler.Run(ctx) }()
	w.stop = func() {
		cancel()
		w.mu.Unlock()
		<-ended
		w.mu.Lock()
	}
}

// work is a pass or a retry: it takes its time and must be alone.
func (w *watch) work(ctx context.Context, times *[]time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	*times = append(*times, w.since())
	if w.busy {
		w.t.Errorf("two at once")
	}
	if w.offline {
		w.t.Errorf("asked while there is no network")
	}
	w.busy = true
	defer func() { w.busy = false }()
	w.mu.Unlock()
	select {
	case <-time.After(w.takes):
	case <-ctx.Done():
	}
	w.mu.Lock()
	if ctx.Err() != nil || w.code == "" {
		return ctx.Err()
	}
	return profile.Refuse(w.code, "It did not end well.")
}

func (w *watch) whenToRetry() time.Time {
	w.mu.Lock()
	freeze, due := w.freeze, time.Time{}
	if w.nextRetry != nil {
		due = w.nextRetry()
	}
	w.freeze = 0
	w.mu.Unlock()
	time.Sleep(freeze)
	return due
}

// after lets time go by and returns the passes that began in it.
func (w *watch) after(d time.Duration) []time.Duration {
	before := len(w.passes)
	w.mu.Unlock()
	time.Sleep(d)
	synctest.Wait()
	w.mu.Lock()
	return w.passes[before:]
}

// want checks when passes began in the time that goes by.
func (w *watch) want(d time.Duration, passes ...time.Duration) {
	w.t.Helper()
	if got := w.after(d); !slices.Equal(got, passes) {
		w.t.Errorf("passes at %v, not %v", got, passes)
	}
}

// within checks that one pass began in the time that goes by.
func (w *watch) within(d time.Duration) {
	w.t.Helper()
	if got := w.after(d); len(got) != 1 {
		w.t.Errorf("passes at %v, not one", got)
	}
}

// bubble runs a test with a scheduler on a clock of its own.
func bubble(t *testing.T, test func(w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := startScheduler(t)
		defer func() { w.stop() }()
		test(w)
	})
}

const (
	second = time.Second
	minute = time.Minute
	aDay   = 24 * time.Hour
	year   = 365 * aDay
)

func TestSchedulerPassesEveryFiveMinutes(t *testing.T) {
	bubble(t, func(w *watch) {
		w.takes = 40 * second
		w.want(2 * second)             // the window comes first
		w.want(38*second, 3*second)    // ends at 43
		w.random = 1                   // the most: six minutes from there
		w.want(400*second, 403*second) // ends at 443
		w.random = 0                   // the least: four
		w.want(250*second, 683*second)
	})
}

func TestSchedulerCountsFromAPersonsPass(t *testing.T) {
	bubble(t, func(w *watch) {
		w.within(4 * minute)
		w.scheduler.PassEnded(nil)
		w.want(4*minute + 59*second)
		w.within(second)
	})
}

func TestSchedulerStartsAfterAPersonsImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startScheduler(t)
		w.stop()
		w.scheduler.PassEnded(nil) // before it runs: nothing is due in three seconds
		w.run()
		defer w.stop()
		w.want(4*minute + 59*second)
		w.within(2 * second)
	})
}

func TestSchedulerFocus(t *testing.T) {
	bubble(t, func(w *watch) {
		w.scheduler.Focus() // as the window opens: the first pass is due anyway
		w.want(4*second, 3*second)
		w.want(58 * second)
		w.scheduler.Focus() // a minute has not gone by
		w.want(3 * second)
		w.scheduler.Focus()
		w.want(0, 65*second)
		for range 20 {
			w.scheduler.Focus()
			w.want(second)
		}
	})
}

func TestSchedulerWakes(t *testing.T) {
	for name, sleep := range map[string]func(*watch){
		"the clock stood still":   func(w *watch) { w.asleep += 8 * time.Hour },
		"the program stood still": func(w *watch) { w.freeze = 8 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *watch) {
				w.within(2 * minute)
				sleep(w)
				w.after(w.freeze)
				w.within(19 * second) // a tick, and a moment for the network
				w.within(5 * minute)
			})
		})
	}
	t.Run("a clock that is set back is no sleep", func(t *testing.T) {
		bubble(t, func(w *watch) {
			w.within(minute)
			w.asleep -= 24 * time.Hour
			w.want(4 * minute)
			w.within(10 * second)
		})
	})
}

func TestSchedulerOffline(t *testing.T) {
	bubble(t, func(w *watch) {
		w.within(minute)
		w.offline = true
		w.nextRetry = time.Now // for ever due
		w.want(time.Hour)
		w.scheduler.Focus()
		w.asleep += time.Hour
		w.want(minute)
		if len(w.retries) > 0 {
			t.Errorf("failed profiles read at %v", w.retries)
		}
		w.offline = false
		w.within(16 * second) // noticed at the next tick
		w.offline = true
		w.want(20 * second) // even so briefly, and right after a pass
		w.offline = false
		w.scheduler.Focus() // the browser may know sooner
		w.within(0)
	})
}

func TestSchedulerTriesAgainWhenClinikoIsOutOfReach(t *testing.T) {
	for _, code := range []profile.Code{profile.Offline, profile.TimedOut, profile.LoginPage, profile.ConnectionBlocked,
		profile.ProxyUnreachable, profile.ProxyRefused, profile.ProxyScript, profile.TLSFailed, profile.CertificateUntrusted, profile.ClockWrong} {
		t.Run(string(code), func(t *testing.T) {
			bubble(t, func(w *watch) {
				w.code = code
				w.want(17*minute, 3*second, 33*second, 93*second, 213*second, 513*second, 813*second)
				w.scheduler.Focus()
				w.within(0)
				w.scheduler.Focus() // once is enough
				w.want(2 * second)
				w.asleep += time.Hour
				w.within(18 * second) // and the waits start again
				w.within(31 * second)
				w.code = ""
				w.within(61 * second)
				w.want(4*minute + 50*second)
				w.code = code
				w.within(10 * second)
				w.within(30 * second)
			})
		})
	}
}

func TestSchedulerWaitsForAPerson(t *testing.T) {
	for _, code := range []profile.Code{profile.KeyRefused, profile.KeyForbidden, profile.OtherClinic, profile.NotConnected,
		profile.KeyringLocked, profile.StoreDamaged, profile.ProxyUnreadable, profile.ProxySignIn} {
		t.Run(string(code), func(t *testing.T) {
			bubble(t, func(w *watch) {
				w.code = code
				w.nextRetry = time.Now
				w.within(59 * minute)
				w.scheduler.Focus()
				w.asleep += 5 * minute
				w.offline = true
				w.want(20 * second)
				w.offline = false
				w.within(minute) // of the hour, five minutes were slept through
				w.want(30 * minute)
				w.scheduler.PassEnded(profile.Refuse(code, "A person tried, in vain."))
				w.want(40 * minute)
				w.asleep += 8 * time.Hour
				w.within(18 * second)
				w.code = ""
				w.scheduler.Resume()
				w.within(4 * second)
				w.within(5 * minute)
				if len(w.retries) == 0 {
					t.Error("failed profiles wait for ever")
				}
			})
		})
	}
}

func TestSchedulerKeepsItsTimesWhateverElseGoesWrong(t *testing.T) {
	for _, code := range []profile.Code{profile.ClinicTrouble, profile.AnswerIncomplete, profile.RateLimited, profile.SyncRunning, profile.Gone, profile.Cancelled,
		profile.StoreFull, profile.StoreBusy, profile.DatabaseUnreachable, profile.Internal} {
		t.Run(string(code), func(t *testing.T) {
			bubble(t, func(w *watch) {
				w.code = code
				w.want(11*minute, 3*second, 303*second, 603*second)
			})
		})
	}
}

func TestSchedulerRetriesFailedProfiles(t *testing.T) {
	bubble(t, func(w *watch) {
		// As the store has it: a minute after the first attempt, ten after
		// the second.
		w.nextRetry = func() time.Time { return w.start.Add(63*second + time.Duration(len(w.retries))*10*minute) }
		w.want(11*minute, 3*second, 303*second, 603*second)
		w.after(2 * minute)
		if want := []time.Duration{63 * second, 663 * second}; !slices.Equal(w.retries, want) {
			t.Errorf("read at %v, not %v", w.retries, want)
		}
		// A store that never says when it is enough does not get it all the
		// time.
		w.nextRetry, w.retries = func() time.Time { return w.start }, nil
		w.after(10 * minute)
		if n := len(w.retries); n < 8 || n > 10 {
			t.Errorf("%d rounds in 10 minutes", n)
		}
		// Out of reach: the next pass finds out first whether that is over.
		w.code, w.passes, w.retries = profile.Offline, nil, nil
		w.after(2 * minute)
		if len(w.retries)+len(w.passes) > 3 {
			t.Errorf("read at %v, passes at %v", w.retries, w.passes)
		}
	})
}

func TestSchedulerStops(t *testing.T) {
	bubble(t, func(w *watch) {
		w.takes = time.Hour
		w.within(minute)
		w.stop() // in the middle of a pass
		if w.busy || w.since() != minute {
			t.Errorf("it took until %v", w.since())
		}
		w.want(24 * time.Hour)
		w.takes = 0
		w.run()
		w.within(minute) // it may run again, and is late
		if w.ticks == 0 {
			t.Error("no tick")
		}
	})
}

// Setting this computer's clock stops no background pass: ahead looks
// like sleep and brings one pass at once, back changes nothing.
func TestASetClockStopsNoPass(t *testing.T) {
	for name, set := range map[string]time.Duration{"a day ahead": aDay, "100 days ahead": 100 * aDay, "ten years ahead": 10 * year,
		"a day back": -aDay, "100 days back": -100 * aDay, "ten years back": -10 * year} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *watch) {
				w.within(minute)
				w.asleep += set
				if set > 0 {
					w.within(19 * second)
				}
				for range 5 {
					w.within(5 * minute)
				}
				w.asleep -= set // and set right again
				for range 5 {
					if n := len(w.after(5 * minute)); n < 1 || n > 2 {
						t.Errorf("%d passes in five minutes", n)
					}
				}
			})
		})
	}
}
