package window

import (
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

func TestSuggestedPasswordIsAcceptedAndCleared(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 75, Patients: 1})
	f.signUpAndConnect()
	suggested, err := f.app.People.Suggest("Dee Example", deskEmail)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.app.People.CopyPassword(suggested); err != nil || f.system.copied != suggested {
		t.Errorf("copied %q, %v", f.system.copied, err)
	}
	f.app.parts.clipboard.clear()
	if f.system.copied != "" {
		t.Error("the clipboard still holds the password")
	}
	if _, err := f.app.People.Add(PersonDetails{Name: "Dee Example", Email: deskEmail, Permissions: []string{"practitioner"}}, suggested, password); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.People.SignIn(deskEmail, suggested); err != nil {
		t.Error(err)
	}
}

// What a role gives, and that it is told by its name.
func TestRoles(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 76, Patients: 1})
	f.signUpAndConnect()
	roles, err := f.app.People.Roles()
	if err != nil || len(roles) != 3 {
		t.Fatalf("%+v, %v", roles, err)
	}
	for i, want := range []RoleView{
		{"front_desk", []string{"practitioner", "practitioner.create", "practitioner.modify", "pms_link", "pms_link.modify", "export"}},
		{"practitioner", []string{"practitioner", "practitioner.create", "practitioner.modify"}},
		{"owner", []string{"practitioner", "practitioner.create", "practitioner.modify", "practitioner.delete",
			"pms_link", "pms_link.create", "pms_link.modify", "pms_link.delete", "export", "people"}},
	} {
		if roles[i].Name != want.Name || !slices.Equal(roles[i].Permissions, want.Permissions) {
			t.Errorf("%+v, want %+v", roles[i], want)
		}
		person, err := f.app.People.Add(PersonDetails{Name: "Dee", Email: want.Name + "@example.com", Permissions: want.Permissions}, deskPassword, password)
		if err != nil || person.Role != want.Name {
			t.Errorf("%s: %q, %v", want.Name, person.Role, err)
		}
	}
	person, err := f.app.People.Add(PersonDetails{Name: "Dee", Email: deskEmail, Permissions: []string{"practitioner", "export"}}, deskPassword, password)
	if err != nil || person.Role != "" {
		t.Errorf("permissions of no role: %q, %v", person.Role, err)
	}
	if state, err := f.app.About.State(); err != nil || state.Person.Role != "owner" {
		t.Errorf("the first person: %+v, %v", state.Person, err)
	}
	f.signInWith(staff.Practitioner, staff.PMSLink)
	if _, err := f.app.People.Roles(); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("without the permission: %v", err)
	}
}
