package profile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/profile"
)

const canary = "Unmistakable-Canary"

func TestPersonalValuesDoNotPrintThemselves(t *testing.T) {
	phone := profile.Phone{Type: "Mobile", Number: canary}
	patient := profile.Patient{ID: "1", Details: profile.Details{FirstName: canary, Email: canary, Phones: []profile.Phone{phone}}}
	kept := profile.Profile{ID: "1", Details: profile.Details{LastName: canary, Phones: []profile.Phone{phone}}}
	entry := profile.Entry{Ref: "1", Profile: kept}
	record := profile.Record{Ref: "1", Patient: patient}
	for _, value := range []any{
		patient, &patient, kept, &kept, kept.Details, &kept.Details, phone, entry, []profile.Entry{entry}, record,
		profile.Page{Records: []profile.Record{record}}, profile.Batch{Entries: []profile.Entry{entry}},
		profile.Clinic{OwnerName: canary, KeyEnds: canary},
		profile.FieldChange{Before: canary}, profile.Change{Fields: []profile.FieldChange{{After: canary}}},
		map[string]profile.Profile{"1": kept}, struct{ P *profile.Profile }{&kept},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
	for _, value := range []any{patient, kept, kept.Details, &kept.Details, entry, record, map[string]profile.Profile{"1": kept}} {
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
