package window

import (
	"context"
	"slices"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/window/host"
)

// listener is a window's toolkit that notes what is said about the sync.
type listener struct {
	*fakeSystem
	mu   sync.Mutex
	told []SyncStatus
}

func (l *listener) Emit(event string, data any) {
	if status, ok := data.(SyncStatus); ok {
		l.mu.Lock()
		l.told = append(l.told, status)
		l.mu.Unlock()
	}
	l.fakeSystem.Emit(event, data)
}

// heard says whether the window was told of something since the last question.
func (l *listener) heard(what func(SyncStatus) bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	told := l.told
	l.told = nil
	return slices.ContainsFunc(told, what)
}

func (f *fixture) listen() *listener {
	l := &listener{fakeSystem: f.system}
	f.app.parts.page.toolkit = l
	return l
}

func (f *fixture) clinic() *host.Clinic {
	f.t.Helper()
	d, err := f.app.host.Open(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

// hold keeps Cliniko's answers back until release. arrived says that one is.
func (f *fixture) hold() (arrived <-chan struct{}, release func()) {
	came, open := make(chan struct{}), make(chan struct{})
	first, once := sync.OnceFunc(func() { close(came) }), sync.OnceFunc(func() { close(open) })
	f.fake.BeforeResponse(func(fakeclinic.Request) {
		first()
		<-open
	})
	f.t.Cleanup(once)
	return came, func() {
		f.fake.BeforeResponse(nil)
		once()
	}
}

// quietly runs what the keeper would, and returns its end.
func quietly(pass func(context.Context) error) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- pass(context.Background()) }()
	return ended
}

var small = fakeclinic.Options{Seed: 1, Patients: 150, Shares: &fakeclinic.Shares{}}

func (f *fixture) sync() SyncStatus {
	f.t.Helper()
	state, err := f.app.About.State()
	if err != nil {
		f.t.Fatal(err)
	}
	return state.Sync
}

func (f *fixture) rename(name string) (id string) {
	f.t.Helper()
	id = f.fake.IDs()[7]
	if err := f.fake.Edit(id, func(p *fakeclinic.Patient) { p.FirstName = &name }); err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *fixture) called(id string) string {
	f.t.Helper()
	view, err := f.app.Profiles.Get(id)
	if err != nil {
		f.t.Fatal(err)
	}
	return view.FirstName
}

