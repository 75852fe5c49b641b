package window

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// What one person asked for is not answered to the next one at the window.
func TestAnAnswerEndsWithItsSession(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[3]
	kim := f.signInWith(staff.Practitioner, staff.ModifyProfiles)
	for name, leave := range map[string]func() error{
		"locked":                func() error { _, err := f.app.Security.Lock(); return err },
		"signed out":            func() error { _, err := f.app.People.SignOut(); return err },
		"somebody else":         func() error { _, err := f.app.People.SignIn(kim, deskPassword); return err },
		"the same person again": func() error { _, err := f.app.People.SignIn(email, password); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := f.app.People.SignIn(email, password); err != nil {
				t.Fatal(err)
			}
			arrived, release := f.hold()
			type answer struct {
				view ProfileView
				err  error
			}
			answers := make(chan answer, 1)
			go func() {
				view, err := f.app.Profiles.Refresh(id)
				answers <- answer{view, err}
			}()
			<-arrived
			err := leave()
			release()
			if got := <-answers; err != nil || profile.CodeOf(got.err) != profile.SignedOut || got.view.ID != "" {
				t.Errorf("%v, %v, a profile %v", err, got.err, got.view.ID != "")
			}
		})
	}
}

// A call ends with its session: it does not wait for Cliniko's answer.
func TestACallIsCancelledWithItsSession(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[3]
	for name, call := range map[string]func() error{
		"refresh":     func() error { _, err := f.app.Profiles.Refresh(id); return err },
		"a link":      func() error { _, err := f.app.Links.Follow(id); return err },
		"a list":      func() error { _, err := f.app.Sync.List(); return err },
		"a key":       func() error { _, err := f.app.Integration.Connect(f.fake.Key()); return err },
		"another key": func() error { _, err := f.app.Clinics.ConnectSeparately(f.fake.Key(), password); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := f.app.People.SignIn(email, password); err != nil {
				t.Fatal(err)
			}
			arrived, release := f.hold()
			defer release()
			ended := make(chan error, 1)
			go func() { ended <- call() }()
			<-arrived
			if _, err := f.app.Security.Lock(); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if profile.CodeOf(err) != profile.SignedOut {
					t.Errorf("%v", err)
				}
			case <-time.After(time.Minute):
				t.Error("it continues after its session")
			}
		})
	}
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic == nil || state.Sync.Problem != nil {
		t.Errorf("afterwards: %+v, %v", state.Sync.Problem, err)
	}
}

// A sync continues while the window is locked, and the audit trail has who began
// an import.
func TestAPassOutlivesItsSession(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	if _, err := f.app.Sync.List(); err != nil {
		t.Fatal(err)
	}
	dana := f.clinic().Session().Person().ID
	arrived, release := f.hold()
	ended := make(chan error, 1)
	go func() { _, err := f.app.Sync.Import(); ended <- err }()
	<-arrived
	kim := f.signInWith(staff.Practitioner)
	release()
	if err := <-ended; profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("%s was answered: %v", kim, err)
	}
	state, err := f.app.About.State()
	if err != nil || state.Tally.Active == 0 || state.Sync.Problem != nil {
		t.Errorf("%d clients, %+v, %v", state.Tally.Active, state.Sync.Problem, err)
	}
	events, err := f.clinic().Workspace.Events(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Action == staff.ImportedClients && (e.Person != dana || e.Outcome != "") {
			t.Errorf("%+v", e)
		}
	}
}

// A link that the next person follows is not cancelled with the one before, to
// the same client, and the audit trail has who saw it.
func TestALinkIsItsSessionsAlone(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	kim := f.signInWith(staff.Practitioner)
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	id := f.fake.IDs()[3]
	arrived, release := f.hold()
	first := make(chan error, 1)
	go func() { _, err := f.app.Links.Follow(id); first <- err }()
	<-arrived
	if _, err := f.app.People.SignIn(kim, deskPassword); err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() { _, err := f.app.Links.Follow(id); second <- err }()
	if err := <-first; profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("the first: %v", err)
	}
	release()
	if err := <-second; err != nil {
		t.Errorf("the second: %v", err)
	}
	opened := 0
	events, err := f.clinic().Workspace.Events(t.Context(), 0, 100)
	for _, e := range events {
		if e.Action != staff.OpenedProfile {
			continue
		}
		if opened++; e.Person != f.clinic().Session().Person().ID {
			t.Errorf("%+v", e)
		}
	}
	if err != nil || opened != 1 {
		t.Errorf("%d lines, %v", opened, err)
	}
}

