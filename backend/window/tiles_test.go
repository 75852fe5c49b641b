package window

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// owner returns Dana's id.
func (f *fixture) owner() string {
	f.t.Helper()
	c, err := f.app.host.Open(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	id, err := c.Workspace.Accounts.ID(f.t.Context(), email)
	if err != nil || id == "" {
		f.t.Fatalf("%q, %v", id, err)
	}
	return id
}

// Before the sign-in the page is told who may sign in, and who did last: names,
// and no more.
func TestTheSignInShowsWhoMay(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 64, Patients: 1})
	tiles := func(wantLast string, want ...string) {
		t.Helper()
		state, err := f.app.About.State()
		if err != nil {
			t.Fatal(err)
		}
		names, last := []string{}, ""
		for _, tile := range state.People {
			names = append(names, tile.Name)
			if tile.ID == state.LastPerson {
				last = tile.Name
			}
		}
		if !slices.Equal(names, want) || last != wantLast {
			t.Errorf("%q, the last one %q; want %q and %q", names, last, want, wantLast)
		}
		if raw, err := json.Marshal(state); err != nil || state.Person == nil && strings.Contains(string(raw), "@") {
			t.Errorf("an email before the sign-in: %s, %v", raw, err)
		}
	}
	ok := func(_ AppState, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	tiles("")
	f.signUpAndConnect()
	tiles("") // somebody is signed in
	details := PersonDetails{Name: "Kim Example", Email: "kim@example.com", Permissions: []string{"practitioner"}, Active: true}
	kim, err := f.app.People.Add(details, deskPassword, password)
	if err != nil {
		t.Fatal(err)
	}
	former, err := f.app.People.Add(PersonDetails{Name: "Lou Former", Email: "lou@example.com", Permissions: details.Permissions, Active: true}, deskPassword, password)
	if err != nil {
		t.Fatal(err)
	}
	before := PersonDetails{Name: former.Name, Email: former.Email, Permissions: details.Permissions, Active: true}
	after := before
	after.Active = false
	if _, err := f.app.People.Change(former.ID, before, after, password); err != nil {
		t.Fatal(err)
	}
	ok(f.app.People.SignOut())
	tiles("Dana Smith", "Dana Smith", "Kim Example")
	ok(f.app.People.SignInAs(kim.ID, deskPassword))
	ok(f.app.Security.Lock())
	tiles("") // it is locked: whose it is, is said, and no more
	ok(f.app.People.SignInAs(kim.ID, deskPassword))
	ok(f.app.People.SignOut())
	tiles("Kim Example", "Dana Smith", "Kim Example")

	// Somebody else is to sign in where Kim has locked the window.
	ok(f.app.People.SignInAs(kim.ID, deskPassword))
	ok(f.app.Security.Lock())
	ok(f.app.People.SignOut())
	tiles("", "Dana Smith", "Kim Example")
	ok(f.app.People.SignInAs(kim.ID, deskPassword))
	ok(f.app.People.SignOut())
	tiles("Kim Example", "Dana Smith", "Kim Example")
	f.app.close()
	f.start()
	tiles("Kim Example", "Dana Smith", "Kim Example")

	for _, id := range []string{former.ID, "nobody", ""} {
		if _, err := f.app.People.SignInAs(id, deskPassword); profile.CodeOf(err) != profile.SignInRefused || f.system.shows() {
			t.Errorf("signed in as %q: %v", id, err)
		}
	}
	tiles("Kim Example", "Dana Smith", "Kim Example") // they were refused
}

// A refusal says for how many seconds the next password is not compared.
func TestARefusalSaysHowLongToWait(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 65, Patients: 1})
	f.signUpAndConnect()
	dana := f.owner()
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	_, err := f.app.People.SignInAs(dana, "not the password")
	if view := errorView(err); view.Code != "sign_in_refused" || view.Wait != 0 || view.Message != "Wrong password. Check it and try again." {
		t.Errorf("%+v", view)
	}
	_, err = f.app.People.SignInAs(dana, password)
	if view := errorView(err); view.Wait != 1 || view.Message != "Too many attempts. Wait 1 second, then try again." {
		t.Errorf("%+v", view)
	}
	if _, err = f.app.People.SignIn(email, password); errorView(err).Wait != 1 {
		t.Errorf("the wrong tries of a tile do not count for the email: %v", err)
	}
}