func TestByItselfAfterAStart(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	f.app.close()
	id := f.rename("Renamed")
	f.start()
	window := f.listen()
	before := f.sync().Last.EndedAt
	// Nobody signs in.
	f.waitFor("a pass", func(s AppState) bool { return s.Sync.Last.Kind == "changes" && s.Sync.Last.EndedAt >= before })
	if window.heard(func(s SyncStatus) bool { return s.Phase != "idle" && !s.Background || s.Problem != nil }) {
		t.Error("the window shows what nobody asked for")
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if name := f.called(id); name != "Renamed" {
		t.Errorf("after the pass, the client is still %s", name)
	}
}

func TestNothingByItselfBeforeTheFirstImport(t *testing.T) {
	f := newFixture(t, small)
	d := f.clinic()
	if err := d.Background.Pass(t.Context()); err != nil {
		t.Error(err)
	}
	f.signUpAndConnect()
	sent := len(f.fake.Requests())
	if err := d.Background.Pass(t.Context()); err != nil || len(f.fake.Requests()) != sent {
		t.Errorf("%d requests, %v", len(f.fake.Requests())-sent, err)
	}
	f.imported()
	if err := d.Background.Pass(t.Context()); err != nil || len(f.fake.Requests()) == sent {
		t.Error("nothing after the import", err)
	}
	if _, err := f.app.Integration.Disconnect(password); err != nil {
		t.Fatal(err)
	}
	sent = len(f.fake.Requests())
	if err := d.Background.Pass(t.Context()); err != nil || len(f.fake.Requests()) != sent {
		t.Errorf("after Disconnect: %d requests, %v", len(f.fake.Requests())-sent, err)
	}
}

func TestAPersonJoinsABackgroundPass(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	d := f.clinic()
	arrived, release := f.hold()
	quiet := quietly(d.Background.Pass)
	<-arrived
	if status := f.sync(); status.Phase != "changes" || !status.Background || status.LastSuccess == "" || status.Last == nil {
		t.Errorf("while it runs: %+v", status)
	}
	type answer struct {
		pass SyncedView
		err  error
	}
	answers := make(chan answer, 3)
	for range cap(answers) { // repeated clicks share one pass
		go func() {
			pass, err := f.app.Sync.Now()
			answers <- answer{pass, err}
		}()
	}
	f.waitFor("the window to show it", func(s AppState) bool { return s.Sync.Phase == "changes" && !s.Sync.Background })
	release()
	first := <-answers
	for range cap(answers) - 1 {
		if again := <-answers; again != first {
			t.Errorf("%+v and %+v", first, again)
		}
	}
	if err := <-quiet; err != nil || first.err != nil || first.pass.Pass.EndedAt == "" {
		t.Errorf("%v, %+v", err, first)
	}
	// The person's pass follows the background one: it compares the counts.
	syncs, err := f.app.Sync.Passes(10)
	if err != nil || len(syncs) != 3 || syncs[0].Requests != 3 || syncs[1].Requests != 2 {
		t.Errorf("%+v, %v", syncs, err)
	}
}

func TestAPersonGoesFirst(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	d := f.clinic()
	for name, byItself := range map[string]struct {
		run    func(context.Context) error
		synced int // in the import that follows
	}{
		"a pass":  {d.Background.Pass, 0},
		"a retry": {func(ctx context.Context) error { return d.Runner.Mend(ctx, f.fake.IDs()[:1]) }, 1}, // of whom no copy counts by then
	} {
		t.Run(name, func(t *testing.T) {
			arrived, release := f.hold()
			quiet := quietly(byItself.run)
			<-arrived
			listed := make(chan error, 1)
			go func() {
				_, err := f.app.Sync.List()
				listed <- err
			}()
			if err := <-quiet; profile.CodeOf(err) != profile.Cancelled {
				t.Errorf("what was preempted ended with %v", err)
			}
			release()
			if err := <-listed; err != nil {
				t.Error(err)
			}
			if status := f.sync(); status.Phase != "listed" || status.Problem != nil {
				t.Errorf("%+v", status)
			}
			// A background pass does not go first.
			if pass, err := f.app.Sync.Import(); err != nil || pass.Synced != byItself.synced || pass.Unchanged != 150-byItself.synced {
				t.Errorf("%+v, %v", pass, err)
			}
		})
	}
}

func TestAPreemptedImportResumes(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	d := f.clinic()
	// Cut off, as by a kill.
	arrived, release := f.hold()
	ended := make(chan error, 1)
	go func() {
		_, err := f.app.Sync.Now()
		ended <- err
	}()
	<-arrived
	d.Runner.Cancel(syncer.ErrClosing)
	if err := <-ended; err == nil {
		t.Error("it was not cut off")
	}
	release()
	sent := len(f.fake.Requests())
	if err := d.Background.Pass(t.Context()); err != nil || len(f.fake.Requests()) != sent {
		t.Errorf("before the first page nothing is to resume: %d requests, %v", len(f.fake.Requests())-sent, err)
	}
	f.fake.SetFaults(fakeclinic.FromRequest(len(f.fake.Requests())+2, fakeclinic.Fault{Kind: fakeclinic.Unauthorized}))
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatal(err)
	}
	f.fake.SetFaults(nil)
	arrived, release = f.hold()
	quiet := quietly(d.Background.Pass)
	<-arrived
	if status := f.sync(); status.Background || status.Phase != "storing" {
		t.Errorf("a person's import resumes unseen: %+v", status)
	}
	listed := make(chan error, 1)
	go func() {
		_, err := f.app.Sync.List()
		listed <- err
	}()
	if err := <-quiet; profile.CodeOf(err) != profile.Cancelled {
		t.Errorf("it was not preempted: %v", err)
	}
	release()
	if err := <-listed; err != nil {
		t.Error(err)
	}
	if err := f.app.Sync.Discard(); err != nil {
		t.Error(err)
	}
	if err := d.Background.Pass(t.Context()); err != nil {
		t.Error(err)
	}
	if state, err := f.app.About.State(); err != nil || state.Sync.LastSuccess == "" || state.Tally.Active != 150 {
		t.Errorf("it did not resume: %+v, %v", state, err)
	}
}

// Whoever comes back from Cliniko finds what they changed there, though the last
// sync was a moment ago.
func TestAnEditIsThereOnComingBack(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	if err := f.app.Profiles.OpenInCliniko(f.fake.IDs()[7]); err != nil {
		t.Fatal(err)
	}
	id := f.rename("Renamed")
	before := f.sync().Last.EndedAt
	if err := f.app.About.Focused(); err != nil {
		t.Fatal(err)
	}
	f.waitFor("a pass", func(s AppState) bool { return s.Sync.Last.Kind == "changes" && s.Sync.Last.EndedAt >= before })
	if name := f.called(id); name != "Renamed" {
		t.Errorf("the client is still %s", name)
	}
}

// The page is told that the last sync was the service's.
func TestTheServiceSyncedLast(t *testing.T) {
	for _, by := range []bool{true, false} {
		if view := syncStatus(&runner.Status{Summary: runner.Summary{ByService: by}}); view.ByService != by {
			t.Errorf("%+v", view)
		}
	}
}