// A link that is taken while the window locks waits for whoever unlocks it, and
// one that is taken while another clinic is shown for nobody: ids are a
// clinic's own.
func TestALinkThatIsTakenInVainWaits(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 95, Patients: 5})
	f.signUpAndConnect()
	f.imported()
	id := profile.ID(f.fake.IDs()[3])
	takeAnd := func(meanwhile func()) error {
		f.app.parts.links.arrive(deeplink.Link{Kind: deeplink.Patient, ID: id})
		_, err := host.Do(f.app.parts.access, session.MayViewProfiles, func(_ context.Context, c *host.Call) (LinkView, error) {
			defer meanwhile()
			return LinkView{ID: string(f.app.Links.take(c).ID)}, nil
		})
		return err
	}
	signIn := func() {
		t.Helper()
		if _, err := f.app.People.SignIn(email, password); err != nil {
			t.Fatal(err)
		}
	}
	if err := takeAnd(func() { f.clinic().Lock() }); profile.CodeOf(err) != profile.SignedOut {
		t.Fatal(err)
	}
	signIn()
	if view, err := f.app.Links.Take(); err != nil || view.ID != string(id) {
		t.Errorf("taken in vain, then %q, %v", view.ID, err)
	}
	if view, err := f.app.Links.Take(); err != nil || view.ID != "" {
		t.Errorf("taken, then %q, %v", view.ID, err)
	}
	newer := profile.ID(f.fake.IDs()[4])
	if err := takeAnd(func() {
		f.app.parts.links.arrive(deeplink.Link{Kind: deeplink.Patient, ID: newer})
		f.clinic().Lock()
	}); profile.CodeOf(err) != profile.SignedOut {
		t.Fatal(err)
	}
	signIn()
	if view, err := f.app.Links.Take(); err != nil || view.ID != string(newer) {
		t.Errorf("with a newer one: %q, %v", view.ID, err)
	}
	if err := takeAnd(func() { f.app.parts.links.drop(); f.clinic().Lock() }); profile.CodeOf(err) != profile.SignedOut {
		t.Fatal(err)
	}
	signIn()
	if view, err := f.app.Links.Take(); err != nil || view.ID != "" {
		t.Errorf("of another clinic: %q, %v", view.ID, err)
	}
}

// Whoever deactivates their own account is told, and signed out.
func TestADeactivatedPersonIsSignedOut(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 96, Patients: 1})
	f.signUpAndConnect()
	f.signInWith(staff.ManagePeople)
	state, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	details := PersonDetails{Name: state.Person.Name, Email: state.Person.Email, Permissions: state.Person.Permissions}
	if view, err := f.app.People.Change(state.Person.ID, detailsOf(state.Person), details, deskPassword); err != nil || view.Active {
		t.Errorf("%+v, %v", view.Active, err)
	}
	if state, err := f.app.About.State(); err != nil || state.Person != nil || state.Locked != nil {
		t.Errorf("still signed in, %v", err)
	}
	if _, err := f.app.People.List(); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("the people: %v", err)
	}
}

// A window that is locked while another clinic is being opened stays locked: it
// signs nobody in again.
func TestALockOutlastsAChangeOfClinic(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 50, Patients: 5})
	other := fakeclinic.New(fakeclinic.Options{Seed: 51, Patients: 5, AccountID: "4000777", Name: "Bay Street Clinic", Subdomain: "bay-street"})
	came, release := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(came) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, _, _ := r.BasicAuth(); key != other.Key() {
			f.fake.ServeHTTP(w, r)
			return
		}
		first()
		<-release
		other.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.o.ClinikoURL = server.URL + "/v1"
	f.start()
	f.signUpAndConnect()
	f.imported()
	answers := make(chan AppState, 1)
	go func() {
		state, _ := f.app.Clinics.ConnectSeparately(other.Key(), password)
		answers <- state
	}()
	<-came
	if state, err := f.app.Security.Lock(); err != nil || state.Person != nil {
		t.Fatal(err)
	}
	close(release)
	if state := <-answers; state.Person != nil {
		t.Error("the answer has the person")
	}
	if state, err := f.app.About.State(); err != nil || state.Person != nil {
		t.Errorf("locked, and signed in again without a password: %v", err)
	}
}

