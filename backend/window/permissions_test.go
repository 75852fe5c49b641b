package window

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

type groups = [][]staff.Permission

var everything = groups{{"practitioner"}, {"practitioner.create"}, {"practitioner.modify"}, {"practitioner.delete"},
	{"pms_link"}, {"pms_link.create"}, {"pms_link.modify"}, {"pms_link.delete"}, {"export"}, {"people"}}

// mayCall is who may call what, written down once more, so that a change is
// seen: at least one permission of each group. nil is for anyone, a group
// without any for whoever is signed in.
var mayCall = map[string]groups{
	"About.State": nil, "About.Painted": nil, "About.Focused": nil, "About.OpenGuide": nil, "About.CopyText": {{}}, "About.Diagnostics": {{}},
	"People.CreateFirst": nil, "People.SignIn": nil, "People.SignInAs": nil, "People.SignOut": nil, "People.Strength": nil, "People.ChangePassword": {{}},
	"People.List": {{"people"}}, "People.Add": {{"people"}}, "People.Change": {{"people"}}, "People.ResetPassword": {{"people"}},
	"People.Roles": {{"people"}}, "People.Suggest": {{"people"}}, "People.CopyPassword": {{"people"}},
	"PIN.SignIn": nil, "PIN.Set": {{}}, "PIN.Remove": {{}}, "PIN.Allow": {{"people"}},
	"Security.Lock": {{}}, "Security.Active": nil, "Security.Heartbeat": nil, "Security.KeepView": nil, "Security.SetAutoLock": {{"people"}}, "Security.Retention": {{"people"}}, "Security.Keyring": {{}},
	"Security.SetRetention": {{"people"}}, "Security.Audit": {{"people"}},
	"Clinics.List": nil, "Clinics.Use": nil, "Clinics.OpenIn": nil, "Clinics.ConnectSeparately": {{"pms_link.create"}}, "Clinics.SetColor": {{"pms_link.modify"}}, "Clinics.OpenDemo": nil,
	"Clinics.LeaveDemo": nil, "Clinics.ResetStore": nil, "Clinics.StartOver": nil,
	"Computers.Share": everything, "Computers.Join": nil, "Computers.List": {{"people"}}, "Computers.Add": everything, "Computers.CopyCode": everything,
	"Computers.Remove": everything, "Computers.StopSharing": everything,
	"Integration.Connect": {{"pms_link.create", "pms_link.modify"}}, "Integration.Disconnect": {{"pms_link.delete"}}, "Integration.EraseRest": {{"pms_link.delete"}},
	"Integration.Missing":     {{"pms_link"}},
	"Integration.KeepMissing": {{"pms_link.modify"}}, "Integration.RemoveMissing": {{"pms_link.delete"}},
	"Hub.State": {{"pms_link"}}, "Hub.Organisations": {{"pms_link.create", "pms_link.modify"}}, "Hub.Connect": {{"pms_link.create", "pms_link.modify"}},
	"Hub.Disconnect": {{"pms_link.delete"}}, "Hub.Compare": {{"practitioner"}, {"pms_link"}}, "Hub.Found": {{"practitioner"}, {"pms_link"}},
	"Hub.Export": {{"export"}, {"practitioner"}, {"pms_link"}}, "Hub.SetSending": {{"pms_link.create"}}, "Hub.StopSending": {{"pms_link.create"}},
	"Hub.Queue": {{"practitioner"}, {"pms_link"}}, "Hub.Match": {{"practitioner"}, {"pms_link"}}, "Hub.Decide": {{"practitioner"}, {"pms_link.modify"}},
	"Sync.List": {{"pms_link.modify"}}, "Sync.Listing": {{"pms_link.modify"}}, "Sync.ListingSummary": {{"pms_link.modify"}},
	"Sync.Import": {{"pms_link.modify"}}, "Sync.Discard": {{"pms_link.modify"}},
	"Sync.Cancel": {{"practitioner.modify", "pms_link.modify"}}, "Sync.Now": {{"practitioner.modify", "pms_link.modify"}},
	"Sync.Passes": {{"pms_link"}}, "Sync.Days": {{"pms_link"}},
	"Today.Look": {{"practitioner", "pms_link"}}, "Today.Read": {{"practitioner", "pms_link"}},
	"Today.Pin": {{"practitioner"}}, "Today.StartWith": {{}}, "Today.SetNotify": {{}},
	"Profiles.Find": {{"practitioner"}}, "Profiles.IDs": {{"practitioner"}}, "Profiles.FindName": {{"practitioner"}},
	"Profiles.Get": {{"practitioner"}}, "Profiles.Refresh": {{"practitioner.modify"}}, "Profiles.Erase": {{"practitioner.delete"}},
	"Profiles.History": {{"practitioner"}}, "Profiles.Export": {{"export"}, {"practitioner"}}, "Profiles.ExportSelected": {{"export"}, {"practitioner"}},
	"Profiles.Call": {{"practitioner"}}, "Profiles.Mail": {{"practitioner"}},
	"Profiles.CopyDetail": {{"practitioner", "pms_link"}}, "Profiles.OpenInCliniko": {{"practitioner", "pms_link"}},
	"Attention.Find": {{"practitioner", "pms_link"}}, "Attention.Refs": {{"practitioner", "pms_link"}}, "Attention.Names": {{"practitioner"}},
	"Attention.Retry": {{"practitioner.modify", "pms_link.modify"}}, "Attention.Export": {{"export"}, {"practitioner", "pms_link"}},
	"Attention.CallSheet": {{"export"}, {"practitioner", "pms_link"}}, "Profiles.CallSheet": {{"export"}, {"practitioner"}},
	"Links.Take": {{"practitioner"}}, "Links.Follow": {{"practitioner"}}, "Links.FindPasted": {{"practitioner"}},
	"Links.Setup": {{"pms_link"}}, "Links.Repair": {{"pms_link.modify"}}, "Links.Test": {{"pms_link"}}, "Links.SetButton": {{"pms_link.modify"}},
}

