package runner_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/syncer"
)

func TestOnePassAtATime(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		arrived, release := w.hold(1)
		first := onDemand(w.runner.Full)
		arrived()
		sent := w.fake.RequestCount()
		for name, second := range map[string]func(context.Context) error{
			"a full pass":           func(ctx context.Context) error { _, err := w.runner.Full(ctx); return err },
			"a listing":             func(ctx context.Context) error { return w.runner.List(ctx, func(*syncer.Listed) {}) },
			"one in the background": w.background.Retry,
			"a repair":              func(ctx context.Context) error { return w.runner.Mend(ctx, []string{"1"}) },
		} {
			err := second(t.Context())
			if profile.CodeOf(err) != profile.SyncRunning || profile.MessageOf(err) != "A sync is already running. Wait until it is done, or cancel it first." {
				t.Errorf("%s beside another pass: %v", name, err)
			}
		}
		if !w.runner.Running(runner.Import, runner.Full) || w.runner.Running(runner.Listing, runner.Import, runner.Changes, runner.Retry) {
			t.Error("it does not say which one runs")
		}
		if n := w.fake.RequestCount(); n != sent {
			t.Errorf("%d requests beside another pass", n-sent)
		}
		release()
		if end := <-first; end.err != nil || end.pass.Counts.Read != 150 {
			t.Errorf("%+v", end)
		}
		if w.runner.Running(runner.Full) {
			t.Error("it still runs")
		}
		if w.logged("\"level\":\"error\"") != 0 {
			t.Errorf("log: %s", w.log.String())
		}
	})
}

func TestListThenImport(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		var list *syncer.Listed
		if err := w.runner.List(t.Context(), func(found *syncer.Listed) {
			list = found
			if !w.runner.Running(runner.Listing) {
				t.Error("the list comes after the end of the listing")
			}
		}); err != nil || len(list.Entries) != 150 {
			t.Fatal(err)
		}
		if len(w.stored()) != 0 {
			t.Error("a listing is stored")
		}
		begun := 0
		pass, err := w.runner.Import(t.Context(), list, func() { begun++ })
		if err != nil || pass.Counts.Synced != 150 || begun != 1 {
			t.Errorf("%+v, begun %d times, %v", pass, begun, err)
		}
		if want := []syncer.Phase{"listing", "idle", "storing", "checking", "idle"}; !slices.Equal(w.phases, want) {
			t.Errorf("told of %v, not %v", w.phases, want)
		}
		if status := w.status(); status.Last == nil || status.Last.Counts.Synced != 150 || !status.LastSuccess.Equal(pass.EndedAt) || status.Unfinished || status.Progress.Left != -1 {
			t.Errorf("%+v", status)
		}
	})
}

// A person's pass ends one in the background, which resumes at its next turn.
func TestAPersonPreempts(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		for name, background := range map[string]func(context.Context) error{
			"a pass":   w.background.Pass,
			"a repair": func(ctx context.Context) error { return w.runner.Mend(ctx, w.fake.IDs()[:1]) },
		} {
			arrived, release := w.hold(1)
			quiet := inTheBackground(background)
			arrived()
			if status := w.runner.Status(); !status.Background || status.Progress.Phase != "changes" {
				t.Errorf("%s: %+v", name, status)
			}
			person := onDemand(w.runner.Full)
			if err := <-quiet; profile.CodeOf(err) != profile.Cancelled {
				t.Errorf("%s, preempted, ended with %v", name, err)
			}
			release()
			if end := <-person; end.err != nil || end.pass.Counts.Read != 150 {
				t.Errorf("over %s: %+v", name, end)
			}
			if status := w.status(); status.Problem != nil || status.Background || status.Last.Kind != profile.FullPass {
				t.Errorf("after %s: %+v", name, status)
			}
		}
		name := "Renamed"
		if err := w.fake.Edit(w.fake.IDs()[7], func(p *fakeclinic.Patient) { p.FirstName = &name }); err != nil {
			t.Fatal(err)
		}
		if err := w.background.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if passes := w.stored(); passes[0].Counts.Synced != 1 || passes[0].EndedAt.IsZero() {
			t.Errorf("it did not resume: %+v", passes[0])
		}
		if w.logged("\"level\":\"error\"") != 0 {
			t.Errorf("log: %s", w.log.String())
		}
	})
}

