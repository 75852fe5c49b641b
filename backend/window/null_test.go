package window

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// protection is what is set to protect clients, and who may do what.
type protection struct {
	IdleMinutes int
	Retention   RetentionView
	People      []PersonView
}

func (f *fixture) protection() protection {
	f.t.Helper()
	state, err := f.app.About.State()
	if err == nil && state.Person == nil {
		state, err = f.app.People.SignIn(email, password)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	retention, err := f.app.Security.Retention()
	if err != nil {
		f.t.Fatal(err)
	}
	people, err := f.app.People.List()
	if err != nil {
		f.t.Fatal(err)
	}
	slices.SortFunc(people, func(a, b PersonView) int { return strings.Compare(a.ID, b.ID) })
	return protection{state.IdleMinutes, retention, people}
}

// What the page sends for what is not there, null, turns no protection off: in
// JSON it also stands for NaN and the infinities. Negative numbers neither.
func TestNoValueTurnsAProtectionOff(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 88, Patients: 5})
	f.signUpAndConnect()
	if _, err := f.app.Security.SetAutoLock(new(15)); err != nil {
		t.Fatal(err)
	}
	if err := f.app.Security.SetRetention(RetentionView{ArchivedDays: 90, DeletedDays: 14}, password); err != nil {
		t.Fatal(err)
	}
	before := f.protection()
	if before.IdleMinutes != 15 || before.Retention.ArchivedDays != 90 {
		t.Fatalf("%+v", before)
	}
	for name, method := range f.app.bound() {
		if method.Type().NumIn() == 0 || slices.Contains([]string{"People.SignIn", "People.ChangePassword", "Profiles.Export",
			"Profiles.ExportSelected", "Attention.Export", "Attention.CallSheet", "Profiles.CallSheet"}, name) {
			continue // it asks for nothing, or a wrong password makes the next one wait
		}
		for _, sent := range []string{"null", "-1", "-9007199254740991", "{}", "[]", `""`, "false"} {
			arguments, ok := decodeAll(method, sent)
			if !ok {
				continue // the toolkit refuses it
			}
			results := method.Call(arguments)
			if err, _ := results[len(results)-1].Interface().(error); profile.CodeOf(err) == profile.Internal {
				t.Errorf("%s(%s): %v", name, sent, err)
			}
			if after := f.protection(); !reflect.DeepEqual(before, after) {
				t.Fatalf("%s(%s) changed %+v to %+v", name, sent, before, after)
			}
		}
	}
	if _, err := f.app.Security.SetAutoLock(nil); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("no number of minutes: %v", err)
	}
}

// decodeAll decodes the same JSON for each parameter, as the toolkit does.
func decodeAll(method reflect.Value, sent string) (arguments []reflect.Value, ok bool) {
	for i := range method.Type().NumIn() {
		value := reflect.New(method.Type().In(i))
		if json.Unmarshal([]byte(sent), value.Interface()) != nil {
			return nil, false
		}
		arguments = append(arguments, value.Elem())
	}
	return arguments, true
}
