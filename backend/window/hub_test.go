package window

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/contract"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// withHub is a window that reaches a simulated VALD Hub.
func withHub(t *testing.T, f *fixture, o fakehub.Options) *fakehub.Hub {
	t.Helper()
	hub := fakehub.New(o)
	there, err := hub.Start(contract.Requests(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	f.o.ValdURL = there.URL
	f.start()
	return hub
}

// hubState waits until the state of VALD Hub is so. In every one on the way the
// ledger sums.
func (f *fixture) hubState(what string, holds func(HubView) bool) HubView {
	f.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		view, err := f.app.Hub.State()
		if err != nil {
			f.t.Fatal(err)
		}
		if l := view.Ledger; l.Eligible != l.Confirmed+l.Pending+l.Held+l.NeedsAttention {
			f.t.Fatalf("the ledger does not sum: %+v", l)
		}
		if holds(view) {
			return view
		}
	}
	f.t.Fatalf("waited in vain for %s", what)
	return HubView{}
}

// complete are the clients of the clinic who can be sent.
func (f *fixture) complete() []fakeclinic.Patient {
	return slices.DeleteFunc(f.fake.Patients(), func(p fakeclinic.Patient) bool {
		return p.FirstName == nil || p.LastName == nil || p.DateOfBirth == nil || p.Email == nil || p.ArchivedAt != nil
	})
}

var answered = SendingView{CreatedByAdult: "yes", GuardianConsent: "no", PhotoVideoConsent: "no", OtherSex: "Unknown"}

// From nothing to a clinic whose clients are in VALD Hub, and back, as a person does
// it in the window.
func TestHubInTheWindow(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 5, Patients: 8, Shares: new(fakeclinic.CleanShares()), Everyday: true})
	hub, tenant := withHub(t, f, fakehub.Options{AttachByEmail: true}), fakehub.TenantID(1)
	f.signUpAndConnect()
	f.imported()
	some := f.complete()
	same, email := some[0], some[1]
	one := hub.Put(tenant, fakehub.Profile{GivenName: *same.FirstName, FamilyName: *same.LastName, Born: *same.DateOfBirth, Email: "old@example.com"})
	hub.Put(tenant, fakehub.Profile{GivenName: "Some", FamilyName: "Body", Born: "1901-02-03", Email: *email.Email})
	hub.Put(tenant, fakehub.Profile{GivenName: "Only", FamilyName: "There", Born: "1902-03-04", SyncID: "EHR-1"})
	f.connectHub(hub)
	f.compareHub(hub, one)

	if _, err := f.app.Hub.SetSending(SendingView{CreatedByAdult: "yes", GuardianConsent: "no"}); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("sent without an answer: %v", err)
	}
	if view := f.hubState("nothing", func(HubView) bool { return true }); view.Sending || view.Ledger != (LedgerView{}) {
		t.Errorf("%+v", view)
	}
	if got, err := f.app.Profiles.Get(same.ID); err != nil || got.Hub != nil {
		t.Errorf("%+v, %v", got.Hub, err)
	}
	if view, err := f.app.Hub.SetSending(answered); err != nil || !view.Sending || view.Answers != answered || view.Ledger.Eligible != 8 {
		t.Fatalf("%+v, %v", view, err)
	}
	view := f.hubState("a first sending", func(v HubView) bool { return v.Ledger.Pending == 0 && v.Compared != "" })
	if view.Ledger != (LedgerView{Eligible: 8, Confirmed: 6, NeedsAttention: 2}) ||
		!slices.Equal(view.Reasons, []HubReasonCount{{"email_in_use", 1}, {"likely_the_same", 1}}) || view.Problem != nil {
		t.Errorf("%+v", view)
	}
	f.decideMatches(same.ID, email.ID, one)
	view = f.hubState("what was decided", func(v HubView) bool { return v.Ledger.Pending == 0 && v.Ledger.NeedsAttention == 0 })
	if view.Ledger != (LedgerView{Eligible: 8, Confirmed: 8}) {
		t.Errorf("%+v", view.Ledger)
	}
	if there := hub.Profiles(tenant); there[0].SyncID != same.ID || there[0].Email != *same.Email || there[1].SyncID != "" || there[2].SyncID != "EHR-1" || len(there) != 10 {
		t.Errorf("%d profiles, %+v", len(there), there[:3])
	}
	if got, err := f.app.Profiles.Get(same.ID); err != nil || got.Hub == nil || got.Hub.State != "confirmed" || got.Hub.Since == "" {
		t.Errorf("%+v, %v", got.Hub, err)
	}
	if !slices.Contains(f.system.events, eventHub) || !slices.Contains(f.system.events, eventCompare) {
		t.Errorf("the page was not told how far it is: %v", slices.Compact(f.system.events))
	}
	f.leaveHub(same.ID)
}

