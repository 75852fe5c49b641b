package cliniko

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

// decodeWith reads a patient that has these fields beside id and times.
func decodeWith(t *testing.T, fields string) profile.Patient {
	t.Helper()
	record := decodeRecord([]byte(`{"id":"1001","created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z",` + fields + `}`))
	if record.Err != nil {
		t.Fatalf("%s: %v", fields, record.Err)
	}
	return record.Patient
}

func TestDecodePronouns(t *testing.T) {
	for given, want := range map[string]string{
		`{"nominative":"she","accusative":"her","possessive":"hers"}`: "she/her",
		`{"nominative":" they ","accusative":" them"}`:                "they/them",
		`{"nominative":"she","accusative":null}`:                      "she",
		`{"nominative":"she"}`:                                        "she",
		`{"nominative":"she","accusative":"\u200b"}`:                  "she",
		`{"nominative":null,"accusative":"her"}`:                      "her",
		`{"nominative":"","accusative":"her"}`:                        "her",
		`{"accusative":"them"}`:                                       "them",
		`{"nominative":" ","accusative":"them"}`:                      "them",
		`{"nominative":"\u3164","accusative":"them"}`:                 "them",
		`{"nominative":"she/they","accusative":"her/them"}`:           "she/they/her/them",
		`{"nominative":null,"accusative":null}`:                       "",
		`{"nominative":"\u2800","accusative":" "}`:                    "",
		`{}`:   "",
		`null`: "",
	} {
		if got := decodeWith(t, `"pronouns":`+given).Pronouns; got != want {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestDecodeSex(t *testing.T) {
	for given, want := range map[string]string{
		`"sex":"Female","gender":"Male"`:      "Female",
		`"sex":"","gender":"Male"`:            "Male",
		`"sex":null,"gender":"Male"`:          "Male",
		`"sex":" \t","gender":" Male "`:       "Male",
		`"sex":"\u200b","gender":"Male"`:      "Male",
		`"sex":"\u3164","gender":"Male"`:      "Male",
		`"gender":"Male"`:                     "Male",
		`"sex":"Not specified"`:               "Not specified",
		`"sex":"","gender":""`:                "",
		`"sex":null,"gender":null`:            "",
		`"sex":"\u200b","gender":null`:        "\u200b", // the rule says what is wrong with it
		`"sex":"\u200b","gender":" "`:         "\u200b",
		`"sex":"","gender":"\u3164"`:          "\u3164",
		`"gender_identity":"woman"`:           "",
		`"sex":"Female","gender_identity":""`: "Female",
	} {
		if got := decodeWith(t, given).Sex; got != want {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestDecodePhones(t *testing.T) {
	got := decodeWith(t, `"patient_phone_numbers":[{"number":" 0491 570 156 ","phone_type":"Mobile"},{"number":null,"phone_type":"Home"},
		{"number":"\u200b\u3164","phone_type":"Work"},{"number":61491570157,"phone_type":null},{"number":"\u200e+61 3 5550 1234"},{},null]`).Phones
	want := []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}, {Number: "61491570157"}, {Number: "\u200e+61 3 5550 1234"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, none := range []string{`"patient_phone_numbers":[]`, `"patient_phone_numbers":null`, `"title":null`} {
		if got := decodeWith(t, none).Phones; got != nil {
			t.Errorf("%s: %d phones", none, len(got))
		}
	}
}

func TestDecodeWhoWasMerged(t *testing.T) {
	for self, want := range map[string]profile.ID{
		"https://api.au1.cliniko.com/v1/patients/1002": "1002",
		"patients/1002": "1002", "1002": "1002", "https://api.au1.cliniko.com/v1/patients/": "", "https://api.au1.cliniko.com/v1/patients/x2": "", "": "",
		"https://api.au1.cliniko.com/v1/patients/" + strings.Repeat("1", 21): "",
	} {
		if got := decodeWith(t, `"merged_with_patient":{"links":{"self":"`+self+`"}}`).MergedInto; got != want {
			t.Errorf("%s: %q, want %q", self, got, want)
		}
	}
}

func TestDecodeTimes(t *testing.T) {
	base := time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC)
	for given, want := range map[string]time.Time{
		`"2025-08-14T05:06:07Z"`:           base,
		`"2025-08-14T05:06:07.25Z"`:        base.Add(250 * time.Millisecond),
		`"2025-08-14T15:06:07+10:00"`:      base,
		`"2025-08-14T15:06:07+1000"`:       base,
		`"2025-08-14T15:06:07.5+1000"`:     base.Add(500 * time.Millisecond),
		`"2025-08-13T20:06:07-09:00"`:      base,
		`" 2025-08-14T05:06:07Z "`:         base,
		`"2025-08-14T05:06:07.123456789Z"`: base.Add(123456789),
		`""`:                               {},
		`null`:                             {},
	} {
		p := decodeWith(t, `"archived_at":`+given+`,"merged_at":`+given+`,"deleted_at":`+given)
		if p.ArchivedAt != want || p.MergedAt != want || p.DeletedAt != want {
			t.Errorf("%s: %v, %v, %v", given, p.ArchivedAt, p.MergedAt, p.DeletedAt)
		}
	}
	for _, fields := range []string{`"created_at":null,"updated_at":"2025-08-14T05:06:07Z"`, `"created_at":"2025-08-14T05:06:07Z"`,
		`"created_at":"2025-08-14T05:06:07Z","updated_at":"14/08/2025"`, `"created_at":"2025-08-14","updated_at":"2025-08-14T05:06:07Z"`,
		`"created_at":"2025-08-14T05:06:07Z","updated_at":"2025-08-14T05:06:07Z","deleted_at":"soon"`} {
		if record := decodeRecord([]byte(`{"id":"5",` + fields + `}`)); record.Err == nil || record.Ref != "5" || record.Patient.ID != "5" {
			t.Errorf("%s: %v", fields, record.Err)
		}
	}
}
