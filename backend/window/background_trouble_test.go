package window

import (
	"context"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

func TestOfflineAsksNothing(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	f.app.close()
	f.start()
	var connected sync.Mutex
	online := false
	f.computer.Online = func() bool { connected.Lock(); defer connected.Unlock(); return online }
	sent := len(f.fake.Requests())
	f.waitFor("the news", func(s AppState) bool { return s.Sync.OfflineSince != "" })
	if len(f.fake.Requests()) != sent {
		t.Error("a request without a network")
	}
	connected.Lock()
	online = true
	connected.Unlock()
	if err := f.app.About.Focused(); err != nil {
		t.Error(err)
	}
	f.waitFor("a pass at once", func(s AppState) bool { return s.Sync.OfflineSince == "" && s.Sync.Last.Kind == "changes" })
}

// Cliniko answers a person: the window no longer says that it is away.
func TestAnAnswerEndsBeingOffline(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	d := f.clinic()
	f.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault {
		return fakeclinic.Fault{Kind: fakeclinic.Hang, Wait: time.Millisecond}
	})
	if err := d.Background.Pass(t.Context()); profile.CodeOf(err) != profile.Offline {
		t.Fatal(err)
	}
	f.fake.SetFaults(nil)
	if status := f.sync(); status.OfflineSince == "" {
		t.Fatal("not offline")
	}
	if _, err := f.app.Profiles.Refresh(f.fake.IDs()[0]); err != nil {
		t.Fatal(err)
	}
	f.waitFor("a pass soon", func(s AppState) bool { return s.Sync.OfflineSince == "" })
}

func TestAnotherProcessSyncs(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	id := f.rename("Renamed")
	other, err := workspace.Open(t.Context(), f.o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	engine, err := other.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := f.clinic()
	d.Runner.RefreshPasses(t.Context()) // nothing new
	arrived, release := f.hold()
	theirs := quietly(func(ctx context.Context) error { _, err := engine.Changes(ctx, nil); return err })
	<-arrived
	if err := d.Background.Pass(t.Context()); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("two passes on one store: %v", err)
	}
	if status := f.sync(); status.Problem != nil {
		t.Errorf("the window complains about another TeleHab: %+v", status.Problem)
	}
	release()
	if err := <-theirs; err != nil {
		t.Fatal(err)
	}
	before := f.told(eventState)
	if name := f.called(id); name == "Renamed" {
		t.Fatal("the list in memory knows already")
	}
	d.Runner.RefreshPasses(t.Context())
	if name := f.called(id); name != "Renamed" || f.told(eventState) == before {
		t.Errorf("the window still shows %s", name)
	}
	// One that brought nothing has the window read nothing.
	people, err := d.Workspace.Directory()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	before = f.told(eventState)
	d.Runner.RefreshPasses(t.Context())
	if same, err := d.Workspace.Directory(); err != nil || same != people || f.told(eventState) == before {
		t.Errorf("read all profiles again because of a pass that brought nothing, %v", err)
	}
	f.fake.SetFaults(fakeclinic.FromRequest(1, fakeclinic.Fault{Kind: fakeclinic.Forbidden}))
	if _, err := engine.Changes(t.Context(), nil); profile.CodeOf(err) != profile.KeyForbidden {
		t.Fatal(err)
	}
	d.Runner.RefreshPasses(t.Context())
	if status := f.sync(); status.Problem == nil || status.Problem.Code != "key_forbidden" {
		t.Errorf("their trouble is ours: %+v", status.Problem)
	}
}

func TestWhyAnEarlierRunFailed(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	f.fake.SetFaults(fakeclinic.FromRequest(1, fakeclinic.Fault{Kind: fakeclinic.Unauthorized}))
	_, err := f.app.Sync.Now()
	if profile.CodeOf(err) != profile.KeyRefused {
		t.Fatal(err)
	}
	f.app.close()
	f.start()
	f.computer.Online = func() bool { return false }
	status := f.sync()
	if status.Problem == nil || *status.Problem != errorView(err) {
		t.Errorf("%+v, not %+v", status.Problem, errorView(err))
	}
	if status.LastSuccess == "" || status.Last == nil || status.Last.Error != "key_refused" {
		t.Errorf("%+v", status)
	}
	f.fake.SetFaults(nil)
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Fatal(err)
	}
	if status := f.sync(); status.Problem != nil {
		t.Errorf("with a new key: %+v", status.Problem)
	}
}

func TestTheDemoDoesNotShowWhatHappensElsewhere(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	elsewhere := f.clinic()
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	window := f.listen()
	if err := elsewhere.Background.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if window.heard(func(SyncStatus) bool { return true }) {
		t.Error("the demo shows the real clinic's sync")
	}
	done := make(chan error, 1)
	go func() {
		_, err := f.app.Clinics.LeaveDemo()
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the demo cannot be left")
	}
}

// Who lacks a detail is read when Cliniko says that they changed; who could
// not be read at all is due by itself.
func TestUnreadableProfilesAreDueAfterAMinute(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 150})
	f.signUpAndConnect()
	f.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		return fakeclinic.Fault{Kind: fakeclinic.Undecodable, Row: 2}
	})
	d := f.clinic()
	if due := d.Background.NextRetry(t.Context()); !due.IsZero() {
		t.Errorf("before the import, one is due at %v", due)
	}
	before := time.Now().Add(time.Minute).Truncate(time.Second)
	if pass := f.imported(); pass.Failed == 0 {
		t.Fatal("nobody failed")
	}
	if due := d.Background.NextRetry(t.Context()); due.Before(before) || due.After(time.Now().Add(time.Minute)) {
		t.Errorf("due at %v", due)
	}
	sent, state := len(f.fake.Requests()), f.sync()
	if err := d.Background.Retry(t.Context()); err != nil || len(f.fake.Requests()) != sent {
		t.Errorf("%d requests though none is due, %v", len(f.fake.Requests())-sent, err)
	}
	if after := f.sync(); after.LastSuccess != state.LastSuccess || after.Last.Kind != "full" {
		t.Errorf("%+v", after)
	}
}
