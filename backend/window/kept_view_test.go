package window

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// Whoever has locked the window comes back to what their lists showed, though the
// page was loaded anew; nobody else gets it, nor is it told while nobody is here.
func TestWhoComesBackFindsTheirView(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 66, Patients: 1})
	f.signUpAndConnect()
	dana := f.owner()
	details := PersonDetails{Name: "Kim Example", Email: "kim@example.com", Permissions: []string{"practitioner"}, Active: true}
	kim, err := f.app.People.Add(details, deskPassword, password)
	if err != nil {
		t.Fatal(err)
	}
	const view = `{"profiles":{"search":"smith"}}`
	keep := func(view string) {
		t.Helper()
		if err := f.app.Security.KeepView(view); err != nil {
			t.Fatal(err)
		}
	}
	shows := func(what, want string) {
		t.Helper()
		if state, err := f.app.About.State(); err != nil || state.View != want {
			t.Errorf("%s: %q, %v; want %q", what, state.View, err, want)
		}
	}
	does := func(_ AppState, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keep(view)
	shows("before any lock", "")

	does(f.app.Security.Lock())
	keep(view)
	shows("locked", "")
	does(f.app.People.SignInAs(dana, password))
	shows("back", view)
	does(f.app.Security.Lock())
	does(f.app.People.SignInAs(dana, password))
	shows("back once more, with nothing kept", "")

	does(f.app.Security.Lock())
	keep(view)
	does(f.app.People.SignInAs(kim.ID, deskPassword))
	shows("somebody else", "")
	does(f.app.People.SignInAs(dana, password))
	shows("after somebody else", "")

	does(f.app.Security.Lock())
	keep(view)
	does(f.app.People.SignOut())
	keep(view) // of a page that has not heard of it
	does(f.app.People.SignInAs(dana, password))
	shows("after it was left to somebody else", "")

	does(f.app.Security.Lock())
	keep(view)
	keep(strings.Repeat("x", 8<<10+1))
	does(f.app.People.SignInAs(dana, password))
	shows("what no page of ours says", view)
}