// A pass that ends in trouble is shown until one ends well.
func TestTroubleIsShownUntilItIsOver(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		good := w.status().LastSuccess
		time.Sleep(time.Hour)
		w.fail(fakeclinic.Unauthorized)
		_, err := w.runner.Sync(t.Context())
		if profile.CodeOf(err) != profile.KeyRefused {
			t.Fatal(err)
		}
		for _, restarted := range []bool{false, true} {
			if restarted {
				w.restart()
			}
			status := w.status()
			if profile.CodeOf(status.Problem) != profile.KeyRefused || profile.MessageOf(status.Problem) != profile.MessageOf(err) {
				t.Errorf("restarted %v: %v", restarted, status.Problem)
			}
			if status.LastSuccess != good || status.Last == nil || status.Last.Err != profile.KeyRefused || !status.OfflineSince.IsZero() {
				t.Errorf("restarted %v: %+v", restarted, status)
			}
		}
		w.fail("")
		w.background.Resume() // with a new key
		if status := w.status(); status.Problem != nil {
			t.Errorf("%+v", status)
		}
		w.fail(fakeclinic.Forbidden)
		if err := w.background.Pass(t.Context()); profile.CodeOf(err) != profile.KeyForbidden {
			t.Fatal(err)
		}
		if status := w.status(); profile.CodeOf(status.Problem) != profile.KeyForbidden {
			t.Errorf("of the one in the background: %+v", status)
		}
		w.runner.Forget() // disconnected
		if status := w.runner.Status(); status.Problem != nil || status.Last != nil || !status.LastSuccess.IsZero() {
			t.Errorf("%+v", status)
		}
		w.fail("")
		if _, err := w.runner.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if status := w.status(); status.Problem != nil || !status.LastSuccess.After(good) {
			t.Errorf("%+v", status)
		}
	})
}

// Cliniko asked to wait: that is shown until it is over, and no longer.
func TestWaitingIsShownUntilItIsOver(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		first := true
		w.fake.SetFaults(func(fakeclinic.Request) (f fakeclinic.Fault) {
			if first {
				f = fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: 90 * time.Second}
			}
			first = false
			return f
		})
		sent := w.fake.RequestCount()
		sync := onDemand(w.runner.Sync)
		time.Sleep(time.Second)
		until := w.runner.Status().WaitingUntil
		if left := time.Until(until); left < 85*time.Second || left > 95*time.Second {
			t.Fatalf("waits for %v", left)
		}
		if status := w.runner.Status(); status.Progress.Phase != "changes" || status.Problem != nil {
			t.Errorf("%+v", status)
		}
		time.Sleep(80 * time.Second)
		if n := w.fake.RequestCount() - sent; n != 1 {
			t.Errorf("%d requests while it waits", n)
		}
		arrived, release := w.hold(1)
		arrived()
		if status := w.runner.Status(); !status.WaitingUntil.IsZero() || time.Now().Before(until) {
			t.Errorf("at %v, waiting until %v", time.Now(), status.WaitingUntil)
		}
		release()
		if end := <-sync; end.err != nil {
			t.Error(end.err)
		}
		w.runner.WaitUntil(time.Now().Add(time.Minute)) // to whoever opened a client
		if status := w.runner.Status(); status.WaitingUntil != time.Now().Add(time.Minute) {
			t.Errorf("%+v", status)
		}
		if _, err := w.runner.Sync(t.Context()); err != nil {
			t.Error(err)
		}
		if status := w.runner.Status(); !status.WaitingUntil.IsZero() {
			t.Errorf("a pass has ended, which had to wait no more: %+v", status)
		}
	})
}

func TestABugInAPassDoesNotHoldUpTheNext(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.bug = true
		if _, err := w.runner.Full(t.Context()); profile.CodeOf(err) != profile.Internal || err.Error() != "a bug: broken" {
			t.Error(err)
		}
		if status := w.status(); profile.CodeOf(status.Problem) != profile.Internal || status.Progress.Phase != runner.Idle {
			t.Errorf("%+v", status)
		}
		w.imported()
	})
}

// Another process on the same store, such as telehab sync in a terminal.
func TestAnotherProcessSyncs(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		other := syncer.New(w.client, w.store.Store(), syncer.Options{})
		w.runner.RefreshPasses(t.Context())
		if w.renewals != 0 || len(w.ended) != 1 {
			t.Errorf("of our own pass: %d renewals", w.renewals)
		}
		w.restart() // which knows what has ended by then
		if _, err := other.Changes(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		w.runner.RefreshPasses(t.Context())
		w.runner.RefreshPasses(t.Context()) // once is enough
		if w.renewals != 1 || len(w.ended) != 1 {
			t.Errorf("%d renewals, told %d times", w.renewals, len(w.ended))
		}
		w.fail(fakeclinic.Forbidden)
		if _, err := other.Changes(t.Context(), nil); profile.CodeOf(err) != profile.KeyForbidden {
			t.Fatal(err)
		}
		w.runner.RefreshPasses(t.Context())
		if status := w.status(); profile.CodeOf(status.Problem) != profile.KeyForbidden {
			t.Errorf("their trouble is ours: %+v", status)
		}
		// Before a pass of ours, theirs is found too.
		w.fail("")
		if _, err := other.Changes(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if err := w.background.Pass(t.Context()); err != nil || w.renewals != 3 {
			t.Errorf("%d renewals, %v", w.renewals, err)
		}
		w.runner.RefreshPasses(t.Context())
		if w.renewals != 3 {
			t.Error("our own pass is taken for another process's")
		}
	})
}
