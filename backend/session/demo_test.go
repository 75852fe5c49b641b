package session_test

import (
	"context"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// clockFrom returns a clock that shows this time now.
func clockFrom(at time.Time) func() time.Time {
	began := time.Now()
	return func() time.Time { return at.Add(time.Since(began)) }
}

// inTheAfternoon is when the demo is opened: its people have changed two profiles
// since the sync of that morning.
var inTheAfternoon = clockFrom(time.Date(2026, 12, 1, 14, 35, 0, 0, time.Local))

func openDemo(t *testing.T, dir string, told func(done, all int)) *workspace.Workspace {
	t.Helper()
	began := time.Now()
	w, err := session.OpenDemo(t.Context(), workspace.Options{Dir: dir, Clock: inTheAfternoon, OnDemo: told})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("opened in %v", time.Since(began).Round(time.Millisecond))
	return w
}

func report(syncer.Progress) {}

// The demo has been synced for a month before it is seen, by the engine: what is
// stored is what its Cliniko has, and what was done is in the audit trail.
func TestTheDemoHasAMonthBehindIt(t *testing.T) {
	w := openDemo(t, t.TempDir(), nil)
	t.Cleanup(func() { _ = w.Close() })
	t.Run("button", func(t *testing.T) { buttonWorks(t, w) })
	t.Run("passes", func(t *testing.T) { passesAreTrue(t, w) })
	t.Run("days", func(t *testing.T) { daysAreTrue(t, w) })
	t.Run("audit trail", func(t *testing.T) { trailIsTrue(t, w) })
	t.Run("clients", func(t *testing.T) { clientsAreTrue(t, w) }) // the last one: it syncs
}

// buttonWorks: nobody is asked to set up the button in a Cliniko that is not one.
func buttonWorks(t *testing.T, w *workspace.Workspace) {
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if how, err := store.Button(t.Context()); err != nil || how != "works" {
		t.Errorf("the button: %q, %v", how, err)
	}
}

func passesAreTrue(t *testing.T, w *workspace.Workspace) {
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	passes, err := store.Passes(t.Context(), 500)
	if err != nil || len(passes) < 38 {
		t.Fatalf("%d syncs, %v", len(passes), err)
	}
	now := inTheAfternoon()
	changed, full := 0, 0
	for i, p := range passes { // the newest first
		if p.Err != "" || p.EndedAt.Before(p.StartedAt) || p.EndedAt.After(now.Add(time.Second)) || p.Requests == 0 {
			t.Errorf("sync %d: %+v", i, p)
		}
		if p.Counts.Read != p.Counts.Synced+p.Counts.Unchanged+p.Counts.Failed+p.Counts.Archived {
			t.Errorf("the numbers of sync %d do not add up: %+v", i, p.Counts)
		}
		// Cliniko's times are whole seconds, and two syncs can begin in one.
		if i > 0 && p.StartedAt.After(passes[i-1].StartedAt.Add(time.Second)) {
			t.Errorf("sync %d is later than the next one", i)
		}
		if p.Kind == profile.FullPass {
			full++
		} else if p.Counts.Synced+p.Counts.Failed > 0 {
			changed++
		}
	}
	first := passes[len(passes)-1]
	if age := now.Sub(first.EndedAt); first.Kind != profile.FullPass || first.Counts.Read != 2000 || first.Counts.Synced < 1700 || age < 29*24*time.Hour || age > 31*24*time.Hour {
		t.Errorf("the first sync was %v ago: %+v", age, first)
	}
	if changed < 20 || full < 4 || full > 6 {
		t.Errorf("%d syncs brought something, %d read everybody", changed, full)
	}
}

func clientsAreTrue(t *testing.T, w *workspace.Workspace) {
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tally, err := store.Tally(t.Context())
	if share := float64(tally.Failed) / float64(tally.Active); err != nil || share < 0.05 || share > 0.08 {
		t.Errorf("%+v need attention, %v", tally, err)
	}
	if tally.Active < 1900 || tally.Active >= 2000 {
		t.Errorf("%d clients: the window promises nearly 2,000", tally.Active)
	}
	engine, err := w.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := engine.Full(t.Context(), report)
	if err != nil || again.Counts.Synced != 2 || again.Counts.Synced+again.Counts.Unchanged+again.Counts.Failed != tally.Active {
		t.Errorf("every client again: %+v, %v; %+v were stored, and two have changed since", again.Counts, err, tally)
	}
}

func daysAreTrue(t *testing.T, w *workspace.Workspace) {
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	year, month, day := inTheAfternoon().Date()
	var begins []time.Time
	for i := range 30 {
		begins = append(begins, time.Date(year, month, day-29+i, 0, 0, 0, 0, time.Local))
	}
	days, err := store.Days(t.Context(), begins)
	if err != nil {
		t.Fatal(err)
	}
	synced, fewest, most := 0, 2000, 0
	for _, d := range days {
		if d.Passes > 0 {
			synced++
			fewest, most = min(fewest, d.Failing), max(most, d.Failing)
		}
	}
	if synced < 20 || fewest < 80 || most > 180 || fewest == most {
		t.Errorf("%d days with syncs; from %d to %d needed attention", synced, fewest, most)
	}

	today, err := store.Today(t.Context(), session.DemoPerson().ID)
	if err != nil || today.Looked.IsZero() || inTheAfternoon().Sub(today.Looked) < 4*time.Hour || len(today.Opened) == 0 {
		t.Errorf("looked %v, opened %d, %v", today.Looked, len(today.Opened), err)
	}
	_, clients, err := store.ChangedSince(t.Context(), today.Looked, 20)
	if err != nil || clients == 0 {
		t.Errorf("%d changed since then, %v", clients, err)
	}
}

func trailIsTrue(t *testing.T, w *workspace.Workspace) {
	events, err := w.Events(t.Context(), 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	done := map[staff.Action]int{}
	for i, e := range events { // the newest first
		done[e.Action]++
		if e.Person != session.DemoPerson().ID || e.Outcome != "" || e.Here.After(inTheAfternoon()) || i > 0 && e.Here.After(events[i-1].Here) {
			t.Errorf("line %d: %+v", i, e)
		}
	}
	if done[staff.ConnectedClinic] != 1 || done[staff.ListedClients] != 1 || done[staff.ImportedClients] != 1 || done[staff.Synced] < 8 || done[staff.OpenedProfile] == 0 {
		t.Errorf("%v", done)
	}
	if oldest := events[len(events)-1]; oldest.Action != staff.ConnectedClinic || inTheAfternoon().Sub(oldest.Here) < 29*24*time.Hour {
		t.Errorf("it begins with %+v", oldest)
	}
}

// Opened again, the demo is as it was left.
func TestTheDemoIsOpenedAgain(t *testing.T) {
	dir := t.TempDir()
	w := openDemo(t, dir, nil)
	numbers := func() (passes int, tally profile.Tally, connected time.Time) {
		t.Helper()
		store, err := w.Store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kept, err := store.Passes(t.Context(), 500)
		if err != nil {
			t.Fatal(err)
		}
		if tally, err = store.Tally(t.Context()); err != nil {
			t.Fatal(err)
		}
		clinic, err := w.Clinic(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(kept), tally, clinic.Connected
	}
	passes, tally, connected := numbers()
	if age := inTheAfternoon().Sub(connected); age < 29*24*time.Hour {
		t.Errorf("connected %v ago", age)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = openDemo(t, dir, nil)
	t.Cleanup(func() { _ = w.Close() })
	if p, n, c := numbers(); p != passes || n != tally || !c.Equal(connected) {
		t.Errorf("%d syncs, %+v, connected %v; before %d, %+v, %v", p, n, c, passes, tally, connected)
	}
	engine, err := w.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if pass, err := engine.Sync(t.Context(), report); err != nil || pass.Kind == profile.FullPass || pass.Counts.Synced != 2 || pass.Counts.Read != 2 {
		t.Errorf("%+v, %v", pass, err)
	}
}

// A demo whose making was cut off is made anew, and is none before it is ready.
func TestADemoThatWasCutOffIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	ctx, cutOff := context.WithCancelCause(t.Context())
	changes := 0
	var besides error
	_, err := session.OpenDemo(ctx, workspace.Options{Dir: dir, Clock: inTheAfternoon, OnChange: func() {
		if changes++; changes == 30 { // it is imported, and has synced some days
			_, besides = session.OpenDemo(t.Context(), workspace.Options{Dir: dir, Clock: inTheAfternoon})
			cutOff(syncer.ErrClosing)
		}
	}})
	if err == nil {
		t.Fatalf("nothing was cut off: %d changes", changes)
	}
	if profile.CodeOf(besides) != profile.SyncRunning {
		t.Errorf("opened while it was made: %v", besides)
	}
	w := openDemo(t, dir, nil)
	t.Cleanup(func() { _ = w.Close() })
	passesAreTrue(t, w)
	trailIsTrue(t, w)
}

// While the demo is made, it says how far it is: a step a sync. One that is ready
// has nothing to say.
func TestTheDemoSaysHowFarItIs(t *testing.T) {
	dir := t.TempDir()
	var steps []int
	all := 0
	for range 2 {
		w := openDemo(t, dir, func(done, of int) { steps, all = append(steps, done), of })
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if all != 47 || len(steps) != 48 {
		t.Fatalf("%d of %d steps", len(steps), all)
	}
	for i, done := range steps {
		if done != i {
			t.Errorf("step %d is %d", i, done)
		}
	}
}
