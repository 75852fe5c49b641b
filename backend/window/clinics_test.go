package window

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// twoClinics serves a second clinic beside the fixture's, chosen by the key, as
// Cliniko's own address does for a whole region.
func twoClinics(t *testing.T) (*fixture, *fakeclinic.Clinic) {
	t.Helper()
	f := newFixture(t, fakeclinic.Options{Seed: 50, Patients: 30})
	other := fakeclinic.New(fakeclinic.Options{Seed: 51, Patients: 20, AccountID: "4000777", Name: "Bay Street Clinic", Subdomain: "bay-street"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, _, _ := r.BasicAuth(); key == other.Key() {
			other.ServeHTTP(w, r)
			return
		}
		f.fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.o.ClinikoURL = server.URL + "/v1"
	f.start()
	return f, other
}

func TestAnotherClinicsKeyChangesNothing(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	f.imported()
	before, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Integration.Connect(other.Key()); profile.CodeOf(err) != profile.OtherClinic {
		t.Fatalf("%v", err)
	}
	other.ForgetRequests()
	if _, err := f.app.Sync.Now(); err != nil {
		t.Fatal(err)
	}
	after, err := f.app.About.State()
	if err != nil || *after.Clinic != *before.Clinic || after.Tally.Active != before.Tally.Active {
		t.Errorf("%+v after %+v, %v", after.Clinic, before.Clinic, err)
	}
	if sent := len(other.Requests()); sent != 0 {
		t.Errorf("%d requests with the other clinic's key", sent)
	}
}

func TestASecondClinicHasItsOwnData(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	first := f.imported()
	state, err := f.app.Clinics.ConnectSeparately(other.Key(), password)
	if err != nil || state.Clinic == nil || state.Clinic.Name != "Bay Street Clinic" || state.Person == nil || state.Tally.Active != 0 {
		t.Fatalf("%+v, %v", state, err)
	}
	if second := f.imported(); second.Read != 20 {
		t.Errorf("%+v", second)
	}

	f.app.close()
	f.start() // the next start shows the same clinic
	if state, err = f.app.People.SignIn(email, password); err != nil || state.Clinic.Name != "Bay Street Clinic" || state.Tally.Active+state.Tally.Archived > 20 {
		t.Fatalf("%+v, %v", state, err)
	}
	places, err := f.app.Clinics.List()
	if err != nil || len(places) != 2 || places[0].Name != "Harbour Physio" || places[0].Current || !places[1].Current {
		t.Fatalf("%+v, %v", places, err)
	}
	state, err = f.app.Clinics.Use(places[0].Account)
	if err != nil || state.Clinic.Name != "Harbour Physio" || state.Person == nil || state.Tally.Active != first.Synced+first.Failed {
		t.Fatalf("%+v, %v", state, err)
	}

	if _, err := f.app.Clinics.Use("99"); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("a clinic that is not here: %v", err)
	}
	if state, err = f.app.Clinics.Use("4000777"); err != nil || state.Person == nil {
		t.Fatalf("%+v, %v", state, err)
	}
	erased, err := f.app.Integration.Disconnect(password)
	if state = erased.State; err != nil || erased.Clinic == state.Clinic.Name || state.Clinic.Name != "Harbour Physio" || state.Person == nil {
		t.Errorf("after the second clinic was disconnected: %+v, %v", state, err)
	}
	if places, err = f.app.Clinics.List(); err != nil || len(places) != 1 || !places[0].Current {
		t.Errorf("%+v, %v", places, err)
	}
}

// The page drops what it holds when the number grows, and what comes late
// with a smaller one.
func TestEveryChangeOfClinicHasANumber(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	f.imported()
	last := int64(0)
	grown := func(what string, state AppState, err error) {
		t.Helper()
		if err != nil || state.Generation <= last || state.Sync.Generation != state.Generation {
			t.Errorf("%s: %d after %d, its sync %d, %v", what, state.Generation, last, state.Sync.Generation, err)
		}
		last = state.Generation
	}
	same := func(what string) {
		t.Helper()
		if state, err := f.app.About.State(); err != nil || state.Generation != last || state.Sync.Generation != last {
			t.Errorf("%s: %d after %d, its sync %d, %v", what, state.Generation, last, state.Sync.Generation, err)
		}
	}
	state, err := f.app.About.State()
	grown("at first", state, err)
	if _, err := f.app.Sync.Now(); err != nil {
		t.Fatal(err)
	}
	same("after a sync")
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Fatal(err)
	}
	same("after a new key of the same clinic")
	if _, err := f.app.Integration.Connect(other.Key()); profile.CodeOf(err) != profile.OtherClinic {
		t.Fatal(err)
	}
	same("after the key of another one")

	left := f.app.host.Shown()
	state, err = f.app.Clinics.ConnectSeparately(other.Key(), password)
	grown("a second clinic", state, err)
	if status, _ := f.app.parts.page.status(t.Context(), left); status.Generation >= last {
		t.Errorf("what the first clinic still tells has the number %d of %d", status.Generation, last)
	}
	state, err = f.app.Clinics.Use("")
	grown("back to the first", state, err)
	state, err = f.app.Clinics.OpenDemo()
	grown("the demo", state, err)
	state, err = f.app.Clinics.LeaveDemo()
	grown("out of the demo", state, err)
	if state.Person == nil {
		t.Fatal("nobody is signed in after the demo")
	}
	erased, err := f.app.Integration.Disconnect(password)
	grown("disconnected", erased.State, err)
}

