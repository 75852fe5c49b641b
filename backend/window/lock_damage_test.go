package window

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// lockSoon is how long names may stay after the lock, whatever is damaged.
const lockSoon = 2 * time.Second

// damages are all that locking could touch, gone or broken.
var damages = map[string]func(f *fixture){
	"nothing":                          func(*fixture) {},
	"a person who cannot be decrypted": func(f *fixture) { f.exec("UPDATE person SET sealed = x'00'") },
	"a clinic that cannot":             func(f *fixture) { f.exec("UPDATE clinic SET sealed = zeroblob(60)") },
	"clients who cannot":               func(f *fixture) { f.exec("UPDATE profile SET sealed = zeroblob(80)") },
	"a table that is gone":             func(f *fixture) { f.exec("DROP TABLE person") },
	"the audit trail is gone":          func(f *fixture) { f.exec("DROP TABLE audit") },
	"another file":                     func(f *fixture) { f.overwrite(bytes.Repeat([]byte("not a database "), 5000)) },
	"an empty file":                    func(f *fixture) { f.overwrite(nil) },
	"no file": func(f *fixture) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.RemoveAll(f.store() + suffix); err != nil {
				f.t.Fatal(err)
			}
		}
	},
	"no folder": func(f *fixture) {
		if err := os.RemoveAll(f.o.DataDir()); err != nil {
			f.t.Fatal(err)
		}
	},
	"no keys": func(f *fixture) {
		sum := sha256.Sum256([]byte(f.o.DataDir()))
		for _, name := range []string{"store key ", "API key "} {
			if err := keyring.Open("TeleHab").Delete(f.t.Context(), name+hex.EncodeToString(sum[:6])); err != nil {
				f.t.Fatal(err)
			}
		}
	},
	"the store is closed":        func(f *fixture) { _ = f.clinic().Workspace.Close() },
	"the page hears no lock":     func(f *fixture) { f.deafen(eventLock) },
	"the page is sent no state":  func(f *fixture) { f.deafen(eventState) },
	"the store is being written": func(f *fixture) { f.holdStore() },
	"the system's lock hangs":    func(f *fixture) { f.computer.ScreenLocked = func() bool { select {} } },
}

func (f *fixture) store() string { return filepath.Join(f.o.DataDir(), "telehab.db") }

func (f *fixture) overwrite(content []byte) {
	if err := os.WriteFile(f.store(), content, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// holdStore writes to the store as another program, until release is called or
// the test ends.
func (f *fixture) holdStore() (release func()) {
	db, err := sql.Open("sqlite3", f.store()+"?_txlock=exclusive")
	if err != nil {
		f.t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		f.t.Fatal(err)
	}
	release = sync.OnceFunc(func() { _, _ = tx.Rollback(), db.Close() })
	f.t.Cleanup(release)
	return release
}

func (f *fixture) deafen(event string) {
	f.system.mu.Lock()
	defer f.system.mu.Unlock()
	f.system.deaf = event
}

// The window locks whatever is damaged or gone at that moment: after the idle
// minutes, after sleep and with the system, and when a person says so.
func TestTheLockNeedsNoStore(t *testing.T) {
	for cause, lock := range map[string]func(f *fixture, ahead *atomic.Int64, screen *atomic.Bool){
		"idle": func(f *fixture, ahead *atomic.Int64, _ *atomic.Bool) {
			ahead.Add(int64(11 * time.Minute))
			f.app.lockIfDue(f.t.Context())
		},
		"sleep": func(f *fixture, ahead *atomic.Int64, _ *atomic.Bool) {
			f.app.parts.autoLock.Observe()
			ahead.Add(int64(time.Minute))
			f.app.parts.autoLock.Observe()
			f.app.lockIfDue(f.t.Context())
		},
		"the system's lock": func(f *fixture, _ *atomic.Int64, screen *atomic.Bool) {
			screen.Store(true)
			f.app.lockIfDue(f.t.Context())
		},
		"a person": func(f *fixture, _ *atomic.Int64, _ *atomic.Bool) {
			go func() { _, _ = f.app.Security.Lock() }()
		},
	} {
		for what, damage := range damages {
			if what == "the system's lock hangs" && cause == "the system's lock" {
				continue // nobody can know
			}
			if cause == "a person" && !slices.Contains([]string{"nothing", "no folder", "the page hears no lock", "the store is being written"}, what) {
				continue // from there on it is the same
			}
			t.Run(cause+", "+what, func(t *testing.T) {
				f := newFixture(t, fakeclinic.Options{Seed: 97, Patients: 5})
				var ahead atomic.Int64
				var screen atomic.Bool
				f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
				f.computer.ScreenLocked = screen.Load
				f.signUpAndConnect()
				f.imported()
				clinic := f.clinic()
				clinic.TellState(t.Context())
				if !f.system.shows() {
					t.Fatal("nobody is shown before")
				}
				damage(f)
				began := time.Now()
				lock(f, &ahead, &screen)
				locked := func() bool {
					session, err := f.app.Security.Heartbeat() // as the page asks each second
					_, directory := clinic.Workspace.Directory()
					hidden := !f.system.shows() || f.system.deaf == eventLock
					return err == nil && session == 0 && hidden && profile.CodeOf(directory) == profile.SignedOut
				}
				for !locked() {
					if time.Since(began) > lockSoon+time.Minute { // the machine may be slow
						t.Fatal("somebody is still shown")
					}
					time.Sleep(time.Millisecond)
				}
				t.Logf("nobody after %v", time.Since(began))
			})
		}
	}
}

// Whoever comes after the idle minutes is too late, though the window has not
// looked at the clock yet.
func TestActivityAfterTheIdleMinutesUnlocksNothing(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 98, Patients: 5})
	var ahead atomic.Int64
	f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	f.computer.ScreenLocked = func() bool { return false }
	f.signUpAndConnect()
	ahead.Add(int64(10*time.Minute + time.Second))
	if err := f.app.Security.Active(); err != nil {
		t.Fatal(err)
	}
	if session, err := f.app.Security.Heartbeat(); err != nil || session != 0 {
		t.Errorf("session %d continues, %v", session, err)
	}
}

// A page that is loaded again is not the one in which somebody gave the
// password.
func TestAPageThatBeginsAgainIsLocked(t *testing.T) {
	for name, again := range map[string]func(w *window){
		"loaded again": func(w *window) { w.pageBegins(); w.pageBegins() },
		"its process ended": func(w *window) {
			w.pageBegins()
			w.pageEnded("it crashed")
			w.pageBegins()
		},
		"its process ended on Windows": func(w *window) {
			w.pageBegins()
			w.wails = &wailsWindow{}
			w.pageFailed()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 99, Patients: 5})
			f.signUpAndConnect()
			again(f.app.window)
			state, err := f.app.About.State()
			if err != nil || state.Person != nil || state.Locked == nil || state.Locked.Name != "Dana Smith" {
				t.Errorf("%+v, %v", state.Locked, err)
			}
		})
	}
	f := newFixture(t, fakeclinic.Options{Seed: 99, Patients: 5})
	f.app.pageBegins() // the first one, which may come late
	f.signUpAndConnect()
	if state, err := f.app.About.State(); err != nil || state.Person == nil {
		t.Errorf("locked by the first page: %v", err)
	}
}
