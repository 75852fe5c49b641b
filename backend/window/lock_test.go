package window

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

func TestTheWindowLocksItself(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 62, Patients: 20})
	var ahead atomic.Int64
	var locked atomic.Bool
	f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	f.computer.ScreenLocked = locked.Load
	f.signUpAndConnect()
	f.imported()
	isLocked := func() bool {
		t.Helper()
		f.app.lockIfDue(t.Context())
		state, err := f.app.About.State()
		if err != nil {
			t.Fatal(err)
		}
		return state.Person == nil
	}
	signIn := func() {
		t.Helper()
		if _, err := f.app.People.SignIn(email, password); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.app.Security.SetAutoLock(new(4)); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("four minutes: %v", err)
	}
	for _, minutes := range []int{10, 30} {
		if _, err := f.app.Security.SetAutoLock(&minutes); err != nil {
			t.Fatal(err)
		}
		ahead.Add(int64(time.Duration(minutes)*time.Minute - time.Second))
		if isLocked() {
			t.Errorf("locked before %d minutes", minutes)
		}
		if err := f.app.Security.Active(); err != nil {
			t.Fatal(err)
		}
		ahead.Add(int64(time.Duration(minutes)*time.Minute - time.Second))
		if isLocked() {
			t.Errorf("locked %d minutes after it started, though it was used", minutes)
		}
		ahead.Add(int64(2 * time.Second))
		if !isLocked() {
			t.Errorf("not locked after %d idle minutes", minutes)
		}
		signIn()
	}
	if _, err := f.app.Security.SetAutoLock(new(0)); err != nil {
		t.Fatal(err)
	}
	ahead.Add(int64(5 * time.Hour))
	if isLocked() {
		t.Error("locked before the computer, though only with it was chosen")
	}
	locked.Store(true)
	if !isLocked() {
		t.Error("not locked with the system")
	}
	locked.Store(false)
	signIn()
	if _, err := f.app.Security.SetAutoLock(new(30)); err != nil {
		t.Fatal(err)
	}
	f.app.close()
	f.start()
	if state, err := f.app.About.State(); err != nil || state.IdleMinutes != 30 {
		t.Errorf("%d idle minutes after a restart, %v", state.IdleMinutes, err)
	}
}

// A computer that slept for a while wakes up locked, however short the idle
// time.
func TestTheWindowLocksAfterSleep(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 85, Patients: 20})
	var ahead atomic.Int64
	f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	var looks atomic.Int64
	f.computer.ScreenLocked = func() bool { looks.Add(1); return false }
	f.signUpAndConnect()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go f.app.parts.autoLock.Watch(ctx, func() { f.app.lockIfDue(ctx) })
	locked := func() bool {
		state, err := f.app.About.State()
		if err != nil {
			t.Fatal(err)
		}
		return state.Locked != nil
	}
	for looks.Load() < 2 { // the second comes only if the first has not locked
		if locked() {
			t.Fatal("locked while somebody is there")
		}
		time.Sleep(10 * time.Millisecond)
	}
	ahead.Add(int64(time.Minute))
	for end := time.Now().Add(time.Minute); !locked(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still open after a minute of sleep")
		}
	}
}

func TestLockedShowsNobody(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 63, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	state, err := f.app.Security.Lock()
	if err != nil || state.Person != nil || state.Locked == nil || *state.Locked != (LockedView{f.owner(), "Dana Smith", false}) || state.Clinic.OwnerName != "" {
		t.Fatalf("%+v, %v", state, err)
	}
	id := f.fake.IDs()[0]
	if _, err := f.app.Profiles.Get(id); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("a profile while locked: %v", err)
	}
	d, err := f.app.host.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Workspace.Directory(); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("the names are still in memory: %v", err)
	}
	f.app.parts.links.arrive(deeplink.Parse("telehab://patient?patient_id=" + id))
	if state, err := f.app.About.State(); err != nil || !state.LinkWaiting {
		t.Errorf("a link while locked does not wait: %v", err)
	}
	if err := d.Background.Pass(t.Context()); err != nil {
		t.Errorf("a sync while locked: %v", err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if link, err := f.app.Links.Take(); err != nil || link.ID != id {
		t.Errorf("%+v, %v", link, err)
	}
}

// A sign-in that fails while somebody is signed in, as a page that was taken
// over may try it, puts off neither the idle lock nor the one after sleep.
func TestASignInPutsOffNoLock(t *testing.T) {
	for name, try := range map[string]func(f *fixture, dana string) error{
		"PIN":   func(f *fixture, dana string) error { _, err := f.app.PIN.SignIn(dana, "8362"); return err },
		"tile":  func(f *fixture, dana string) error { _, err := f.app.People.SignInAs(dana, "wrong"); return err },
		"email": func(f *fixture, _ string) error { _, err := f.app.People.SignIn(email, "wrong"); return err },
		"a first person": func(f *fixture, _ string) error {
			_, err := f.app.People.CreateFirst("Kim", "kim@example.com", password)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 63, Patients: 1})
			var ahead atomic.Int64
			f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			f.signUpAndConnect()
			dana := f.owner()
			f.app.parts.autoLock.Observe()
			ahead.Add(int64(11 * time.Minute))
			f.app.parts.autoLock.Observe()
			if err := try(f, dana); err == nil {
				t.Error("signed in")
			}
			if f.app.lockIfDue(t.Context()); f.clinic().Session() != nil {
				t.Error("not locked")
			}
		})
	}
}
