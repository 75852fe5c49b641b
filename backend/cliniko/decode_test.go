package cliniko

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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
		ID: "836447129235883061", Details: profile.Details{Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex", LastName: "O'Example", Sex: "Female", Pronouns: "she/her", Email: "alex@example.com",
			Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}}, AcceptedPrivacyPolicy: &yes},
		DateOfBirth: "1988-02-29", CreatedAt: time.Date(2024, 3, 1, 1, 2, 3, 0, time.UTC), UpdatedAt: time.Date(2025, 8, 14, 5, 6, 7, 250e6, time.UTC), MergedInto: "1001",
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

// A page needs neither links, which are not used, nor valid patients.
func TestDecodePage(t *testing.T) {
	page, err := DecodePage([]byte(`{"total_entries":3,"patients":[` + whole + `,{"id":"5","email":7.0,"sex":[]},null]}`))
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 3 || len(page.Records) != 3 || page.Records[0].Err != nil || page.Records[0].Ref != "836447129235883061" {
		t.Errorf("%+v", page)
	}
	if r := page.Records[1]; r.Err == nil || r.Ref != "5" || r.Err.Error() != "field sex has the wrong type" {
		t.Errorf("%+v", r)
	}
	if r := page.Records[2]; r.Err == nil || !strings.HasPrefix(r.Ref, "unreadable-") {
		t.Errorf("%+v", r)
	}
}

