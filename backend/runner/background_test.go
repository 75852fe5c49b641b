package runner_test

import (
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/syncer"
)

func TestNothingByItselfBeforeTheFirstImport(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.unlinked = true
		w.background.Start()
		sent := w.fake.RequestCount()
		if began := w.after(time.Hour); len(began) > 0 {
			t.Errorf("without a clinic, passes at %v", began)
		}
		if status := w.status(); status.Last != nil || status.Unfinished || status.Problem != nil {
			t.Errorf("without a clinic: %+v", status)
		}
		w.unlinked = false
		if began := w.after(time.Hour); len(began) > 0 || w.fake.RequestCount() != sent {
			t.Errorf("without an import, passes at %v", began)
		}
		if status := w.status(); status.Problem != nil || w.log.Len() != 0 {
			t.Errorf("%+v, log: %s", status, w.log.String())
		}
	})
}

// On a computer that is not the one that syncs, nothing is asked of Cliniko and
// nothing is shown as a trouble; once it is, passes run.
func TestAnotherComputerSyncs(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.elsewhere = profile.Refuse(profile.SyncRunning, "Another computer of the clinic syncs already.")
		w.background.Start()
		sent := w.fake.RequestCount()
		began := w.after(time.Hour)
		_, sync := w.runner.Sync(t.Context())
		_, full := w.runner.Full(t.Context())
		list := w.runner.List(t.Context(), func(*syncer.Listed) { t.Error("a list") })
		for _, err := range []error{sync, full, list} {
			if profile.MessageOf(err) != "Another computer of the clinic syncs already." {
				t.Errorf("a person who asks: %v", err)
			}
		}
		if len(began) > 0 || w.fake.RequestCount() != sent || w.log.Len() != 0 {
			t.Errorf("passes at %v, %d requests, log: %s", began, w.fake.RequestCount()-sent, w.log.String())
		}
		w.restart()
		w.background.Start()
		w.after(time.Hour)
		if status := w.status(); status.Problem != nil {
			t.Errorf("%+v", status.Problem)
		}
		w.mu.Lock()
		w.elsewhere = nil
		w.mu.Unlock()
		if began := w.after(6 * time.Minute); len(began) == 0 || w.fake.RequestCount() == sent {
			t.Errorf("elected, passes at %v", began)
		}
	})
}

func TestScheduleAfterSuccess(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.background.Start()
		w.background.Start() // it runs already
		if began := w.after(time.Minute); !slices.Equal(began, []time.Duration{3 * second}) {
			t.Errorf("after a start, passes at %v", began)
		}
		w.after(time.Hour)
		pauses := w.pauses()
		if len(pauses) < 9 || slices.Min(pauses) < 4*minute || slices.Max(pauses) > 6*minute {
			t.Errorf("pauses of %v", pauses)
		}
		if slices.Contains(w.phases, "storing") || w.status().Problem != nil {
			t.Errorf("%v, %+v", w.phases, w.status())
		}
		// It counts from a person's pass too.
		if _, err := w.runner.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.began = nil
		if began := w.after(4*minute - second); len(began) > 0 {
			t.Errorf("passes at %v", began)
		}
		if began := w.after(2*minute + 2*second); len(began) != 1 {
			t.Errorf("passes at %v", began)
		}
		// And not from what does not bring everything that is new.
		for name, other := range map[string]func() error{
			"a listing": func() error { return w.runner.List(t.Context(), func(*syncer.Listed) {}) },
			"a repair":  func() error { return w.runner.Mend(t.Context(), w.fake.IDs()[:1]) },
		} {
			if _, err := w.runner.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(4*minute - second)
			if err := other(); err != nil {
				t.Fatal(err)
			}
			if began := w.after(2*minute + 2*second); len(began) != 1 {
				t.Errorf("after %s, passes at %v", name, began)
			}
		}
		// Somebody who comes to the window finds nothing older than a minute.
		if _, err := w.runner.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * second)
		w.background.Focus()
		if began := w.after(0); len(began) > 0 {
			t.Errorf("within a minute, passes at %v", began)
		}
		time.Sleep(2 * second)
		w.background.Focus()
		if began := w.after(0); len(began) != 1 {
			t.Errorf("after a minute, passes at %v", began)
		}
	})
}

func TestScheduleWhileClinikoIsOutOfReach(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault {
			return fakeclinic.Fault{Kind: fakeclinic.Hang, Wait: time.Millisecond}
		})
		w.background.Start()
		w.after(16 * minute)
		if got, want := w.pauses(), []time.Duration{30 * second, minute, 2 * minute, 5 * minute, 5 * minute}; !slices.Equal(got, want) {
			t.Errorf("pauses of %v, not %v", got, want)
		}
		status := w.status()
		if profile.CodeOf(status.Problem) != profile.Offline || status.OfflineSince != w.start.Add(w.ended[0]) {
			t.Errorf("%+v, the first pass ended at %v", status, w.start.Add(w.ended[0]))
		}
		if n := w.logged("sync by itself"); n != 1 {
			t.Errorf("logged %d times", n)
		}
		// Cliniko answers somebody who opens a client: no waiting for the turn.
		w.fail("")
		w.background.Reached()
		if began := w.after(3 * second); len(began) != 1 {
			t.Errorf("passes at %v", began)
		}
		if status := w.status(); status.Problem != nil || !status.OfflineSince.IsZero() {
			t.Errorf("%+v", status)
		}
		w.background.Reached() // and now that says nothing new
		if began := w.after(minute); len(began) > 0 {
			t.Errorf("passes at %v", began)
		}
		// The next time it is news again.
		w.fail(fakeclinic.LoginPage)
		w.after(10 * minute)
		w.fail("")
		w.after(10 * minute)
		w.fail(fakeclinic.LoginPage)
		w.after(10 * minute)
		if n := w.logged("sync by itself"); n != 3 {
			t.Errorf("logged %d times", n)
		}
	})
}

