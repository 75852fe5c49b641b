package window

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// manyClinics serves other clinics beside the fixture's, chosen by the key.
func manyClinics(t *testing.T, others ...*fakeclinic.Clinic) *fixture {
	t.Helper()
	f := newFixture(t, fakeclinic.Options{Seed: 50, Patients: 10})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _, _ := r.BasicAuth()
		for _, each := range append(others, f.fake) {
			if each.Key() == key {
				each.ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, "{}", http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	f.o.ClinikoURL = server.URL + "/v1"
	f.start()
	return f
}

// Two clinics of one computer have people of their own. Whoever may connect a
// clinic at the first, and is nobody at the second, does not replace its key by
// keeping it separately once more; whom the second knows may.
func TestNoStrangerReplacesTheKeyOfAnotherClinic(t *testing.T) {
	bay := func(seed uint64) *fakeclinic.Clinic {
		return fakeclinic.New(fakeclinic.Options{Seed: seed, Patients: 5, AccountID: "4000777", Name: "Bay Street", Subdomain: "bay-street"})
	}
	second, another := bay(5), bay(6)
	f := manyClinics(t, second, another)
	f.signUpAndConnect()
	state, err := f.app.Clinics.ConnectSeparately(second.Key(), password)
	if err != nil || state.Clinic == nil || state.Clinic.Name != "Bay Street" {
		t.Fatalf("%+v, %v", state, err)
	}
	before, lines := state.Clinic.KeyEnds, f.events()
	toTheFirst := func() {
		t.Helper()
		if _, err := f.app.Clinics.Use(""); err != nil {
			t.Fatal(err)
		}
	}
	toTheFirst()
	f.signInWith(staff.CreateLink, staff.PMSLink)
	state, err = f.app.Clinics.ConnectSeparately(another.Key(), deskPassword)
	if profile.CodeOf(err) != profile.NotPermitted || err.Error() != "not_permitted: This clinic is on this computer already. Switch to it and replace the key there." {
		t.Errorf("%+v, %v", state.Clinic, err)
	}
	if own := f.events(); own[len(own)-1] != "connected_separately  not_permitted" {
		t.Errorf("the first clinic's trail ends with %q", own[len(own)-1])
	}
	if state, err = f.app.Clinics.Use("4000777"); err != nil || state.Person != nil {
		t.Fatalf("%+v, %v", state.Person, err)
	}
	if now := f.events(); !slices.Equal(now, lines) {
		t.Errorf("the second clinic's trail has %q, and had %q", now, lines)
	}
	if state, err = f.app.People.SignIn(email, password); err != nil || state.Clinic.KeyEnds != before {
		t.Errorf("the key ended in %s, and now in %+v, %v", before, state.Clinic, err)
	}

	toTheFirst()
	if state, err = f.app.Clinics.ConnectSeparately(another.Key(), password); err != nil || state.Clinic.KeyEnds == before || state.Person == nil {
		t.Errorf("whom both clinics know: %+v, %v", state.Clinic, err)
	}
}

// A clinic of its own is a copy of the person with every permission, and may
// replace the key of one that knows them: whoever finds the window open, or knows
// the PIN, must have the password too.
func TestAddingAClinicAsksForThePassword(t *testing.T) {
	bay := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 5, AccountID: "4000777", Name: "Bay Street", Subdomain: "bay-street"})
	f := manyClinics(t, bay)
	f.signUpAndConnect()
	if _, err := f.app.PIN.Set("7391", password); err != nil {
		t.Fatal(err)
	}
	byPIN := func() {
		t.Helper()
		if _, err := f.app.People.SignOut(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.app.PIN.SignIn(f.owner(), "7391"); err != nil {
			t.Fatal(err)
		}
	}
	refuses := func(what, own string) {
		t.Helper()
		bay.ForgetRequests()
		before := len(f.events())
		if err := afterDelay(func() error { _, err := f.app.Clinics.ConnectSeparately(bay.Key(), own); return err }); profile.CodeOf(err) != profile.SignInRefused {
			t.Errorf("%s with %q: %v", what, own, err)
		}
		if got := f.events()[before:]; !slices.Equal(got, []string{"connected_separately  sign_in_refused"}) {
			t.Errorf("%s with %q leaves %q", what, own, got)
		}
		if list, current, err := workspace.ClinicsOf(f.o).List(); err != nil || len(list) != 0 || current != "" || len(bay.Requests()) != 0 {
			t.Errorf("%s with %q: %+v, %q, %v, %d requests", what, own, list, current, err, len(bay.Requests()))
		}
	}
	refuses("signed in with the password", "not the password")
	byPIN()
	refuses("signed in with the PIN", "")
	refuses("signed in with the PIN", "7391")
	var state AppState
	err := afterDelay(func() (err error) { state, err = f.app.Clinics.ConnectSeparately(bay.Key(), password); return err })
	if err != nil || state.Clinic == nil || state.Clinic.Name != "Bay Street" {
		t.Errorf("with the password: %+v, %v", state.Clinic, err)
	}
}

// The program ends, or the list cannot be changed, once a clinic's own store is
// made: the list has it all the same, so that nobody but who made it is kept out
// of it for good.
func TestAClinicThatWasKeptSeparatelyHalfwayIsInTheList(t *testing.T) {
	bay := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 5, AccountID: "4000777", Name: "Bay Street", Subdomain: "bay-street"})
	hill := fakeclinic.New(fakeclinic.Options{Seed: 6, Patients: 5, AccountID: "4000888", Name: "Hill Street", Subdomain: "hill-street"})
	for name, listed := range map[string]bool{"the first one": false, "another one": true} {
		t.Run(name, func(t *testing.T) {
			f := manyClinics(t, bay, hill)
			f.signUpAndConnect()
			want := []string{"", "4000777"}
			if listed {
				if _, err := f.app.Clinics.ConnectSeparately(hill.Key(), password); err != nil {
					t.Fatal(err)
				}
				if _, err := f.app.Clinics.Use(""); err != nil {
					t.Fatal(err)
				}
				want = []string{"", "4000888", "4000777"}
			}
			f.signInWith(staff.CreateLink, staff.PMSLink)
			f.listCannotChange(true)
			if _, err := f.app.Clinics.ConnectSeparately(bay.Key(), deskPassword); err == nil {
				t.Fatal("it was kept separately")
			}
			f.listCannotChange(false)
			if list, current, err := workspace.ClinicsOf(f.o).List(); err != nil || current != "" || !slices.Equal(accountsOf(list), want) {
				t.Errorf("%+v, %q, %v", list, current, err)
			}
			if _, err := f.app.People.SignIn("kim1@example.com", deskPassword); err != nil {
				t.Fatal(err)
			}
			state, err := f.app.Clinics.ConnectSeparately(bay.Key(), deskPassword) // once more
			if err != nil || state.Clinic == nil || state.Clinic.Name != "Bay Street" {
				t.Fatalf("%+v, %v", state.Clinic, err)
			}
			list, current, err := workspace.ClinicsOf(f.o).List()
			if err != nil || current != "4000777" || !slices.Equal(accountsOf(list), want) || list[0].Name != "Harbour Physio" || list[len(list)-1].Name != "Bay Street" {
				t.Errorf("%+v, %q, %v", list, current, err)
			}
		})
	}
}