func TestDecodePageRefuses(t *testing.T) {
	for _, body := range []string{
		``, `{`, `[]`, `<html>`, `{"patients":[],"total_entries":-1}`,
		`{"patients":[],"total_entries":"1"}`, `{"patients":{"id":"1"},"total_entries":1}`,
		`{"patients":[` + whole + `,],"total_entries":1}`, `{"patients":[` + whole + `],"total_entries":1}}`,
		`{"patients":[{"first_name":"secret` + "\n" + `` + "\x01" + `"}],"total_entries":1}`,
		`{"patients":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `,"total_entries":1}`,
	} {
		_, err := DecodePage([]byte(body))
		if profile.CodeOf(err) != profile.ClinicTrouble {
			t.Errorf("%.60s: %v", body, err)
		}
		var coded *profile.Error
		if errors.As(err, &coded) && strings.Contains(coded.Error()+coded.Cause.Error(), "secret") {
			t.Errorf("the error shows a value: %v", coded.Cause)
		}
	}
}

func TestDecodePageSaysWhatIsMissing(t *testing.T) {
	for body, lacks := range map[string]string{
		`{"patients":[]}`:                      "the number of clients (total_entries)",
		`{"patients":[],"total_entries":null}`: "the number of clients (total_entries)",
		`{"patients":[` + whole + `]}`:         "the number of clients (total_entries)",
		`{"patients":null,"total_entries":1}`:  "the list of clients (patients)",
		`{"total_entries":1}`:                  "the list of clients (patients)",
		`{}`:                                   "the list of clients (patients)",
		`null`:                                 "the list of clients (patients)",
	} {
		_, err := DecodePage([]byte(body))
		if want := "Cliniko's answer lacks " + lacks + ", so nothing was changed. Try again later; if that does not help, write to TeleHab's support, support@vald.com."; profile.CodeOf(err) != profile.AnswerIncomplete || profile.MessageOf(err) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// Whatever the fields of a patient contain, the decoder accepts and refuses
// what encoding/json does.
func TestDecodesAsEncodingJSONDoes(t *testing.T) {
	names := rapid.SampledFrom([]string{
		"id", "ID", "title", "first_name", "First_Name", "firstname", "last_name", "email", "sex", "gender", "pronouns", "PRONOUNS",
		"patient_phone_numbers", "accepted_privacy_policy", "created_at", "updated_at", "archived_at", "merged_with_patient",
		"date_of_birth", "notes", "custom_fields", "", "\u0069d",
	})
	values := rapid.SampledFrom([]string{
		`"1001"`, `1001`, `"836447129235883061"`, `null`, `true`, `false`, `""`, `" Ann "`, `"O'\u0042rien \ud83d\ude00 \ud800"`, "\"\xff\"", `1e5`, `-0.0`,
		`{}`, `[]`, `[[]]`, `{"nominative":"she","accusative":null}`, `{"nominative":5}`, `{"nominative":[]}`, `[{"number":" 0491 570 156 ","phone_type":1}]`,
		`[null,{"number":"03"},{}]`, `[{"number":{}}]`, `"2024-03-01T01:02:03Z"`, `"2024-03-01T01:02:03.5+1000"`, `"yesterday"`,
		`{"links":{"self":"https://api.au1.cliniko.com/v1/patients/77"}}`, `{"links":null}`, `{"links":{"self":"x"},"links":{}}`, `{"a":{"b":[1,2,{"c":null}]}}`,
	})
	field := rapid.Custom(func(t *rapid.T) string { return `"` + names.Draw(t, "name") + `":` + values.Draw(t, "value") })
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
				return values.Draw(t, "no patient")
			}
			fields := rapid.SliceOfN(field, 0, 6).Draw(t, "fields")
			if rapid.Bool().Draw(t, "complete") {
				fields = append([]string{`"id":"1","created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z"`}, fields...)
			}
			return "{" + strings.Join(fields, ",") + "}"
		}), 0, 3).Draw(t, "records")
		body := `{"patients":[` + strings.Join(records, ",") + `],"total_entries":` + rapid.SampledFrom([]string{"3", "0", "-1", "null", "1.5", "1e2"}).Draw(t, "total") + "}"
		if diff := sameAsPlain([]byte(body)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// withoutValues matches all errors of a record; field names may differ in case.
var withoutValues = regexp.MustCompile(`^(broken JSON at byte \d+|field [\pL\d_.]* has the wrong type|[a-z_]+ is not a time|no id|no time of creation or change)$`)

func FuzzDecodeRecord(f *testing.F) {
	for _, seed := range []string{whole, `{"id":5}`, `{"id":"5","sex":[]}`, `null`, `"x"`, `{`, `{"ID":"7","created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		record := decodeRecord(raw)
		if diff := cmp.Diff(plainRecord(raw), record, likePlain); diff != "" {
			t.Fatal(diff)
		}
		if _, ok := profile.ParseID(string(record.Patient.ID)); record.Ref == "" || record.Err == nil && !ok {
			t.Fatalf("ref %q, id %q", record.Ref, record.Patient.ID)
		}
		if record.Err != nil && !withoutValues.MatchString(record.Err.Error()) {
			t.Fatalf("the error may show a value: %v", record.Err)
		}
	})
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(`{"patients":[` + whole + `],"total_entries":1,"links":{}}`))
	f.Add([]byte(`{"patients":[{}, null, 1],"total_entries":3}`))
	f.Add([]byte(`{"patients":[],"total_entries":-1}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if diff := sameAsPlain(body); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A patient is read alike alone and beside anything else, with or without
// links.
func FuzzPageWithoutLinks(f *testing.F) {
	f.Add([]byte(whole), []byte(`{"id":"5","sex":[]}`), 2)
	f.Add([]byte(`{"id":5}`), []byte(`null`), 0)
	f.Fuzz(func(t *testing.T, one, other []byte, total int) {
		if !json.Valid(one) || !json.Valid(other) {
			return
		}
		page, err := DecodePage(fmt.Appendf(nil, `{"patients":[%s,%s],"total_entries":%d}`, one, other, total))
		if total < 0 {
			if err == nil {
				t.Fatal("a page with fewer patients than none")
			}
			return
		}
		if err != nil || page.Total != total {
			t.Fatal(page.Total, err)
		}
		if diff := cmp.Diff([]profile.Record{decodeRecord(one), decodeRecord(other)}, page.Records, likePlain); diff != "" {
			t.Fatal(diff)
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