// connectHub connects it, and asks nothing of VALD before.
func (f *fixture) connectHub(hub *fakehub.Hub) {
	f.t.Helper()
	a, tenant := f.app, fakehub.TenantID(1)
	if view, err := a.Hub.State(); err != nil || view.Connected || view.Comparison != nil || len(hub.Requests()) != 0 {
		f.t.Fatalf("%+v, %v, %d requests", view, err, len(hub.Requests()))
	}
	if _, err := a.Hub.Organisations("au", fakehub.ClientID, "wrong"); profile.CodeOf(err) != profile.HubRefused {
		f.t.Errorf("%v", err)
	}
	found, err := a.Hub.Organisations("au", fakehub.ClientID, fakehub.ClientSecret)
	if err != nil || !slices.Equal(found, []OrganisationView{{tenant, "Harbour Physio"}}) {
		f.t.Errorf("%+v, %v", found, err)
	}
	if _, err := a.Hub.Connect("au", fakehub.ClientID, fakehub.ClientSecret, fakehub.TenantID(2)); profile.CodeOf(err) != profile.Invalid {
		f.t.Errorf("%v", err)
	}
	if view, err := a.Hub.State(); err != nil || view.Connected {
		f.t.Errorf("%+v, %v", view, err)
	}
	view, err := a.Hub.Connect("au", fakehub.ClientID, fakehub.ClientSecret, tenant)
	if err != nil || !view.Connected || view.Organisation != (OrganisationView{tenant, "Harbour Physio"}) || view.Region != "au" || view.Sending {
		f.t.Fatalf("%+v, %v", view, err)
	}
}

func (f *fixture) compareHub(hub *fakehub.Hub, likely string) {
	f.t.Helper()
	a := f.app
	if _, err := a.Hub.Found("", 0, 10); profile.CodeOf(err) != profile.NotFound {
		f.t.Errorf("found before anything was compared: %v", err)
	}
	view, err := a.Hub.Compare()
	if err != nil || view.Comparison == nil || view.Comparison.At == "" {
		f.t.Fatalf("%+v, %v", view, err)
	}
	if c := view.Comparison; c.Clients != (CountsView{All: 8, Likely: 1, EmailInUse: 1, Only: 6}) || c.Profiles != (CountsView{All: 3, Likely: 1, EmailInUse: 1, Only: 1}) || hub.Writes() != 0 {
		f.t.Errorf("%+v, %d writes", c, hub.Writes())
	}
	page, err := a.Hub.Found("likely", 0, 10)
	if err != nil || page.Total != 1 || len(page.Rows) != 1 || page.Rows[0].There.ID != likely || page.Rows[0].There.Email != "old@example.com" ||
		page.Rows[0].Reason != "Same name and birth date. Check whether it is the same person." {
		f.t.Errorf("%+v, %v", page, err)
	}
	if page, err = a.Hub.Found("", 8, 10); err != nil || page.Total != 9 || len(page.Rows) != 1 || page.Rows[0].Kind != "only_there" || page.Rows[0].There.Name != "There, Only" {
		f.t.Errorf("%+v, %v", page, err)
	}
	f.system.saveTo = filepath.Join(f.t.TempDir(), "hub.csv")
	path, err := a.Hub.Export(password)
	if err != nil || path != f.system.saveTo {
		f.t.Fatalf("%q, %v", path, err)
	}
	if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 10 || !strings.Contains(string(text), "Likely the same") {
		f.t.Errorf("%s, %v", text, err)
	}
	if _, err := a.Hub.Export("wrong"); profile.CodeOf(err) != profile.SignInRefused {
		f.t.Errorf("%v", err)
	}
}

