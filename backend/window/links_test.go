package window

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

func (f *fixture) click(id string) {
	f.app.parts.links.arrive(deeplink.Parse("telehab://patient?patient_id=" + id))
}

func (f *fixture) told(event string) int {
	f.system.mu.Lock()
	defer f.system.mu.Unlock()
	n := 0
	for _, e := range f.system.events {
		if e == event {
			n++
		}
	}
	return n
}

func TestLinkWaitsUntilSomebodySignsIn(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 50, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	ids := f.fake.IDs()
	f.click(ids[0])
	f.click(ids[1])
	if state, err := f.app.About.State(); err != nil || !state.LinkWaiting {
		t.Errorf("the sign-in does not say that a profile waits: %v", err)
	}
	if _, err := f.app.Links.Take(); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("taken while signed out: %v", err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if link, err := f.app.Links.Take(); err != nil || link.ID != ids[1] {
		t.Errorf("the last click does not count: %v", err)
	}
	if link, err := f.app.Links.Take(); err != nil || link.ID != "" {
		t.Errorf("taken twice: %v", err)
	}
}

func TestFollowLink(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 200})
	f.signUpAndConnect()
	f.imported()
	created, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example"), Sex: new("Female"), DateOfBirth: new("1990-01-02")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Profiles.Get(created); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("known before it was fetched: %v", err)
	}
	if view, err := f.app.Links.Follow(created); err != nil || view.Failure == nil || view.Failure.Problems[0].Field != "email" {
		t.Errorf("a new client without email: %+v, %v", view.Failure, err)
	}
	complete := slices.IndexFunc(f.fake.Patients(), func(p fakeclinic.Patient) bool { return p.ArchivedAt == nil && p.Email != nil })
	survivor := f.fake.IDs()[complete]
	if err := f.fake.Merge(created, survivor); err != nil {
		t.Fatal(err)
	}
	if view, err := f.app.Links.Follow(created); err != nil || view.ID != survivor || view.MergedFrom != created {
		t.Errorf("a merged client opens %s from %q, %v", view.ID, view.MergedFrom, err)
	}
	if _, err := f.app.Links.Follow("4711"); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("not in this clinic: %v", err)
	}
	f.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: fakeclinic.Unauthorized} })
	if _, err := f.app.Links.Follow(survivor); profile.CodeOf(err) != profile.KeyRefused {
		t.Errorf("a refused key: %v", err)
	}
	if view, err := f.app.Profiles.Get(survivor); err != nil || view.SyncedAt == "" {
		t.Errorf("the stored copy is gone: %v", err)
	}
}

// A page that fires links for ever costs at most 30 requests a minute, and one
// word to the window.
func TestFloodOfLinks(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 50, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	ids := f.fake.IDs()
	for i := range 1000 {
		f.click(ids[i%len(ids)])
	}
	if told := f.told(eventLink); told > 3 {
		t.Errorf("the window was told %d times", told)
	}
	before := len(f.fake.Requests())
	refused := 0
	for i := range 1000 {
		if _, err := f.app.Links.Follow(ids[i%len(ids)]); profile.CodeOf(err) == profile.RateLimited {
			refused++
		}
	}
	if sent := len(f.fake.Requests()) - before; sent == 0 || sent > 30 || refused < 970 {
		t.Errorf("%d requests, %d refused", sent, refused)
	}
}

