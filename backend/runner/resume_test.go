package runner_test

import (
	"context"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/syncer"
)

var large = fakeclinic.Options{Seed: 1, Patients: 500, Shares: &fakeclinic.Shares{}}

// Cut off by the end of the program, or by a person's pass: an import resumes
// in the background, where it was, and is shown as the person's that it is.
func TestAnImportResumesAfterARestart(t *testing.T) {
	inBubble(t, large, func(t *testing.T, w *world) {
		arrived, release := w.hold(4)
		first := onDemand(w.runner.Full)
		arrived()
		w.runner.Cancel(syncer.ErrClosing)
		if end := <-first; profile.CodeOf(end.err) != profile.Cancelled && end.err != syncer.ErrClosing { //nolint:errorlint // the very same
			t.Errorf("closed: %+v", end)
		}
		release()
		if told := w.phases[len(w.phases)-1]; told == runner.Idle {
			t.Error("a closing program tells the window of it")
		}
		if passes := w.stored(); len(passes) != 1 || passes[0].Err != "" || !passes[0].EndedAt.IsZero() {
			t.Fatalf("a kill leaves another pass: %+v", passes)
		}
		w.restart()
		if status := w.status(); !status.Unfinished || status.Problem != nil || status.Last != nil {
			t.Errorf("after the restart: %+v", status)
		}
		arrived, release = w.hold(1)
		quiet := inTheBackground(w.background.Pass)
		arrived()
		if status := w.runner.Status(); status.Background || status.Progress.Phase != "storing" {
			t.Errorf("a person's import resumes unseen: %+v", status)
		}
		listing := make(chan error, 1)
		go func() { listing <- w.runner.List(context.Background(), func(*syncer.Listed) {}) }()
		if err := <-quiet; profile.CodeOf(err) != profile.Cancelled {
			t.Errorf("it is not preempted: %v", err)
		}
		release()
		if err := <-listing; err != nil {
			t.Error(err)
		}
		if err := w.background.Pass(t.Context()); err != nil {
			t.Error(err)
		}
		passes := w.stored()
		if len(passes) != 1 || passes[0].Counts.Read != 500 || passes[0].EndedAt.IsZero() {
			t.Errorf("it did not resume: %+v", passes)
		}
	})
}

// A later full pass that was cut off as well: the schedule begins with it, in a
// window and unattended, whatever time the next full pass would have.
func TestALaterFullPassResumesAfterARestart(t *testing.T) {
	for name, begin := range map[string]func(*runner.Runner, func() bool) *runner.Background{"a window": runner.NewBackground, "the watch": runner.NewUnattended} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, large, func(t *testing.T, w *world) {
				w.imported()
				time.Sleep(time.Hour)
				arrived, release := w.hold(4)
				again := onDemand(w.runner.Full)
				arrived()
				w.runner.Cancel(syncer.ErrClosing) // leaves the store as a kill does
				<-again
				release()
				cutOff := w.stored()[0]
				if cutOff.Kind != profile.FullPass || !cutOff.EndedAt.IsZero() || cutOff.Err != "" {
					t.Fatalf("it is not cut off: %+v", cutOff)
				}
				w.restart()
				w.background = begin(w.runner, func() bool { return true })
				w.background.Start()
				if began := w.after(10 * second); len(began) != 1 {
					t.Errorf("passes at %v", began)
				}
				if pass := w.stored()[0]; pass.ID != cutOff.ID || pass.EndedAt.IsZero() || pass.Err != "" || pass.Counts.Read != 500 {
					t.Errorf("it was not resumed: %+v", pass)
				}
			})
		})
	}
}

// What a person cancels stays as it is until somebody asks for it again.
func TestACancelledImportWaitsForAPerson(t *testing.T) {
	inBubble(t, large, func(t *testing.T, w *world) {
		arrived, release := w.hold(4)
		first := onDemand(w.runner.Full)
		arrived()
		w.runner.Cancel(runner.ErrCancelled)
		if end := <-first; profile.MessageOf(end.err) != "It was cancelled. What was already saved stays saved, and the next sync continues from there." {
			t.Errorf("%+v", end)
		}
		release()
		if passes := w.stored(); len(passes) != 1 || passes[0].Err != profile.Cancelled {
			t.Fatalf("%+v", passes)
		}
		if status := w.status(); !status.Unfinished || status.Problem != nil || status.Progress.Phase != runner.Idle {
			t.Errorf("%+v", status)
		}
		w.restart()
		sent := w.fake.RequestCount()
		if err := w.background.Pass(t.Context()); err != nil || w.fake.RequestCount() != sent {
			t.Errorf("by itself: %d requests, %v", w.fake.RequestCount()-sent, err)
		}
		if pass, err := w.runner.Sync(t.Context()); err != nil || pass.Kind != profile.FullPass || pass.Counts.Read != 500 {
			t.Errorf("asked for: %+v, %v", pass, err)
		}
		w.runner.Cancel(runner.ErrCancelled) // nothing runs: nothing happens
	})
}

