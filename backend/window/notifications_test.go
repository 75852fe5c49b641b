package window

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/notifier"
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
	pass(time.Minute) // here and below: Cliniko tells its time in seconds
	f.notifies("nobody has chosen it")

	f.refusesToNotify("a computer that allows none", "This computer does not allow notifications of TeleHab. "+
		"Allow them in the system's settings, then turn them on here again.", false, nil)
	f.refusesToNotify("a computer that has turned them off", "This computer shows no notifications of TeleHab. "+
		"Turn them on in the system's settings, then turn them on here again.", false, errors.New("ToastEnabled is 0"))
	f.refusesToNotify("a computer where nobody shows them", "Nothing on this computer shows notifications. "+
		"Ask your IT person to install a notification service, then turn them on again.", true, fmt.Errorf("%w: no such name", notifier.ErrNobody))
	f.system.notifyFails = errors.New("the service has just ended")
	f.refusesToNotify("a computer that fails to show the first one", "This computer shows no notifications of TeleHab. "+
		"Turn them on in the system's settings, then turn them on here again.", true, nil)
	f.system.notifyFails = nil
	if state, err := f.app.Today.SetNotify(true); err != nil || !state.Notify {
		t.Fatalf("%v, %v", state.Notify, err)
	}
	if want := []string{"TeleHab will tell you here when something needs you."}; !slices.Equal(f.system.notified, want) {
		t.Errorf("turned on, notified of %q", f.system.notified)
	}
	f.notifies("what was there before")

	pass(time.Hour)
	f.loseEmails(ids[1], ids[2])
	pass(time.Minute)
	f.system.notifyFails = errors.New("no service on the bus")
	if err := f.app.notify(t.Context()); err == nil {
		t.Error("what could not be sent counts as sent")
	}
	if !f.system.state.NotifyFails {
		t.Error("the page does not know that none was shown")
	}
	f.system.notifyFails = nil
	f.notifies("two more", "2 more clients need attention.")
	if f.system.state.NotifyFails {
		t.Error("the page does not know that one was shown")
	}
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

// refusesToNotify checks that nothing is set where the system shows nothing.
func (f *fixture) refusesToNotify(what, sentence string, allows bool, fails error) {
	f.t.Helper()
	f.system.allowsNotices, f.system.allowFails = allows, fails
	if _, err := f.app.Today.SetNotify(true); profile.CodeOf(err) != "notifications_off" || profile.MessageOf(err) != sentence {
		f.t.Errorf("%s: %v, %q", what, err, profile.MessageOf(err))
	}
	if state, err := f.app.About.State(); err != nil || state.Notify {
		f.t.Errorf("%s: on, %v", what, err)
	}
	f.system.allowsNotices, f.system.allowFails = true, nil
}

// Whoever tries again after one was not shown is not told of it any more.
func TestNotificationsThatWereNotShown(t *testing.T) {
	f, pass := inTime(t, 30)
	if state, err := f.app.Today.SetNotify(true); err != nil || state.NotifyFails {
		t.Fatalf("%+v, %v", state.NotifyFails, err)
	}
	pass(25 * time.Hour)
	f.system.notifyFails = errors.New("it has gone")
	if err := f.app.notify(t.Context()); err == nil {
		t.Fatal("shown by nobody")
	}
	f.system.allowFails = errors.New("it is still gone")
	if _, err := f.app.Today.SetNotify(true); profile.CodeOf(err) != "notifications_off" {
		t.Errorf("still gone: %v", err)
	}
	if state, err := f.app.About.State(); err != nil || !state.Notify || !state.NotifyFails {
		t.Errorf("still gone: %v, %v, %v", state.Notify, state.NotifyFails, err)
	}
	f.system.allowFails, f.system.notifyFails = nil, nil
	if state, err := f.app.Today.SetNotify(true); err != nil || !state.Notify || state.NotifyFails {
		t.Errorf("tried again: %v, %v, %v", state.Notify, state.NotifyFails, err)
	}
	f.notifies("tried again", "No sync has worked for a day. Open TeleHab to see why.")
}

// Before the window is there, nothing was shown, and nothing is allowed.
func TestNoNotificationWithoutAWindow(t *testing.T) {
	var none wailsWindow
	if err := none.Notify("2 more clients need attention."); err == nil {
		t.Error("shown by no window")
	}
	if allowed, err := none.AllowNotifications(); allowed || err == nil {
		t.Errorf("allowed %v, %v", allowed, err)
	}
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