// A link names a client of the clinic that was shown when it came in.
func TestALinkDoesNotChangeTheClinic(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	f.imported()
	f.click(f.fake.IDs()[0])
	state, err := f.app.Clinics.ConnectSeparately(other.Key(), password)
	if err != nil || state.LinkWaiting {
		t.Fatalf("a link waits: %v, %v", state.LinkWaiting, err)
	}
	if link, err := f.app.Links.Take(); err != nil || link.ID != "" {
		t.Errorf("%+v, %v", link, err)
	}
}

// A link does not say of which clinic it is. Whoever takes it to another one finds
// it there, signed in or not.
func TestALinkIsTakenToAnotherClinic(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	if _, err := f.app.Clinics.ConnectSeparately(other.Key(), password); err != nil {
		t.Fatal(err)
	}
	first, second := f.fake.IDs()[0], other.IDs()[0]
	opens := func(want string) {
		t.Helper()
		if link, err := f.app.Links.Take(); err != nil || link.ID != want {
			t.Errorf("%+v, %v", link, err)
		}
	}
	told := f.told(eventLink)
	state, err := f.app.Clinics.OpenIn("", first)
	if err != nil || state.Clinic == nil || state.Clinic.Name != "Harbour Physio" || state.Person == nil || !state.LinkWaiting || f.told(eventLink) != told+1 {
		t.Fatalf("%+v, %v", state, err)
	}
	opens(first)
	opens("")

	f.signInWith(staff.Practitioner) // whom the other clinic does not know
	if state, err = f.app.Clinics.OpenIn("4000777", second); err != nil || state.Person != nil || !state.LinkWaiting {
		t.Fatalf("%+v, %v", state, err)
	}
	if _, err = f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	opens(second)

	for _, c := range []struct {
		account, client string
		code            profile.Code
	}{{"99", first, profile.NotFound}, {"", "../1", profile.Invalid}} {
		if _, err := f.app.Clinics.OpenIn(c.account, c.client); profile.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c, err)
		}
		opens("")
	}
}

// The clinics of a computer are told apart by colours, also before anybody has
// signed in.
func TestEachClinicHasAColorOfItsOwn(t *testing.T) {
	f, other := twoClinics(t)
	f.signUpAndConnect()
	shown := func(what, name, color string) {
		t.Helper()
		state, err := f.app.About.State()
		if err != nil || state.Clinic == nil || state.Clinic.Name != name || state.Clinic.Color != color {
			t.Errorf("%s: %+v, %v; want %s in %s", what, state.Clinic, err, name, color)
		}
	}
	does := func(_ AppState, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	shown("at first", "Harbour Physio", "teal")
	if _, err := f.app.Clinics.SetColor("red"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("red: %v", err)
	}
	does(f.app.Clinics.SetColor("pink"))
	shown("chosen", "Harbour Physio", "pink")

	does(f.app.Clinics.OpenDemo())
	does(f.app.Clinics.SetColor("green"))
	does(f.app.Clinics.LeaveDemo())
	shown("after the demo", "Harbour Physio", "pink")

	does(f.app.Clinics.ConnectSeparately(other.Key(), password))
	shown("a second clinic", "Bay Street Clinic", "teal")
	places, err := f.app.Clinics.List()
	want := []ClinicPlace{{"", "Harbour Physio", "pink", false}, {"4000777", "Bay Street Clinic", "teal", true}}
	if err != nil || !slices.Equal(places, want) {
		t.Errorf("%+v, %v", places, err)
	}
	does(f.app.Clinics.SetColor("blue"))
	does(f.app.Clinics.Use(""))
	shown("the first again", "Harbour Physio", "pink")
	does(f.app.People.SignOut())
	shown("with nobody", "Harbour Physio", "pink")
	f.app.close()
	f.start()
	shown("after a new start", "Harbour Physio", "pink")
	does(f.app.Clinics.Use("4000777"))
	shown("the second again", "Bay Street Clinic", "blue")
}