// Whoever asks for what runs already waits for it; in the background it becomes
// theirs, and compares the counts as they expect.
func TestJoining(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		w.imported()
		arrived, release := w.hold(1)
		quiet := inTheBackground(w.background.Pass)
		arrived()
		first, second := onDemand(w.runner.Sync), onDemand(w.runner.Sync)
		time.Sleep(time.Second)
		if status := w.runner.Status(); status.Background || status.Progress.Phase != "changes" {
			t.Errorf("joined: %+v", status)
		}
		if err := w.background.Retry(t.Context()); profile.CodeOf(err) != profile.SyncRunning {
			t.Errorf("another one in the background: %v", err)
		}
		// Joined, it is not preempted.
		if _, err := w.runner.Full(t.Context()); profile.CodeOf(err) != profile.SyncRunning {
			t.Errorf("another one that a person asks for: %v", err)
		}
		release()
		a, b := <-first, <-second
		if err := <-quiet; err != nil || a.err != nil || a != b || a.pass.EndedAt.IsZero() {
			t.Errorf("%v, %+v, %+v", err, a, b)
		}
		passes := w.stored()
		if len(passes) != 3 || passes[0].Requests != 3 || passes[1].Requests != 2 {
			t.Errorf("the import, the one in the background and the counts: %+v", passes)
		}
		if a.pass != passes[0] {
			t.Errorf("%+v, not %+v", a.pass, passes[0])
		}
	})
}

// An import that is resumed in the background is all that who joins it wants:
// no pass follows, as one would after changes.
func TestAResumedImportIsJoined(t *testing.T) {
	inBubble(t, large, func(t *testing.T, w *world) {
		arrived, release := w.hold(4)
		first := onDemand(w.runner.Full)
		arrived()
		w.runner.Cancel(syncer.ErrClosing)
		<-first
		release()
		arrived, release = w.hold(1)
		quiet := inTheBackground(w.background.Pass)
		arrived()
		joined := onDemand(w.runner.Sync)
		time.Sleep(time.Second)
		release()
		end := <-joined
		if err := <-quiet; err != nil || end.err != nil || end.pass.Kind != profile.FullPass || end.pass.Counts.Read != 500 {
			t.Errorf("%v, %+v", err, end)
		}
		if passes := w.stored(); len(passes) != 1 {
			t.Errorf("%+v", passes)
		}
	})
}

// An import that a person cancelled stays unfinished, however many passes
// follow.
func TestAnOldUnfinishedImportIsNotForgotten(t *testing.T) {
	inBubble(t, large, func(t *testing.T, w *world) {
		w.imported()
		arrived, release := w.hold(4)
		second := onDemand(w.runner.Full)
		arrived()
		w.runner.Cancel(runner.ErrCancelled)
		<-second
		release()
		for range 25 {
			time.Sleep(time.Minute)
			if err := w.background.Pass(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if status := w.status(); !status.Unfinished || status.Last.Kind != profile.ChangesPass {
			t.Errorf("%+v", status)
		}
		if pass, err := w.runner.Sync(t.Context()); err != nil || pass.Kind != profile.FullPass || pass.Counts.Read != 500 || w.status().Unfinished {
			t.Errorf("%+v, %v", pass, err)
		}
	})
}

func TestAFullPassIsJoinedByWhoeverSyncs(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		arrived, release := w.hold(2)
		full := onDemand(w.runner.Full)
		arrived()
		sync := onDemand(w.runner.Sync)
		time.Sleep(time.Second)
		release()
		a, b := <-full, <-sync
		if a != b || a.err != nil || len(w.stored()) != 1 {
			t.Errorf("%+v, %+v", a, b)
		}
	})
}