// A state that was put together before the lock does not come after it.
func TestNoStateComesLate(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 63, Patients: 5})
	f.signUpAndConnect()
	f.imported()
	var armed atomic.Bool
	f.computer.Clock = func() time.Time { // read after the person, and before the state is sent
		if armed.CompareAndSwap(true, false) {
			if _, err := f.app.Security.Lock(); err != nil {
				t.Error(err)
			}
		}
		return time.Now()
	}
	armed.Store(true)
	f.clinic().TellState(t.Context()) // as at the end of a pass
	f.system.mu.Lock()
	defer f.system.mu.Unlock()
	if f.system.state.Person != nil || f.system.state.Locked == nil {
		t.Error("the last state that the page was sent has the person")
	}
}

// Data that was erased is not shown, though the log could not be erased.
func TestErasedThoughTheLogStays(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 70, Patients: 5})
	f.signUpAndConnect()
	f.imported()
	f.computer.EraseLogs = func() error { return errors.New("the log is in use") }
	before, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	erased, err := f.app.Integration.Disconnect(password)
	if err != nil || erased.Problem == nil || erased.Profiles < 5 || erased.State.Clinic != nil || erased.State.Generation <= before.Generation {
		t.Errorf("%+v, %v", erased, err)
	}
	f.computer.EraseLogs = func() error { return nil }
	if erased, err := f.app.Integration.Disconnect(password); err != nil || erased.Problem != nil { // does what is left
		t.Errorf("%+v, %v", erased, err)
	}
	after, err := f.app.About.State()
	if err != nil || after.Clinic != nil || after.Generation <= before.Generation {
		t.Errorf("the generation %d follows %d, %v", after.Generation, before.Generation, err)
	}
}

// What Disconnect could not erase is erased in the window by a second try, which
// erases no clinic that is connected by then.
func TestTheRestOfADisconnectIsErasedAndNothingElse(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 70, Patients: 5})
	f.signUpAndConnect()
	f.imported()
	logs := 0
	f.computer.EraseLogs = func() error { logs++; return errors.New("the log is in use") }
	for try, erase := range []func(string) (Erasure, error){f.app.Integration.Disconnect, f.app.Integration.EraseRest} {
		if erased, err := erase(password); err != nil || erased.Problem == nil || logs != try+1 {
			t.Errorf("the log is in use: %+v, %v, %d", erased.Problem, err, logs)
		}
	}
	f.computer.EraseLogs = func() error { logs++; return nil }
	if erased, err := f.app.Integration.EraseRest(password); err != nil || erased.Problem != nil || logs != 3 {
		t.Errorf("once the log is free: %+v, %v, %d", erased.Problem, err, logs)
	}
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Fatal(err)
	}
	pass := f.imported()
	if _, err := f.app.Integration.EraseRest(password); profile.CodeOf(err) != profile.Invalid || logs != 3 {
		t.Errorf("with a clinic that is connected by now: %v, %d", err, logs)
	}
	if page, err := f.app.Profiles.Find(ProfileQuery{Filter: "all"}); err != nil || page.All == 0 || pass.Read != 5 {
		t.Errorf("%d clients are left of %d, %v", page.All, pass.Read, err)
	}
}

// Whoever comes in the morning is not locked out by the night's idle hours.
func TestNoLockRightAfterTheSignIn(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 62, Patients: 5})
	var ahead atomic.Int64
	var armed atomic.Bool
	f.computer.ScreenLocked = func() bool { return false }
	f.computer.Clock = func() time.Time {
		if c := f.app.host.Shown(); c != nil && c.Session() != nil && armed.CompareAndSwap(true, false) {
			f.app.lockIfDue(t.Context()) // a tick at the worst moment
		}
		return time.Now().Add(time.Duration(ahead.Load()))
	}
	f.signUpAndConnect()
	if _, err := f.app.Security.Lock(); err != nil {
		t.Fatal(err)
	}
	ahead.Add(int64(9 * time.Hour))
	armed.Store(true)
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Person == nil {
		t.Errorf("locked at once: %v", err)
	}
}

// A clinic that waits behind the demo locks as the one that is shown.
func TestTheClinicBehindTheDemoLocks(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 64, Patients: 5})
	f.computer.ScreenLocked = func() bool { return true }
	f.signUpAndConnect()
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	f.app.lockIfDue(t.Context())
	if state, err := f.app.Clinics.LeaveDemo(); err != nil || state.Person != nil || state.Locked == nil {
		t.Errorf("%+v, %v", state.Locked, err)
	}
}
