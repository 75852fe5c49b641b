package main

import (
	"reflect"
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// boundMethods are all that the window may call.
func boundMethods() []string {
	var names []string
	for method := range reflect.TypeFor[*App]().Methods() {
		names = append(names, method.Name)
	}
	return names
}

// invoke calls a method with zero values and returns its error.
func invoke(app *App, name string) error {
	method := reflect.ValueOf(app).MethodByName(name)
	arguments := make([]reflect.Value, method.Type().NumIn())
	for i := range arguments {
		arguments[i] = reflect.Zero(method.Type().In(i))
	}
	results := method.Call(arguments)
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

func TestEveryMethodSaysWhoMay(t *testing.T) {
	bound := boundMethods()
	for _, name := range bound {
		if _, known := permissions[name]; !known {
			t.Errorf("%s is not in permissions", name)
		}
	}
	for name := range permissions {
		if !slices.Contains(bound, name) {
			t.Errorf("permissions has %s, which the window cannot call", name)
		}
	}
}

// Each method is called by nobody, and by people who have every permission but
// those that it needs: all have to be refused before anything is done.
func TestEveryMethodChecksWhoAsks(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 60, Patients: 20})
	f.signUpAndConnect()
	d, err := f.app.desk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	as := func(person *staff.Person) {
		d.mu.Lock()
		d.person = person
		d.mu.Unlock()
	}
	for name, needed := range permissions {
		if len(needed) == 0 {
			continue
		}
		as(nil)
		if err := invoke(f.app, name); profile.CodeOf(err) != profile.SignedOut {
			t.Errorf("%s with nobody signed in: %v", name, err)
		}
		for _, group := range needed {
			others := slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(p staff.Permission) bool { return slices.Contains(group, p) })
			as(&staff.Person{ID: "p", Permissions: others})
			if err := invoke(f.app, name); len(others) > 0 && profile.CodeOf(err) != profile.NotPermitted {
				t.Errorf("%s without %v: %v", name, group, err)
			}
		}
	}
}

// What matters to everybody, or takes data out, is written down once more, so
// that a change of the table is seen.
func TestWhatMattersHasAPermissionOfItsOwn(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 64, Patients: 20})
	f.signUpAndConnect()
	d, err := f.app.desk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for method, without := range map[string][]staff.Permission{
		"SetIdleMinutes": {"people"}, "Retention": {"people"}, "SetRetention": {"people"}, "Audit": {"people"},
		"People": {"people"}, "AddPerson": {"people"}, "ChangePerson": {"people"}, "ResetPassword": {"people"},
		"ExportProfiles": {"export", "practitioner"}, "ExportSelected": {"export", "practitioner"}, "ExportFailures": {"export", "pms_link"},
		"EraseProfile": {"practitioner.delete"}, "Disconnect": {"pms_link.delete"}, "RemoveMissing": {"pms_link.delete"},
		"ConnectSeparately": {"pms_link.create"}, "StartImport": {"pms_link.modify"}, "RefreshProfile": {"practitioner.modify"},
	} {
		for _, lacking := range without {
			has := slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(p staff.Permission) bool { return p == lacking })
			d.mu.Lock()
			d.person = &staff.Person{ID: "p", Permissions: has}
			d.mu.Unlock()
			if err := invoke(f.app, method); profile.CodeOf(err) != profile.NotPermitted {
				t.Errorf("%s without %s: %v", method, lacking, err)
			}
		}
	}
}

// Creating and modifying are told apart where one method does both.
func TestLevelsWithinAMethod(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 61, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	d, err := f.app.desk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	as := func(permissions ...staff.Permission) {
		d.mu.Lock()
		d.person = &staff.Person{ID: "p", Permissions: permissions}
		d.mu.Unlock()
	}
	fresh, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example")})
	if err != nil {
		t.Fatal(err)
	}
	as(staff.Practitioner)
	if _, err := f.app.FollowLink(fresh); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("a client who was never here, without permission to create: %v", err)
	}
	if _, err := f.app.FollowLink(f.fake.IDs()[0]); err != nil && profile.CodeOf(err) == profile.NotPermitted {
		t.Errorf("a client who is here: %v", err)
	}
	as(staff.Practitioner, staff.CreateProfiles)
	if _, err := f.app.FollowLink(fresh); err != nil {
		t.Errorf("with permission to create: %v", err)
	}
	as(staff.PMSLink, staff.CreateLink)
	if _, err := f.app.Connect(f.fake.Key()); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("replaced a key without permission to modify: %v", err)
	}
	as(staff.PMSLink, staff.ModifyLink)
	if _, err := f.app.Connect(f.fake.Key()); err != nil {
		t.Errorf("replace the key: %v", err)
	}
}