// One link to a client who was merged five times costs six requests, and links
// together still no more than 30 in any minute.
func TestFloodOfLinksToMergedClients(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 50, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	ids := f.fake.IDs()
	for i := range 5 {
		if err := f.fake.Merge(ids[i], ids[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	before := len(f.fake.Requests())
	if view, err := f.app.Links.Follow(ids[0]); err != nil || view.ID != ids[5] {
		t.Errorf("the first link opens %s, %v", view.ID, err)
	}
	if sent := len(f.fake.Requests()) - before; sent != 6 {
		t.Errorf("%d requests for a chain of five merges", sent)
	}
	refused := 0
	began := time.Now()
	for range 200 {
		if _, err := f.app.Links.Follow(ids[0]); profile.CodeOf(err) == profile.RateLimited {
			refused++
		}
	}
	most := 6 + 1 + int(time.Since(began)/linkEvery)
	if sent := len(f.fake.Requests()) - before; sent > most || refused < 200-most {
		t.Errorf("%d requests, %d links refused", sent, refused)
	}
	// A circle ends where it began.
	circle := f.fake.IDs()[10:13]
	for i, id := range circle {
		p, _ := f.fake.Get(id)
		p.MergedWith, p.ArchivedAt = circle[(i+1)%3], new(p.UpdatedAt)
		if err := f.fake.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	f.app.Links.requests.SetLimit(rate.Inf)
	before = len(f.fake.Requests())
	if view, err := f.app.Links.Follow(circle[0]); err != nil || view.ID != circle[2] {
		t.Errorf("a circle opens %s, %v", view.ID, err)
	}
	if sent := len(f.fake.Requests()) - before; sent != 3 {
		t.Errorf("%d requests for a circle of three", sent)
	}
}

// However often a request is repeated, each counts.
func TestRepeatedRequestsOfLinksCount(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 50, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	f.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: fakeclinic.ServerError} })
	before, began := len(f.fake.Requests()), time.Now()
	for i := range 20 {
		if _, err := f.app.Links.Follow(f.fake.IDs()[i]); err == nil {
			t.Error("followed without an answer")
		}
	}
	most := 6 + 1 + int(time.Since(began)/linkEvery)
	if sent := len(f.fake.Requests()) - before; sent > most {
		t.Errorf("%d requests", sent)
	}
}

func TestTwoClicksAreOneRequest(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 20, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	f.imported()
	id := f.fake.IDs()[0]
	before := len(f.fake.Requests())
	release := make(chan struct{})
	f.fake.BeforeResponse(func(fakeclinic.Request) { <-release })
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if _, err := f.app.Links.Follow(id); err != nil {
				t.Error(err)
			}
		})
	}
	f.waitFor("the request to arrive", func(AppState) bool { return len(f.fake.Requests()) > before })
	close(release)
	group.Wait()
	// The second click may come after the first answer: then it is its own.
	if sent := len(f.fake.Requests()) - before; sent > 2 {
		t.Errorf("%d requests", sent)
	}
}

func TestFindPasted(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 20})
	f.signUpAndConnect()
	for pasted, want := range map[string]string{
		" 836447129235883061 ": "836447129235883061",
		"https://harbour-physio.au1.cliniko.com/patients/123/edit": "123",
		"telehab://patient?patient_id=5":                           "5",
		"Zoë Müller":                                               "",
		"https://example.com/patients/5":                           "",
	} {
		if link, err := f.app.Links.FindPasted(pasted); err != nil || link.ID != want {
			t.Errorf("%q: %q, %v", pasted, link.ID, err)
		}
	}
	// The pages that this window opens: the simulated clinic's are on its own address.
	if err := f.app.Profiles.OpenInCliniko("836447129235883061"); err != nil {
		t.Fatal(err)
	}
	own := f.system.opened[0]
	if link, err := f.app.Links.FindPasted(own + "/edit"); err != nil || link.ID != "836447129235883061" {
		t.Errorf("%q: %q, %v", own, link.ID, err)
	}
	elsewhere := "http://127.0.0.1:1/patients/836447129235883061"
	if link, err := f.app.Links.FindPasted(elsewhere); err != nil || link.ID != "" {
		t.Errorf("%q: %q, %v", elsewhere, link.ID, err)
	}
	if _, err := f.app.Links.FindPasted("https://other-clinic.au1.cliniko.com/patients/123"); profile.CodeOf(err) != profile.OtherClinic {
		t.Errorf("another clinic's address: %v", err)
	}
}