// bound are the methods that the window may call, by service and name.
func (a *app) bound() map[string]reflect.Value {
	methods := map[string]reflect.Value{}
	for _, service := range a.services() {
		v := reflect.ValueOf(service)
		for i := range v.NumMethod() {
			methods[v.Elem().Type().Name()+"."+v.Type().Method(i).Name] = v.Method(i)
		}
	}
	return methods
}

// The services that the tests call are those that the window is given.
func TestServicesAreThoseOfTheProgram(t *testing.T) {
	source, err := os.ReadFile("../../app.go")
	if err != nil {
		t.Fatal(err)
	}
	var given, tested []string
	for _, match := range regexp.MustCompile(`window\.New(\w+)\(p\)`).FindAllStringSubmatch(string(source), -1) {
		given = append(given, match[1])
	}
	f := newFixture(t, fakeclinic.Options{Seed: 60, Patients: 1})
	for _, service := range f.app.services() {
		tested = append(tested, reflect.TypeOf(service).Elem().Name())
	}
	if !slices.Equal(given, tested) {
		t.Errorf("app.go gives %v, tested are %v", given, tested)
	}
}

// invoke calls a method with zero values and returns its error.
func invoke(method reflect.Value) error {
	arguments := make([]reflect.Value, method.Type().NumIn())
	for i := range arguments {
		arguments[i] = reflect.Zero(method.Type().In(i))
	}
	results := method.Call(arguments)
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// signInWith signs in a new person who has these permissions, and returns the
// email; the password is deskPassword.
func (f *fixture) signInWith(permissions ...staff.Permission) (email string) {
	f.t.Helper()
	if _, err := f.app.People.SignIn("dana@example.com", password); err != nil {
		f.t.Fatal(err)
	}
	others, err := f.app.People.List()
	if err != nil {
		f.t.Fatal(err)
	}
	details := PersonDetails{Name: "Kim Example", Email: fmt.Sprintf("kim%d@example.com", len(others)), Active: true}
	for _, p := range permissions {
		details.Permissions = append(details.Permissions, string(p))
	}
	if _, err := f.app.People.Add(details, deskPassword, password); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.app.People.SignIn(details.Email, deskPassword); err != nil {
		f.t.Fatal(err)
	}
	return details.Email
}

// without are all permissions but these. Whoever lacks the view of an area has
// nothing in it.
func without(group []staff.Permission) []staff.Permission {
	return slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(p staff.Permission) bool {
		return slices.Contains(group, p) || slices.Contains(group, p.View())
	})
}

func TestEveryMethodSaysWhoMay(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 60, Patients: 1})
	bound := slices.Sorted(maps.Keys(f.app.bound()))
	if known := slices.Sorted(maps.Keys(mayCall)); !slices.Equal(bound, known) {
		t.Errorf("the window may call\n%v\nand the table has\n%v", bound, known)
	}
	for _, service := range f.app.services() {
		if methods := reflect.TypeOf(service).NumMethod(); methods > 15 {
			t.Errorf("%T has %d methods", service, methods)
		}
	}
}

// Each method is called by nobody, and by people who have every permission but
// those that it needs: all have to be refused before anything is done.
func TestEveryMethodChecksWhoAsks(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 60, Patients: 20})
	f.signUpAndConnect()
	bound := f.app.bound()
	if _, err := f.app.People.SignOut(); err != nil {
		t.Fatal(err)
	}
	lacking := map[string][]staff.Permission{}
	for name, needed := range mayCall {
		if needed == nil {
			continue
		}
		if err := invoke(bound[name]); profile.CodeOf(err) != profile.SignedOut {
			t.Errorf("%s with nobody signed in: %v", name, err)
		}
		for _, group := range needed {
			if len(group) > 0 {
				lacking[fmt.Sprint(group)] = group
			}
		}
	}
	for _, group := range lacking {
		f.signInWith(without(group)...)
		for name, needed := range mayCall {
			if !slices.ContainsFunc(needed, func(g []staff.Permission) bool { return slices.Equal(g, group) }) {
				continue
			}
			if err := invoke(bound[name]); profile.CodeOf(err) != profile.NotPermitted {
				t.Errorf("%s without %v: %v", name, group, err)
			}
		}
	}
}

// Creating and modifying are told apart where one method does both.
func TestLevelsWithinAMethod(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 61, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	fresh, err := f.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example")})
	if err != nil {
		t.Fatal(err)
	}
	f.signInWith(staff.Practitioner)
	if _, err := f.app.Links.Follow(fresh); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("a client who was never here, without permission to create: %v", err)
	}
	if _, err := f.app.Links.Follow(f.fake.IDs()[0]); err != nil && profile.CodeOf(err) == profile.NotPermitted {
		t.Errorf("a client who is here: %v", err)
	}
	f.signInWith(staff.Practitioner, staff.CreateProfiles)
	if _, err := f.app.Links.Follow(fresh); err != nil {
		t.Errorf("with permission to create: %v", err)
	}
	f.signInWith(staff.PMSLink, staff.CreateLink)
	if _, err := f.app.Integration.Connect(f.fake.Key()); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("replaced a key without permission to modify: %v", err)
	}
	f.signInWith(staff.PMSLink, staff.ModifyLink)
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		t.Errorf("replace the key: %v", err)
	}
}