func TestScheduleWithoutANetwork(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.background.Start()
		w.after(minute)
		w.setOffline(true)
		since := time.Now()
		if began := w.after(24 * time.Hour); len(began) > 0 {
			t.Errorf("without a network, passes at %v", began)
		}
		status := w.status()
		if late := status.OfflineSince.Sub(since); late < 0 || late > 15*second || status.Problem != nil {
			t.Errorf("%+v, noticed after %v", status, late)
		}
		w.setOffline(false)
		if began := w.after(16 * second); len(began) != 1 {
			t.Errorf("passes at %v", began)
		}
		if status := w.status(); !status.OfflineSince.IsZero() {
			t.Errorf("%+v", status)
		}
	})
}

func TestScheduleWhileOnlyAPersonCanHelp(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.fail(fakeclinic.Unauthorized)
		w.background.Start()
		w.after(150 * minute)
		if got, want := w.pauses(), []time.Duration{time.Hour, time.Hour}; !slices.Equal(got, want) {
			t.Errorf("pauses of %v, not %v", got, want)
		}
		w.fail("")
		w.background.Resume() // with a new key
		if began := w.after(3 * second); len(began) != 1 || w.status().Problem != nil {
			t.Errorf("passes at %v, %+v", began, w.status())
		}
	})
}

func TestScheduleWhileClinikoAsksToWait(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		var until time.Time
		w.fake.SetFaults(func(fakeclinic.Request) (f fakeclinic.Fault) {
			if until.IsZero() {
				until, f = time.Now().Add(100*second), fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: 100 * second}
			}
			return f
		})
		sent := w.fake.RequestCount()
		w.background.Start()
		w.after(102 * second) // the pass begins after 3
		if n := w.fake.RequestCount() - sent; n != 1 {
			t.Errorf("%d requests before the reset", n)
		}
		w.after(4 * second)
		if status := w.status(); status.Problem != nil || !status.LastSuccess.After(until.Add(-second)) || !status.WaitingUntil.IsZero() {
			t.Errorf("until %v, %+v", until, status)
		}
	})
}

// What could not be read is due a minute later, and then read by itself.
func TestUnreadableProfilesAreReadAgain(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		if due := w.background.NextRetry(t.Context()); !due.IsZero() {
			t.Errorf("before the import, one is due at %v", due)
		}
		w.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault {
			return fakeclinic.Fault{Kind: fakeclinic.Undecodable, Row: 2}
		})
		w.imported()
		w.fail("")
		if due := w.background.NextRetry(t.Context()); time.Until(due) != minute {
			t.Errorf("due in %v", time.Until(due))
		}
		good := w.status()
		if good.Last.Counts.Failed != 2 {
			t.Errorf("%+v", good.Last)
		}
		sent := w.fake.RequestCount()
		if err := w.background.Retry(t.Context()); err != nil || w.fake.RequestCount() != sent {
			t.Errorf("read before it is due, %v", err)
		}
		w.background.Start()
		w.after(2 * minute)
		if due := w.background.NextRetry(t.Context()); !due.IsZero() {
			t.Errorf("still due at %v", due)
		}
		if passes := w.stored(); passes[0].Kind != profile.RetryPass || passes[0].Counts.Synced != 2 {
			t.Errorf("%+v", passes[0])
		}
		if status := w.status(); *status.Last != *good.Last || status.LastSuccess != good.LastSuccess {
			t.Errorf("a retry is shown as a sync: %+v", status)
		}
	})
}

func TestPause(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.restart()
		w.background.Start()
		w.after(minute)
		arrived, release := w.hold(1)
		sync := onDemand(w.runner.Sync)
		arrived()
		resume := w.background.Pause(runner.ErrCancelled)
		if end := <-sync; profile.CodeOf(end.err) != profile.Cancelled {
			t.Errorf("%+v", end)
		}
		release()
		again := w.background.Pause(runner.ErrCancelled)
		w.background.Start()
		if began := w.after(time.Hour); len(began) > 0 {
			t.Errorf("paused, passes at %v", began)
		}
		resume()
		if began := w.after(time.Hour); len(began) > 0 {
			t.Errorf("paused once, passes at %v", began)
		}
		again()
		if began := w.after(4 * second); len(began) != 1 {
			t.Errorf("resumed, passes at %v", began)
		}
		// One that runs in the background ends, and that is no failure.
		arrived, release = w.hold(1)
		arrived()
		w.background.Pause(syncer.ErrClosing)
		release()
		if w.log.Len() != 0 || w.runner.Running(runner.Changes) {
			t.Errorf("log: %s", w.log.String())
		}
	})
}

// Another process's pass is found while nothing runs here.
func TestEveryTickLooksForOtherProcesses(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		w.background.Start()
		w.after(minute)
		if _, err := syncer.New(w.client, w.store.Store(), syncer.Options{}).Changes(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		ended := time.Now()
		w.after(15 * second)
		if w.renewals != 1 {
			t.Errorf("%d renewals", w.renewals)
		}
		w.began = nil
		w.after(4*minute - 15*second - second)
		if len(w.began) > 0 {
			t.Errorf("passes at %v, though another process has synced at %v", w.began, ended.Sub(w.start))
		}
	})
}
