package window

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// inTime starts the app anew with a clinic's and a computer's clock that a test
// puts forward.
func inTime(t *testing.T, patients int) (f *fixture, pass func(time.Duration)) {
	t.Helper()
	var passed atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	f = newFixture(t, fakeclinic.Options{Seed: 31, Patients: patients, Shares: &fakeclinic.Shares{}, Clock: now})
	f.app.close()
	f.o.Clock, f.computer.Clock = now, now
	f.start()
	f.signUpAndConnect()
	f.imported()
	return f, func(d time.Duration) { passed.Add(int64(d)) }
}

// notifies checks what the person is notified of now.
func (f *fixture) notifies(what string, texts ...string) {
	f.t.Helper()
	f.system.notified = nil
	if err := f.app.notify(f.t.Context()); err != nil {
		f.t.Errorf("%s: %v", what, err)
	}
	if !slices.Equal(f.system.notified, texts) {
		f.t.Errorf("%s: notified of %q, want %q", what, f.system.notified, texts)
	}
}

// loseEmails has clients need attention from now on.
func (f *fixture) loseEmails(ids ...string) {
	f.t.Helper()
	for _, id := range ids {
		f.edit(id, func(p *fakeclinic.Patient) { p.Email = nil })
	}
	f.syncNow()
}

func TestWhoeverChoseItIsNotifiedOnceADay(t *testing.T) {
	f, pass := inTime(t, 30)
	ids := f.fake.IDs()
	f.loseEmails(ids[0])
	f.notifies("nobody has chosen it")

	f.system.noNotices = true
	if _, err := f.app.Today.SetNotify(true); profile.CodeOf(err) != "notifications_off" {
		t.Errorf("a computer that allows none: %v", err)
	}
	f.system.noNotices = false
	if state, err := f.app.Today.SetNotify(true); err != nil || !state.Notify {
		t.Fatalf("%v, %v", state.Notify, err)
	}
	f.notifies("what was there before")

	pass(time.Hour)
	f.loseEmails(ids[1], ids[2])
	f.system.notifyFails = errors.New("no service on the bus")
	if err := f.app.notify(t.Context()); err == nil {
		t.Error("what could not be sent counts as sent")
	}
	f.system.notifyFails = nil
	f.notifies("two more", "2 more clients need attention.")
	f.notifies("at once again")

	f.loseEmails(ids[3])
	pass(23 * time.Hour)
	f.notifies("less than a day later")
	pass(2 * time.Hour)
	f.syncNow()
	f.notifies("a day later", "1 more client needs attention.")
	pass(25 * time.Hour)
	f.syncNow()
	f.notifies("nothing new")

	pass(25 * time.Hour)
	f.notifies("no sync for a day", "No sync has worked for a day. Open TeleHab to see why.")

	f.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: fakeclinic.Unauthorized} })
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatal(err)
	}
	pass(25 * time.Hour)
	if _, err := f.app.Security.Lock(); err != nil {
		t.Fatal(err)
	}
	f.notifies("locked, with a key that Cliniko refuses", "Syncing has stopped until somebody helps. Open TeleHab to see why.")

	pass(25 * time.Hour)
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	f.notifies("nobody is there")
	f.signInWith(staff.Practitioner)
	f.notifies("somebody else, who has not chosen it")
	if state, err := f.app.People.SignIn(email, password); err != nil || !state.Notify {
		t.Errorf("at the next sign-in: %v, %v", state.Notify, err)
	}
	if state, err := f.app.Today.SetNotify(false); err != nil || state.Notify {
		t.Errorf("%v, %v", state.Notify, err)
	}
	f.notifies("whoever turned it off")
}

func TestAMassDisappearanceNotifiesWhoeverMayDecide(t *testing.T) {
	f, pass := inTime(t, 300)
	pass(time.Hour)
	for _, id := range slices.Clone(f.fake.IDs()[100:160]) {
		if err := f.fake.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.app.Sync.Now(); profile.CodeOf(err) != profile.Gone {
		t.Fatalf("60 of 300 are gone: %v", err)
	}
	if _, err := f.app.Today.SetNotify(true); err != nil {
		t.Fatal(err)
	}
	f.notifies("the owner", "60 clients are no longer in Cliniko. Decide in TeleHab whether to keep or remove them.")
	f.signInWith(staff.Practitioner)
	if _, err := f.app.Today.SetNotify(true); err != nil {
		t.Fatal(err)
	}
	f.notifies("who has nothing to decide")
}
