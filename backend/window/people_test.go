package window

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
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
	if changed, err := f.app.People.Change(desk.ID, detailsOf(&desk), details, password); err != nil || changed.Active {
		t.Errorf("%+v, %v", changed, err)
	}
	if _, err := f.app.People.SignIn(deskEmail, "three green hills"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a deactivated person signs in: %v", err)
	}
}

// detailsOf are the details of somebody whom the page shows.
func detailsOf(p *PersonView) PersonDetails {
	return PersonDetails{Name: p.Name, Email: p.Email, Permissions: p.Permissions, Active: p.Active}
}

// What a terminal has changed of somebody since the page read the people is not
// undone by a form that was opened with what it read.
func TestAFormUndoesNothingOfATerminal(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 68, Patients: 1})
	f.signUpAndConnect()
	shown, err := f.app.People.Add(PersonDetails{Name: "Dee Example", Email: deskEmail, Permissions: []string{"practitioner", "export"}}, deskPassword, password)
	if err != nil {
		t.Fatal(err)
	}
	renamed, away := detailsOf(&shown), detailsOf(&shown)
	renamed.Name, away.Active = "Dee Sample", false
	f.elsewhere(func(f *fixture, w *workspace.Workspace) error {
		by, err := session.Authenticate(t.Context(), w, session.Options{}, email, password)
		if err == nil {
			_, err = by.Accounts().Change(t.Context(), "", shown.ID, session.Details{Name: shown.Name, Email: deskEmail,
				Permissions: []staff.Permission{staff.Practitioner}, Active: true})
		}
		return err
	})
	for what, details := range map[string]PersonDetails{"a corrected name": renamed, "deactivated": away} {
		if _, err := f.app.People.Change(shown.ID, detailsOf(&shown), details, password); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	now, err := f.app.People.List()
	if err != nil || len(now) != 2 || now[1].Name != "Dee Example" || !now[1].Active || !slices.Equal(now[1].Permissions, []string{"practitioner"}) {
		t.Errorf("%+v, %v", now, err)
	}
	renamed.Permissions = now[1].Permissions
	if after, err := f.app.People.Change(shown.ID, detailsOf(&now[1]), renamed, password); err != nil || after.Name != "Dee Sample" {
		t.Errorf("with what is stored: %+v, %v", after, err)
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