// The list of clinics cannot be changed when a clinic with data of its own is
// disconnected: its store stays, TeleHab starts, and a second try ends it. The
// first clinic notices nothing.
func TestASeparateClinicWhoseListEntryStaysKeepsItsStore(t *testing.T) {
	bay := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 5, AccountID: "4000777", Name: "Bay Street", Subdomain: "bay-street"})
	f := manyClinics(t, bay)
	f.signUpAndConnect()
	f.imported()
	if _, err := f.app.Clinics.ConnectSeparately(bay.Key(), password); err != nil {
		t.Fatal(err)
	}
	f.listCannotChange(true)
	if _, err := f.app.Integration.Disconnect(password); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("disconnected: %v", err)
	}
	f.listCannotChange(false)
	f.app.close()
	f.start()
	state, err := f.app.About.State()
	if err != nil || state.Store != nil || state.MayReset || state.Clinic != nil || !state.PeopleExist {
		t.Errorf("after a restart: store %+v, clinic %+v, %v", state.Store, state.Clinic, err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	erased, err := f.app.Integration.Disconnect(password)
	if err != nil || erased.Problem != nil || erased.State.Clinic == nil || erased.State.Clinic.Name != "Harbour Physio" || erased.State.Tally.Active == 0 {
		t.Errorf("the second try: %+v, %v", erased, err)
	}
	if list, current, err := workspace.ClinicsOf(f.o).List(); err != nil || !slices.Equal(list, []workspace.Place{{Color: "teal"}}) || current != "" {
		t.Errorf("%+v, %q, %v", list, current, err)
	}
}

// listCannotChange puts a folder in the place of the lock of the list.
func (f *fixture) listCannotChange(cannot bool) {
	f.t.Helper()
	lock := filepath.Join(f.o.DataDir(), "clinics.lock")
	err := os.RemoveAll(lock)
	if err == nil && cannot {
		err = os.Mkdir(lock, 0o700)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func accountsOf(list []workspace.Place) (accounts []string) {
	for _, c := range list {
		accounts = append(accounts, c.Account)
	}
	return accounts
}

// Two clinics that are kept separately at the same moment are both in the list.
func TestTwoClinicsAreKeptSeparatelyAtOnce(t *testing.T) {
	bay := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 5, AccountID: "4000777", Name: "Bay Street", Subdomain: "bay-street"})
	hill := fakeclinic.New(fakeclinic.Options{Seed: 6, Patients: 5, AccountID: "4000888", Name: "Hill Street", Subdomain: "hill-street"})
	f := manyClinics(t, bay, hill)
	f.signUpAndConnect()
	w := f.clinic().Workspace
	person, err := w.Accounts.ID(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for _, each := range []*fakeclinic.Clinic{bay, hill} {
		both.Go(func() {
			if err := workspace.ClinicsOf(f.o).StartSeparate(t.Context(), w, each.Key(), person); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	list, current, err := workspace.ClinicsOf(f.o).List()
	if err != nil || len(list) != 3 || list[0].Name != "Harbour Physio" || current == "" {
		t.Errorf("%+v, %q, %v", list, current, err)
	}
}
