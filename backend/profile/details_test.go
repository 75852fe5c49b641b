package profile

import (
	"reflect"
	"testing"
	"time"
)

// Every field of Details has its line in allFields.
func TestEachDetailIsCheckedAndCompared(t *testing.T) {
	yes := true
	value := map[reflect.Type]any{
		reflect.TypeFor[string](): "A", reflect.TypeFor[Date](): Date{1990, 1, 2}, reflect.TypeFor[[]Phone](): []Phone{{Number: "1"}}, reflect.TypeFor[*bool](): &yes,
	}
	details := reflect.TypeFor[Details]()
	for i := range details.NumField() {
		field := details.Field(i)
		var before, after Profile
		reflect.ValueOf(&after.Details).Elem().Field(i).Set(reflect.ValueOf(value[field.Type]))
		if changes := Diff(&before, &after); len(changes) != 1 || changes[0].Field.Label() == "" || changes[0].After == "" {
			t.Errorf("%s: %d changes are seen", field.Name, len(changes))
		}
		if field.Tag.Get("json") == "" {
			t.Errorf("%s has no name in a sealed row", field.Name)
		}
	}

	patient := Patient{ID: "1", DateOfBirth: "1990-02-30"}
	eachText(&patient.Details, func(_, _ string) string { return " A\u00a0" })
	kept, _ := Check(&patient, time.Unix(0, 0))
	eachText(&kept.Details, func(name, text string) string {
		if text != "A" && name != "ImpossibleBirthDate" {
			t.Errorf("%s is kept as %+q", name, text)
		}
		return text
	})
	if kept.ImpossibleBirthDate != "1990-02-30" || patient.FirstName != " A\u00a0" {
		t.Errorf("%+q is kept of the birth date; the patient's first name is now %+q", kept.ImpossibleBirthDate, patient.FirstName)
	}
}
