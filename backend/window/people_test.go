package window

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

const deskEmail, deskPassword = "desk@example.com", "a quiet blue river"

func TestPeopleAndWhatTheyDo(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 64, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	desk, err := f.app.People.Add(PersonDetails{Name: "Dee Example", Email: deskEmail, Permissions: []string{"practitioner"}}, deskPassword, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.People.SignIn(deskEmail, deskPassword); err != nil {
		t.Fatal(err)
	}
	id := f.fake.IDs()[0]
	for range 3 { // looked at once, however often the window asks
		if _, err := f.app.Profiles.Get(id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.app.People.List(); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("the front desk reads the people: %v", err)
	}
	if err := f.app.People.ChangePassword(deskPassword, "three green hills"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.People.SignIn(email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Security.Audit(0, 100); err != nil {
		t.Fatal(err)
	}
	events, err := f.app.Security.Audit(0, 100) // reading on is not noted again
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		told = append(told, strings.TrimSpace(e.Person+" "+e.Action+" "+e.Subject))
	}
	want := []string{"Dana Smith read_audit", "Dana Smith signed_in", "Dee Example changed_password", "Dee Example opened_profile " + id, "Dee Example signed_in",
		"Dana Smith added_person Dee Example", "Dana Smith imported_clients", "Dana Smith listed_clients", "Dana Smith connected_clinic 4000001", "Dana Smith signed_in",
		"Dana Smith added_person Dana Smith"}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit trail is\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	details := PersonDetails{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions}
	if changed, err := f.app.People.Change(desk.ID, details, password); err != nil || changed.Active {
		t.Errorf("%+v, %v", changed, err)
	}
	if _, err := f.app.People.SignIn(deskEmail, "three green hills"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a deactivated person signs in: %v", err)
	}
}

func TestExportsAskForThePassword(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 65, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "out.json")
	if _, err := f.app.Profiles.Export("json", "not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("exported with a wrong password: %v", err)
	}
	if _, err := os.Stat(f.system.saveTo); err == nil {
		t.Error("a file was written")
	}
}

func TestDiagnosticsNameNobody(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 66, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	report, err := f.app.About.Diagnostics()
	if err != nil || !strings.Contains(report, "TeleHab 1.2.3") || !strings.Contains(report, "pass 1 full") {
		t.Fatalf("%s, %v", report, err)
	}
	for _, p := range f.fake.Patients() {
		for _, value := range []*string{p.Email, p.LastName} {
			if value != nil && len(*value) > 4 && strings.Contains(report, *value) {
				t.Errorf("the report holds %q", *value)
			}
		}
	}
	for _, secret := range []string{f.fake.Key(), email, "Dana"} {
		if strings.Contains(report, secret) {
			t.Errorf("the report holds %q", secret)
		}
	}
}

func TestCopiedDetailIsTakenAway(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 67, Patients: 1})
	f.signUpAndConnect()
	if err := f.app.Profiles.CopyDetail("0491 570 156"); err != nil {
		t.Fatal(err)
	}
	f.app.parts.clipboard.clear()
	if held, _ := f.system.CopiedText(); held != "" {
		t.Errorf("the clipboard still holds %q", held)
	}
	if err := f.app.Profiles.CopyDetail("0491 570 156"); err != nil {
		t.Fatal(err)
	}
	if err := f.system.CopyText("something of another program"); err != nil {
		t.Fatal(err)
	}
	f.app.parts.clipboard.clear()
	if held, _ := f.system.CopiedText(); held != "something of another program" {
		t.Errorf("the clipboard holds %q", held)
	}
}