// A clinic whose web address Cliniko does not say is connected, without links.
func TestClinicWithoutWebAddress(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 20, Subdomain: "-"}) // nothing that could be one
	f.signUpAndConnect()
	if link, err := f.app.Links.FindPasted("836447129235883061"); err != nil || link.ID != "836447129235883061" {
		t.Errorf("%q, %v", link.ID, err)
	}
	_, err := f.app.Links.FindPasted("https://harbour-physio.au1.cliniko.com/patients/123")
	if profile.CodeOf(err) != profile.Invalid || !strings.Contains(profile.MessageOf(err), "Paste the client's number alone") {
		t.Errorf("an address that cannot be compared: %v", err)
	}
}

func TestUnknownLinkDoesNothing(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Patients: 1})
	for _, text := range []string{"telehab://patient?patient_id=1&x=2", "telehab://settings", "https://example.com", ""} {
		f.app.parts.links.arrive(deeplink.Parse(text))
	}
	if f.system.shown != 0 || f.told(eventLink) != 0 || f.app.parts.links.waits() {
		t.Errorf("shown %d, told %d", f.system.shown, f.told(eventLink))
	}
}

// The address names the region of the clinic. In another region the same number
// is somebody else.
func TestAPastedAddressOfAnotherRegion(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 20})
	f.signUpAndConnect() // in au1
	f.imported()
	id := f.fake.IDs()[0]
	for address, want := range map[string]profile.Code{
		"https://api.uk1.cliniko.com/v1/patients/" + id:         profile.OtherClinic,
		"https://harbour-physio.uk1.cliniko.com/patients/" + id: profile.OtherClinic,
		"https://api.au1.cliniko.com/v1/patients/" + id:         "",
		"https://harbour-physio.au1.cliniko.com/patients/" + id: "",
		"https://harbour-physio.cliniko.com/patients/" + id:     "",
		"https://another-physio.au1.cliniko.com/patients/" + id: profile.OtherClinic,
		"https://HARBOUR-PHYSIO.au1.cliniko.com/patients/" + id: "",
	} {
		found, err := f.app.Links.FindPasted(address)
		if profile.CodeOf(err) != want || (found.ID == id) != (want == "") {
			t.Errorf("%s opens %q, %v", address, found.ID, err)
		}
	}
}

// A link does not say of which clinic it is. One that came for the clinic waits
// until the demo is left; those from the demo's own Cliniko open there.
func TestTheDemoTakesNoLinkOfTheClinic(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 1, Patients: 20})
	f.signUpAndConnect()
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	takes := func(what, want string, waits bool) {
		t.Helper()
		if link, err := f.app.Links.Take(); err != nil || link.ID != want {
			t.Errorf("%s: %q, %v, want %q", what, link.ID, err, want)
		}
		if state, err := f.app.About.State(); err != nil || state.LinkWaiting != waits {
			t.Errorf("%s: a link waits %v, %v, want %v", what, state.LinkWaiting, err, waits)
		}
	}
	page, err := f.app.Profiles.Find(ProfileQuery{Filter: "all", Limit: 1})
	if err != nil || len(page.Rows) != 1 {
		t.Fatal(err)
	}
	f.click(page.Rows[0].ID)
	takes("of the demo", page.Rows[0].ID, false)
	f.click("4711")
	takes("of the clinic, in the demo", "", true)
	takes("once more", "", true)
	f.click(page.Rows[0].ID)
	if n := f.told("link"); n != 3 {
		t.Errorf("the page was told of %d links, want 3", n)
	}
	takes("of the demo, while the clinic's waits", page.Rows[0].ID, true)
	if state, err := f.app.Clinics.LeaveDemo(); err != nil || !state.LinkWaiting {
		t.Fatalf("out of the demo: %v", err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	takes("of the clinic, in the clinic", "4711", false)
}
