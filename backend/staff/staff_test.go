package staff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/staff"
)

// Whoever could change the link before exporting had a permission of its own
// may export.
func TestRegranted(t *testing.T) {
	for _, c := range []struct{ before, after []staff.Permission }{
		{nil, nil},
		{[]staff.Permission{"practitioner"}, []staff.Permission{"practitioner"}},
		{[]staff.Permission{"pms_link", "pms_link.create", "people"}, []staff.Permission{"pms_link", "pms_link.create", "people"}},
		{[]staff.Permission{"pms_link", "pms_link.modify"}, []staff.Permission{"pms_link", "pms_link.modify", "export"}},
		{[]staff.Permission{"pms_link.modify", "export"}, []staff.Permission{"pms_link.modify", "export"}},
	} {
		if got := staff.Regranted(c.before); !slices.Equal(got, c.after) {
			t.Errorf("%v become %v, want %v", c.before, got, c.after)
		}
	}
}

func TestViewPermission(t *testing.T) {
	for p, want := range map[staff.Permission]staff.Permission{
		"practitioner": "practitioner", "practitioner.create": "practitioner", "pms_link.delete": "pms_link", "people": "people",
	} {
		if got := p.View(); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
}

func TestPerson(t *testing.T) {
	p := staff.Person{Permissions: []staff.Permission{"practitioner", "pms_link.modify"}}
	for permission, want := range map[staff.Permission]bool{"practitioner": true, "pms_link.modify": true, "pms_link": false, "practitioner.create": false, "people": false, "": false} {
		if p.May(permission) != want {
			t.Errorf("may %s: %v", permission, !want)
		}
	}
	if !p.Active() {
		t.Error("not active")
	}
	if p.Deactivated = time.Unix(1, 0); p.Active() {
		t.Error("active though deactivated")
	}
}

func TestPeopleDoNotPrintThemselves(t *testing.T) {
	const canary = "Unmistakable-Canary"
	person := staff.Person{ID: "1", Name: canary, Email: canary, PasswordHash: canary}
	for _, value := range []any{person, &person, []staff.Person{person}, map[string]staff.Person{"1": person}, struct{ P *staff.Person }{&person}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
		var out bytes.Buffer
		log := zerolog.New(&out)
		log.Info().Interface("value", value).Msg("")
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String()+string(written), canary) {
			t.Errorf("%T: %s%s", value, written, out.String())
		}
	}
}
