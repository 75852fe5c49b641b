package window

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// events returns the audit trail as text, the oldest line first.
func (f *fixture) events() []string {
	f.t.Helper()
	d, err := f.app.host.Open(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	events, err := d.Workspace.Events(f.t.Context(), 0, 1000)
	if err != nil {
		f.t.Fatal(err)
	}
	slices.Reverse(events)
	var lines []string
	for _, e := range events {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Action, e.Subject, e.Outcome)))
	}
	return lines
}

// afterDelay calls do until no wrong password before makes it wait. What had to
// wait is no line of the audit trail.
func afterDelay(do func() error) error {
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if err := do(); !account.Delayed(err) || time.Now().After(end) {
			return err
		}
	}
}

// The audit trail says what was done, about what, and what was only tried.
func TestTheWindowsAuditTrailSaysHowItEnded(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 86, Patients: 20})
	if _, err := f.app.People.CreateFirst("Dana Smith", email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Connect("MS0xMjM0NTY3ODkwMTIzNDU2Nzg5LWFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6-au1"); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatalf("a key that is none: %v", err)
	}
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Fatal(err)
	}
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "no such folder", "out.csv")
	if _, err := f.app.Profiles.Export("csv", password); profile.CodeOf(err) != profile.Invalid {
		t.Fatalf("exported into nothing: %v", err)
	}
	if _, err := f.app.Profiles.Export("csv", "not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Fatalf("exported without the password: %v", err)
	}
	if err := afterDelay(func() error { return f.app.People.ChangePassword("not the password", "three green hills") }); profile.CodeOf(err) != profile.SignInRefused {
		t.Fatalf("changed without the password: %v", err)
	}
	active := ""
	for _, p := range f.fake.Patients() {
		if p.ArchivedAt == nil {
			active = p.ID
		}
	}
	if err := afterDelay(func() error { return f.app.Profiles.Erase(active, password) }); profile.CodeOf(err) != profile.Invalid {
		t.Fatalf("erased an active client: %v", err)
	}
	f.system.saveTo = "" // somebody cancels the dialog
	if path, err := f.app.Profiles.Export("csv", password); err != nil || path != "" {
		t.Fatal(path, err)
	}
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	if _, err := f.app.Profiles.Export("csv", password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Disconnect(password); err != nil {
		t.Fatal(err)
	}
	got := f.events()
	if len(got) > 0 && strings.HasPrefix(got[0], "added_person ") {
		got[0] = "added_person" // whose id is random
	}
	want := []string{
		"added_person", "signed_in", "connected_clinic  key_refused", "connected_clinic 4000001", "listed_clients", "imported_clients",
		"exported_profiles  invalid", "exported_profiles  sign_in_refused", "changed_password  sign_in_refused", "exported_profiles", "disconnected 4000001",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What cannot be recorded is not done.
func TestNothingIsExportedWithoutALine(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 87, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "out.csv")
	f.tamper("CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.action LIKE 'exported%' BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	path := filepath.Join(t.TempDir(), "out.csv")
	f.system.saveTo = path
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.Export("csv", password); err == nil {
		t.Error("exported")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was written")
	}
}

// A clock that is set keeps no window open, and a computer that slept locks it
// whatever its clock says.
func TestNoClockKeepsTheWindowOpen(t *testing.T) {
	for name, set := range map[string]time.Duration{"a day back": -24 * time.Hour, "ten years back": -3650 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 88, Patients: 20})
			var wall, ran atomic.Int64
			f.computer.Clock = func() time.Time { return time.Now().Add(time.Duration(wall.Load() + ran.Load())) }
			f.computer.Uptime = func() time.Duration { return time.Hour + time.Duration(ran.Load()) }
			f.computer.ScreenLocked = func() bool { return false }
			f.signUpAndConnect()
			pass := func(d time.Duration) bool {
				ran.Add(int64(d))
				f.app.lockIfDue(t.Context())
				state, err := f.app.About.State()
				if err != nil {
					t.Fatal(err)
				}
				return state.Locked != nil
			}
			if pass(6 * time.Minute) {
				t.Error("locked after 6 minutes")
			}
			wall.Add(int64(set))
			if !pass(5 * time.Minute) {
				t.Error("open after 11 idle minutes, because the clock was set back")
			}
		})
	}
}

func (f *fixture) page(q ProfileQuery) ProfilePage {
	f.t.Helper()
	page, err := f.app.Profiles.Find(q)
	if err != nil {
		f.t.Fatal(err)
	}
	return page
}

// Ages, and what was changed lately, are of the clinic's today, whatever this
// computer believes the date to be.
func TestTodayIsTheClinics(t *testing.T) {
	for name, skew := range map[string]time.Duration{"right": 0, "a day ahead": 24 * time.Hour, "100 days back": -2400 * time.Hour,
		"ten years ahead": 3650 * 24 * time.Hour, "ten years back": -3650 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeclinic.Options{Seed: 89, Patients: 40})
			f.signUpAndConnect()
			f.imported()
			id := f.fake.IDs()[0]
			born := time.Now().AddDate(-30, 0, -20).Format(time.DateOnly)
			if err := f.fake.Edit(id, func(p *fakeclinic.Patient) { p.DateOfBirth = &born }); err != nil {
				t.Fatal(err)
			}
			if _, err := f.app.Sync.Now(); err != nil {
				t.Fatal(err)
			}
			week := f.page(ProfileQuery{Filter: "all"}).Week
			f.computer.Clock = func() time.Time { return time.Now().Add(skew) }
			// The store's own clock is this test's, and so is Cliniko's: only
			// what the window asks for is off, as after a start on such a day.
			d, err := f.app.host.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			store, err := d.Workspace.Store(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Store().Clock.Learn(t.Context(), profile.Reading{Clinic: time.Now(), Here: f.computer.Clock()}); err != nil {
				t.Fatal(err)
			}
			view, err := f.app.Profiles.Get(id)
			if err != nil || view.Age != 30 {
				t.Errorf("aged %d, %v; want 30", view.Age, err)
			}
			if got := f.page(ProfileQuery{Filter: "all"}).Week; got != week || week == 0 {
				t.Errorf("%d changed within the week, want %d", got, week)
			}
			state, err := f.app.About.State()
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, state.Sync.Now)
			if err != nil || time.Since(now).Abs() > time.Minute {
				t.Errorf("the window is told that it is %s, %v", state.Sync.Now, err)
			}
		})
	}
}