// decideMatches says that one is the profile there, and sends the other one without
// an email. What has changed since it was shown is not decided.
func (f *fixture) decideMatches(same, email, one string) {
	f.t.Helper()
	a := f.app
	queue, err := a.Hub.Queue()
	if err != nil || len(queue.Matches) != 2 || len(queue.Left) != 0 || len(queue.Matches[0].There)+len(queue.Matches[1].There) != 0 {
		f.t.Fatalf("%+v, %v", queue, err)
	}
	match, err := a.Hub.Match(same)
	if err != nil || match.Reason != "likely_the_same" || !slices.Equal(match.Answers, []string{"same", "different"}) || len(match.There) != 1 || match.There[0].ID != one {
		f.t.Fatalf("%+v, %v", match, err)
	}
	stale := match
	stale.Version++
	for _, wrong := range []error{a.Hub.Decide(stale, "same", one), a.Hub.Decide(match, "same", "another"), a.Hub.Decide(match, "without_email", ""), a.Hub.Decide(match, "", "")} {
		if profile.CodeOf(wrong) != profile.Invalid {
			f.t.Errorf("%v", wrong)
		}
	}
	if err := a.Hub.Decide(match, "same", one); err != nil {
		f.t.Error(err)
	}
	if match, err = a.Hub.Match(email); err != nil || match.Reason != "email_in_use" || !slices.Equal(match.Answers, []string{"without_email"}) {
		f.t.Fatalf("%+v, %v", match, err)
	}
	if err := a.Hub.Decide(match, "without_email", ""); err != nil {
		f.t.Error(err)
	}
	if _, err := a.Hub.Match("1"); profile.CodeOf(err) != profile.NotFound {
		f.t.Errorf("%v", err)
	}
}

// leaveHub stops sending, and disconnects. What a comparison found goes with the
// session of whoever has made it.
func (f *fixture) leaveHub(client string) {
	f.t.Helper()
	a := f.app
	if view, err := a.Hub.StopSending(); err != nil || view.Sending || view.Ledger.Eligible != 0 || view.Answers != answered {
		f.t.Errorf("%+v, %v", view, err)
	}
	if got, err := a.Profiles.Get(client); err != nil || got.Hub != nil {
		f.t.Errorf("%+v, %v", got.Hub, err)
	}
	if _, err := a.People.SignOut(); err != nil {
		f.t.Fatal(err)
	}
	if _, err := a.People.SignIn(email, password); err != nil {
		f.t.Fatal(err)
	}
	if view, err := a.Hub.State(); err != nil || !view.Connected || view.Comparison != nil {
		f.t.Errorf("%+v, %v", view, err)
	}
	if _, err := a.Hub.Export(password); profile.CodeOf(err) != profile.NotFound {
		f.t.Errorf("%v", err)
	}
	if view, err := a.Hub.Disconnect(password); err != nil || view.Connected {
		f.t.Errorf("%+v, %v", view, err)
	}
}

// A sending that was stopped, or whose answers were changed, ends at once, though
// others wait to be sent.
func TestStoppedSendingEndsAtOnce(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 6, Patients: 40, Shares: new(fakeclinic.CleanShares())})
	hub := withHub(t, f, fakehub.Options{})
	f.signUpAndConnect()
	f.imported()
	f.connectHub(hub)
	if _, err := f.app.Hub.SetSending(answered); err != nil {
		t.Fatal(err)
	}
	f.hubState("the first who is sent", func(HubView) bool { return hub.Writes() > 0 })
	if _, err := f.app.Hub.StopSending(); err != nil {
		t.Fatal(err)
	}
	sent := hub.Writes()
	if _, err := f.app.Hub.Compare(); err != nil { // which takes longer than two would
		t.Fatal(err)
	}
	if got := hub.Writes(); got > sent+1 || got >= 40 {
		t.Errorf("%d were sent, %d when it was stopped", got, sent)
	}
	if _, err := f.app.Hub.SetSending(answered); err != nil {
		t.Fatal(err)
	}
	f.hubState("further ones", func(HubView) bool { return hub.Writes() > sent+1 })
}
