package window

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// reachable returns the first client with an email and a first phone number
// that can be opened, without opening a profile.
func (f *fixture) reachable() ProfileView {
	f.t.Helper()
	profiles, err := f.clinic().Workspace.Directory()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, id := range f.fake.IDs() {
		if entry, ok := profiles.One(id); ok {
			if view := profileView(&entry, f.computer.Clock()); view.Mailable && len(view.Phones) > 0 && view.Phones[0].Dialable {
				return view
			}
		}
	}
	f.t.Fatal("nobody can be reached")
	return ProfileView{}
}

func TestCallsAndEmailsGoToWhoeverTheProfileNames(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 73, Patients: 1})
	zoe, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Zoe"), LastName: new("O'Brien"), Email: new("zoe.o'brien@example.com"),
		Phones: []fakeclinic.Phone{{Type: "Mobile", Number: "+61 (0)491 570 156"}, {Type: "Home", Number: "(02) 5550 1234"}, {Type: "Fax", Number: "02 5550 9999"}, {Type: "Other", Number: "ask her mother"}}})
	if err != nil {
		t.Fatal(err)
	}
	f.signUpAndConnect()
	f.imported()
	view, err := f.app.Profiles.Get(zoe)
	if err != nil {
		t.Fatal(err)
	}
	var dialable []bool
	for _, phone := range view.Phones {
		dialable = append(dialable, phone.Dialable)
	}
	if !view.Mailable || !slices.Equal(dialable, []bool{true, true, false, false}) {
		t.Errorf("mailable %v, dialable %v", view.Mailable, dialable)
	}
	for _, call := range []func() error{
		func() error { return f.app.Profiles.Call(zoe, "+61 (0)491 570 156") },
		func() error { return f.app.Profiles.Call(zoe, "(02) 5550 1234") },
		func() error { return f.app.Profiles.Mail(zoe) },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
	// Whatever the page asks, nobody else is called.
	for _, number := range []string{"0491 570 157", "0491570156", "1900 123 456", "02 5550 9999", "ask her mother", ""} {
		if err := f.app.Profiles.Call(zoe, number); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%q was called: %v", number, err)
		}
	}
	if err := f.app.Profiles.Call("999", "(02) 5550 1234"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("of somebody who is not here: %v", err)
	}
	if want := []string{"tel:+61491570156", "tel:0255501234", "mailto:zoe.o%27brien@example.com"}; !slices.Equal(f.system.opened, want) {
		t.Errorf("opened %q", f.system.opened)
	}
	f.computer.OpenAddress = func(context.Context, string) error { return errors.New("exit status 3") }
	if err := f.app.Profiles.Mail(zoe); profile.CodeOf(err) != "contact_trouble" {
		t.Errorf("a program that does not open: %v", err)
	}
}

func TestWhichEmailsCanBeWrittenTo(t *testing.T) {
	for email, want := range map[string]string{
		"ann@example.com":                     "mailto:ann@example.com",
		"zoe.o'brien+family@mail.example.com": "mailto:zoe.o%27brien+family@mail.example.com",
		"a&b@example.com":                     "", "a?cc=b@example.com": "", "a%0d@example.com": "", "a b@example.com": "", `"a"@example.com`: "",
		"a@example.com,b@example.com": "", "a@b@example.com": "", "zoë@example.com": "", "n/a": "", "": "", "a@example": "", "a@.example": "", "a@example.com\n": "",
	} {
		if got := mailAddress(email); got != want {
			t.Errorf("%q: %q", email, got)
		}
	}
}

// The page of a client says who may be the same person, and who shares the email
// of a family.
func TestPossibleDuplicatesAreShown(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 74, Patients: 1})
	client := func(first, last, born, email, phone string) string {
		id, err := f.fake.Create(fakeclinic.Patient{FirstName: &first, LastName: &last, DateOfBirth: &born, Email: &email, Sex: new("Female"),
			Phones: []fakeclinic.Phone{{Type: "Mobile", Number: phone}}})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	alex := client("Alexandra", "O'Example", "1988-02-29", "alex@example.com", "0491 570 156")
	twice := client("Alex", "O'Example", "1988-02-29", "other@example.com", "+61 491 570 156")
	child := client("Bea", "O'Example", "2016-05-01", "ALEX@example.com", "0491 570 157")
	f.signUpAndConnect()
	f.imported()
	view, err := f.app.Profiles.Get(alex)
	if err != nil {
		t.Fatal(err)
	}
	want := []SharedView{
		{ID: twice, Name: "O'Example, Alex", Born: "1988-02-29", State: "active", Phone: "0491 570 156", Duplicate: true},
		{ID: child, Name: "O'Example, Bea", Born: "2016-05-01", State: "active", Email: true},
	}
	if !slices.Equal(view.Shared, want) || view.SharedMore != 0 || len(view.SharedByMany) != 0 {
		t.Errorf("%+v, %d more, %v that many have", view.Shared, view.SharedMore, view.SharedByMany)
	}
	for n := range 10 {
		client("Cleo", fmt.Sprint("Example", n), "1988-02-29", "alex@example.com", fmt.Sprintf("0491 571 10%d", n))
	}
	f.syncNow()
	if view, err = f.app.Profiles.Get(alex); err != nil || len(view.Shared) != 1 || view.Shared[0].ID != twice || !slices.Equal(view.SharedByMany, []ManyView{{Email: true, Text: "alex@example.com", Others: 11}}) {
		t.Errorf("%+v, %v that many have, %v", view.Shared, view.SharedByMany, err)
	}
}
