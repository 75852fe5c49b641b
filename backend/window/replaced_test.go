package window

import (
	"context"
	"os"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// A window whose store another program has erased, or replaced, shows what is
// there now: not the clients of before, and no offer to erase what is left.
func TestAReplacedStoreShowsTheFirstScreen(t *testing.T) {
	for name, test := range map[string]struct {
		replace     func(f *fixture)
		peopleExist bool
	}{
		"disconnected elsewhere": {func(f *fixture) { f.elsewhere((*fixture).disconnect) }, true},
		"erased as a whole": {func(f *fixture) {
			if err := workspace.Purge(f.t.Context(), f.o); err != nil {
				f.t.Fatal(err)
			}
		}, false},
		"begun again": {func(f *fixture) {
			if err := workspace.Reset(f.t.Context(), f.o); err != nil {
				f.t.Fatal(err)
			}
			f.elsewhere(func(*fixture, *workspace.Workspace) error { return nil })
		}, false},
		"restored from a copy": {func(f *fixture) {
			f.exec("VACUUM INTO '" + f.store() + ".copy'")
			if err := os.Rename(f.store()+".copy", f.store()); err != nil {
				f.t.Fatal(err)
			}
		}, true},
	} {
		for how, look := range map[string]func(f *fixture){
			"it looks by itself": func(f *fixture) { f.app.showReplaced(f.t.Context()) },
			"a person looks": func(f *fixture) {
				state, err := f.app.About.State()
				if err != nil {
					f.t.Fatal(err)
				}
				f.system.Emit(eventState, state)
			},
		} {
			if how == "a person looks" && name != "disconnected elsewhere" {
				continue // the file that is open can still be read
			}
			t.Run(name+", "+how, func(t *testing.T) {
				f := newFixture(t, fakeclinic.Options{Seed: 40, Patients: 20})
				f.computer.ScreenLocked = func() bool { return false }
				f.signUpAndConnect()
				f.imported()
				f.clinic().TellState(t.Context())
				f.system.mu.Lock()
				before := f.system.state
				f.system.mu.Unlock()
				f.clinic().Background.Pause(context.Canceled)
				test.replace(f)
				look(f)
				if f.system.shows() {
					t.Error("somebody is shown")
				}
				f.system.mu.Lock()
				told := f.system.state
				f.system.mu.Unlock()
				if told.Store != nil || told.MayReset || told.PeopleExist != test.peopleExist || told.Locked != nil || told.Generation <= before.Generation {
					t.Errorf("the page was told %+v after %d", told, before.Generation)
				}
				if test.peopleExist {
					if _, err := f.app.People.SignIn(email, password); err != nil {
						t.Errorf("sign in afterwards: %v", err)
					}
				} else if _, err := f.app.People.CreateFirst("Kim Example", "kim@example.com", password); err != nil {
					t.Errorf("the first person afterwards: %v", err)
				}
			})
		}
	}
}

// A store that is as it was stays open.
func TestAStoreThatIsThereStaysOpen(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 41, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	before := f.clinic()
	for range 3 {
		f.app.showReplaced(t.Context())
	}
	if _, err := f.app.Integration.Disconnect(password); err != nil { // replaces the key itself
		t.Fatal(err)
	}
	f.app.showReplaced(t.Context())
	if f.clinic() != before || f.clinic().Session() == nil {
		t.Error("it was closed")
	}
}

// A pass of another process is not erased under.
func TestNothingIsErasedDuringAPassElsewhere(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 42, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	arrived, release := f.hold()
	defer release()
	ended := make(chan error, 1)
	go f.elsewhere(func(_ *fixture, w *workspace.Workspace) error {
		engine, err := w.Engine(context.Background())
		if err == nil {
			_, err = engine.Full(context.Background(), nil)
		}
		ended <- err
		return nil
	})
	<-arrived
	if _, err := f.app.Integration.Disconnect(password); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("disconnected: %v", err)
	}
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.StartOver("ERASE"); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("started over: %v", err)
	}
	release()
	if err := <-ended; err != nil {
		t.Errorf("the pass: %v", err)
	}
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic == nil || state.Tally.Active == 0 {
		t.Errorf("afterwards: %v", err)
	}
}

// elsewhere opens the store once more, as another process does.
func (f *fixture) elsewhere(do func(*fixture, *workspace.Workspace) error) {
	w, err := workspace.Open(context.Background(), f.o)
	if err != nil {
		f.t.Error(err)
		return
	}
	defer func() { _ = w.Close() }()
	if err := do(f, w); err != nil {
		f.t.Error(err)
	}
}

func (f *fixture) disconnect(w *workspace.Workspace) error {
	person, err := session.Authenticate(f.t.Context(), w, session.Options{}, email, password)
	for end := time.Now().Add(time.Minute); err == nil; time.Sleep(20 * time.Millisecond) {
		_, err = person.Integration().Disconnect(f.t.Context(), "", func(session.Erasing) error { return nil })
		if err == nil || profile.CodeOf(err) != profile.SyncRunning || time.Now().After(end) {
			return err
		}
		err = nil
	}
	return err
}

// telehab connect waits for a key in a terminal while the window disconnects,
// and perhaps connects again.
func TestTheWindowBesideAConnectThatWaited(t *testing.T) {
	for name, again := range map[string]bool{"disconnected": false, "connected again": true} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 5, Patients: 20})
			f.signUpAndConnect()
			f.imported()
			terminal, err := workspace.Open(t.Context(), f.o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = terminal.Close() }()
			dana, err := session.Authenticate(t.Context(), terminal, session.Options{}, email, password)
			if err != nil {
				t.Fatal(err)
			}
			_, err = dana.Integration().Connect(t.Context(), func() (string, error) { // its prompt
				if _, err := f.app.Integration.Disconnect(password); err != nil {
					return "", err
				}
				if again {
					if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
						return "", err
					}
					f.imported()
				}
				return f.fake.Key(), nil
			})
			if profile.CodeOf(err) != profile.StoreMissing {
				t.Errorf("the terminal: %v", err)
			}
			state, err := f.app.About.State()
			if err != nil || state.Store != nil || !state.PeopleExist || (state.Clinic != nil) != again {
				t.Errorf("the window shows %+v, %v", state, err)
			}
		})
	}
}
