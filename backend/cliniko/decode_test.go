package cliniko

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

const whole = `{"id":"836447129235883061","created_at":"2024-03-01T01:02:03Z","updated_at":"2025-08-14T15:06:07.250+10:00",
"archived_at":"","merged_at":null,"title":" Ms ","first_name":"Alexandra","preferred_first_name":"Alex","last_name":"O'Example",
"date_of_birth":"1988-02-29","sex":"","gender":"Female","gender_identity":null,
"pronouns":{"nominative":"she","accusative":"her"},"email":"alex@example.com",
"patient_phone_numbers":[{"number":"0491 570 156","phone_type":"Mobile"},{"number":" ","phone_type":"Home"}],
"accepted_privacy_policy":true,"notes":"private","medicare":"123","merged_with_patient":{"links":{"self":"https://api.au1.cliniko.com/v1/patients/1001"}}}`

func TestDecodeRecord(t *testing.T) {
	yes := true
	want := profile.Record{Ref: "836447129235883061", Patient: profile.Patient{
		ID: "836447129235883061", Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex", LastName: "O'Example",
		DateOfBirth: "1988-02-29", Sex: "Female", Pronouns: "she/her", Email: "alex@example.com",
		Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes,
		CreatedAt: time.Date(2024, 3, 1, 1, 2, 3, 0, time.UTC), UpdatedAt: time.Date(2025, 8, 14, 5, 6, 7, 250e6, time.UTC), MergedInto: "1001",
	}}
	if diff := cmp.Diff(want, decodeRecord([]byte(whole))); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeUnreadable(t *testing.T) {
	for raw, id := range map[string]profile.ID{
		`{"id":"123","first_name":["x"],"created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z"}`: "123",
		`{"id":123,"updated_at":"yesterday","created_at":"2024-03-01T01:02:03Z"}`:                                 "123",
		`{"id":"12x"}`: "",
		`{"id":null}`:  "",
		`"secret"`:     "",
		`null`:         "",
		`[1]`:          "",
	} {
		record := decodeRecord([]byte(raw))
		if record.Err == nil || record.Patient.ID != id || record.Ref == "" {
			t.Errorf("%s: %+v", raw, record)
		}
		if strings.Contains(record.Err.Error(), "secret") || strings.Contains(record.Err.Error(), "yesterday") {
			t.Errorf("the error shows a value: %v", record.Err)
		}
		if again := decodeRecord([]byte(raw)); again.Ref != record.Ref {
			t.Errorf("%s: %s, then %s", raw, record.Ref, again.Ref)
		}
	}
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(`{"patients":[` + whole + `],"total_entries":1,"links":{}}`))
	f.Add([]byte(`{"patients":[{}, null, 1],"total_entries":3}`))
	f.Add([]byte(`{"patients":[],"total_entries":-1}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := decodePage(body)
		if err != nil {
			return
		}
		for _, r := range page.Records {
			if r.Ref == "" {
				t.Fatal("a record without a name")
			}
			if _, ok := profile.ParseID(string(r.Patient.ID)); r.Err == nil && !ok {
				t.Fatalf("id %q", r.Patient.ID)
			}
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"", "2013-03-26T14:00:00Z", "2013-03-26T14:00:00.123+10:00", "2013-03-26T14:00:00+1000", "2013-03-26"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := parseTime(s)
		if err == nil && s != "" && parsed.Location() != time.UTC {
			t.Fatal("not in UTC")
		}
	})
}
