package window

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A page that is loaded again while somebody signs in, or while the window
// changes to another clinic, was given no password: whoever asked for it before
// is not in it. The page begins again at each moment at which the program reads
// the clock meanwhile.
func TestAPageThatBeginsAgainLocksOutWhoeverIsComing(t *testing.T) {
	for name, act := range map[string]struct {
		before func(f *fixture, other *fakeclinic.Clinic)
		begin  func(f *fixture) error
	}{
		"sign up": {func(*fixture, *fakeclinic.Clinic) {}, func(f *fixture) error {
			_, err := f.app.People.CreateFirst("Dana Smith", email, password)
			return err
		}},
		"sign in": {func(f *fixture, _ *fakeclinic.Clinic) {
			f.signUpAndConnect()
			if _, err := f.app.People.SignOut(); err != nil {
				f.t.Fatal(err)
			}
		}, func(f *fixture) error { _, err := f.app.People.SignIn(email, password); return err }},
		"unlock": {func(f *fixture, _ *fakeclinic.Clinic) {
			f.signUpAndConnect()
			if _, err := f.app.Security.Lock(); err != nil {
				f.t.Fatal(err)
			}
		}, func(f *fixture) error { _, err := f.app.People.SignIn(email, password); return err }},
		"another clinic": {func(f *fixture, other *fakeclinic.Clinic) {
			f.signUpAndConnect()
			if _, err := f.app.Clinics.ConnectSeparately(other.Key(), password); err != nil {
				f.t.Fatal(err)
			}
		}, func(f *fixture) error { _, err := f.app.Clinics.Use(""); return err }},
	} {
		for moment, passed := int64(1), false; !passed; moment++ {
			t.Run(fmt.Sprint(name, " ", moment), func(t *testing.T) {
				f, other := twoClinics(t)
				var left atomic.Int64 // calls until the page begins again
				clock := f.computer.Clock
				f.computer.Clock = func() time.Time {
					if left.Add(-1) == 0 {
						f.app.pageEnded("it crashed")
						f.app.pageBegins()
					}
					return clock()
				}
				act.before(f, other)
				f.app.pageBegins()
				left.Store(moment)
				err := act.begin(f)
				if passed = left.Swap(0) > 0; passed {
					if state, stateErr := f.app.About.State(); err != nil || stateErr != nil || state.Person == nil {
						t.Errorf("nobody is in where no page began again: %v, %v", err, stateErr)
					}
					return
				}
				state, stateErr := f.app.About.State() // what the new page asks first
				if stateErr != nil || state.Person != nil || err != nil && profile.CodeOf(err) != profile.SignedOut {
					t.Errorf("somebody is in: %v, %v, %v", state.Person != nil, err, stateErr)
				}
				if _, err := f.app.People.SignIn(email, password); err != nil {
					t.Errorf("with the password: %v", err)
				}
			})
		}
	}
}

// Another program writes to the store once it was chosen where the export goes,
// and the window locks before that is done.
func TestNoFileIsWrittenAfterTheLock(t *testing.T) {
	for name, export := range map[string]func(f *fixture) error{
		"all": func(f *fixture) error { _, err := f.app.Profiles.Export("csv", password); return err },
		"selected": func(f *fixture) error {
			_, err := f.app.Profiles.ExportSelected(f.fake.IDs()[:1], "csv", password)
			return err
		},
		"call sheet": func(f *fixture) error {
			_, err := f.app.Profiles.CallSheet(ProfileQuery{Filter: "all"}, "html", password)
			return err
		},
		"those that need attention": func(f *fixture) error { _, err := f.app.Attention.Export(ProfileQuery{}, password); return err },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 20, Shares: &fakeclinic.Shares{}})
			f.signUpAndConnect()
			f.imported()
			f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
			release := func() {}
			chosen, done := make(chan struct{}), make(chan error, 1)
			f.system.whileAsking = func() { release = f.holdStore(); close(chosen) }
			go func() { done <- export(f) }()
			<-chosen
			waitForCall(t, "(*Workspace).Audited(")
			f.app.host.LockAll()
			release()
			if err := <-done; profile.CodeOf(err) != profile.SignedOut {
				t.Errorf("%v", err)
			}
			if _, err := os.Stat(f.system.saveTo); err == nil {
				t.Error("a file was written")
			}
		})
	}
}

// waitForCall waits until a goroutine is within the function.
func waitForCall(t *testing.T, function string) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for end := time.Now().Add(time.Minute); !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), function); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing is in %s", function)
		}
	}
}
