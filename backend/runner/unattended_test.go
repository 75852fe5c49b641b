package runner_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/syncer"
)

// process is another process on the store of a world: a window, or the watch.
type process struct {
	*world
	engine     *syncer.Engine
	runner     *runner.Runner
	background *runner.Background
}

func (p *process) Engine(context.Context) (*syncer.Engine, error) { return p.engine, nil }

// run starts a process. Whichever goes first, the passes come at the same times.
func (w *world) run(lock func() (func(), error), begin func(*runner.Runner, func() bool) *runner.Background) *process {
	p := &process{world: w, engine: syncer.New(w.client, w.store.Store(), syncer.Options{Lock: lock})}
	nothing := func(context.Context) {}
	p.runner = runner.New(w.t.Context(), p, runner.Observer{StatusChanged: nothing, StateChanged: nothing, ProfilesChanged: func() {}}, zerolog.New(w))
	p.background = begin(p.runner, func() bool { return true })
	p.background.SetRandom(rand.New(rand.NewPCG(1, 0)).Float64)
	p.background.Start()
	return p
}

// A day in which somebody is edited every hour, of a window, of the watch, and
// of both on one store.
func TestADayOfTheWatchCostsNoMoreThanOneOfTheWindow(t *testing.T) {
	for name, day := range map[string]struct {
		run              []func(*runner.Runner, func() bool) *runner.Background
		passes, requests int
	}{
		"a window":  {[]func(*runner.Runner, func() bool) *runner.Background{runner.NewBackground}, 289, 601},
		"the watch": {[]func(*runner.Runner, func() bool) *runner.Background{runner.NewUnattended}, 289, 601},
		"both":      {[]func(*runner.Runner, func() bool) *runner.Background{runner.NewBackground, runner.NewUnattended}, 289, 601},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, small, func(t *testing.T, w *world) {
				w.imported()
				w.fake.SetLatency(200 * time.Millisecond)
				var passing sync.Mutex
				lock := func() (func(), error) {
					if !passing.TryLock() {
						return nil, profile.Because(profile.SyncRunning, nil)
					}
					return passing.Unlock, nil
				}
				for _, begin := range day.run {
					p := w.run(lock, begin)
					defer func() { p.background.Pause(syncer.ErrClosing) }()
					time.Sleep(time.Minute) // each start costs a pass
				}
				sent, before := w.fake.RequestCount(), len(w.all())
				ids := w.fake.IDs()
				for hour := range 24 {
					time.Sleep(time.Hour)
					if err := w.fake.Edit(ids[hour], func(p *fakeclinic.Patient) { p.Title = new("Dr") }); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				passes, requests := len(w.all())-before, w.fake.RequestCount()-sent
				t.Logf("%s: %d passes, %d requests", name, passes, requests)
				if passes != day.passes || requests != day.requests {
					t.Errorf("%d passes, %d requests; want %d and %d", passes, requests, day.passes, day.requests)
				}
			})
		})
	}
}

// all are the passes of the store.
func (w *world) all() []profile.Pass {
	w.t.Helper()
	passes, err := w.store.Passes(w.t.Context(), 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return passes
}

// Unattended, the first import begins by itself; one that a person cancelled
// waits for a person.
func TestUnattendedItBeginsTheFirstImport(t *testing.T) {
	inBubble(t, small, func(t *testing.T, w *world) {
		unattended := runner.NewUnattended(w.runner, func() bool { return true })
		arrived, release := w.hold(2)
		first := inTheBackground(unattended.Pass)
		arrived()
		w.runner.Cancel(runner.ErrCancelled)
		release()
		if err := <-first; profile.CodeOf(err) != profile.Cancelled {
			t.Fatal(err)
		}
		sent := w.fake.RequestCount()
		if err := unattended.Pass(t.Context()); err != nil || w.fake.RequestCount() != sent {
			t.Errorf("after a person has cancelled it: %d requests, %v", w.fake.RequestCount()-sent, err)
		}
	})
	inBubble(t, small, func(t *testing.T, w *world) {
		unattended := runner.NewUnattended(w.runner, func() bool { return true })
		w.fail(fakeclinic.Forbidden)
		if err := unattended.Pass(t.Context()); profile.CodeOf(err) != profile.KeyForbidden {
			t.Error(err)
		}
		w.fail("")
		if err := unattended.Pass(t.Context()); err != nil {
			t.Error(err)
		}
		if status := w.status(); status.Last == nil || status.Last.Kind != profile.FullPass || status.Last.Counts.Read != 150 || status.ByService {
			t.Errorf("%+v", status)
		}
		if _, err := syncer.New(w.client, w.store.Store(), syncer.Options{Service: true}).Changes(t.Context(), nil); err != nil || !w.status().ByService {
			t.Errorf("of the service: %+v, %v", w.status(), err)
		}
	})
}
