package export_test

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

// everybody returns a client with every detail, an archived one with almost
// none, and one who needs attention.
func everybody() []profile.Entry {
	yes, no := true, false
	at := func(day int) time.Time { return time.Date(2026, 3, day, 9, 30, 0, 250e6, time.FixedZone("", 10*3600)) }
	return []profile.Entry{
		{Ref: "7", Profile: profile.Profile{ID: "7", State: "active", Details: profile.Details{Title: "Ms", FirstName: "Ann", PreferredFirstName: "Annie", LastName: "Example",
			DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2}, Sex: "Female", GenderIdentity: "woman", Pronouns: "she/her", Email: "ann@example.org",
			Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}, {Type: "Home", Number: "03 5550 1234"}}, AcceptedPrivacyPolicy: &yes},
			UpdatedAt: at(1), SyncedAt: at(2)}},
		{Ref: "8", Profile: profile.Profile{ID: "8", State: "merged", Details: profile.Details{FirstName: "Bo", ImpossibleBirthDate: "1990-02-30", AcceptedPrivacyPolicy: &no}, ArchivedAt: at(3),
			MergedInto: "7"}},
		{Ref: "9", Profile: profile.Profile{ID: "9", State: "active", Details: profile.Details{LastName: "Case"}}, Failure: &profile.Failure{ID: "9", Ref: "9", Code: "incomplete", Attempts: 3,
			FirstFailedAt: at(4), Problems: []profile.Problem{{Field: "first_name", Kind: "missing"}, {Field: "email", Kind: "not_an_email"}}}},
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	if err := export.JSON(&out, everybody()); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "profiles": [
    {
      "cliniko_id": "7",
      "state": "active",
      "title": "Ms",
      "first_name": "Ann",
      "preferred_first_name": "Annie",
      "last_name": "Example",
      "date_of_birth": "1990-01-02",
      "impossible_date_of_birth": null,
      "sex": "Female",
      "gender_identity": "woman",
      "pronouns": "she/her",
      "email": "ann@example.org",
      "phones": [
        {
          "type": "Mobile",
          "number": "0491 570 156"
        },
        {
          "type": "Home",
          "number": "03 5550 1234"
        }
      ],
      "accepted_privacy_policy": true,
      "archived_at": null,
      "merged_into": null,
      "source_updated_at": "2026-02-28T23:30:00Z",
      "synced_at": "2026-03-01T23:30:00Z"
    },
    {
      "cliniko_id": "8",
      "state": "merged",
      "title": null,
      "first_name": "Bo",
      "preferred_first_name": null,
      "last_name": null,
      "date_of_birth": null,
      "impossible_date_of_birth": "1990-02-30",
      "sex": null,
      "gender_identity": null,
      "pronouns": null,
      "email": null,
      "phones": [],
      "accepted_privacy_policy": false,
      "archived_at": "2026-03-02T23:30:00Z",
      "merged_into": "7",
      "source_updated_at": null,
      "synced_at": null
    }
  ],
  "failed": [
    {
      "cliniko_id": "9",
      "state": "active",
      "title": null,
      "first_name": null,
      "preferred_first_name": null,
      "last_name": "Case",
      "date_of_birth": null,
      "impossible_date_of_birth": null,
      "sex": null,
      "gender_identity": null,
      "pronouns": null,
      "email": null,
      "phones": [],
      "accepted_privacy_policy": null,
      "archived_at": null,
      "merged_into": null,
      "source_updated_at": null,
      "synced_at": null,
      "code": "incomplete",
      "fields": [
        "first_name",
        "email"
      ],
      "first_failed_at": "2026-03-03T23:30:00Z",
      "attempts": 3
    }
  ]
}
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

// Every field of Details has its column.
func TestEachDetailIsExported(t *testing.T) {
	yes := true
	value := map[reflect.Type]any{reflect.TypeFor[string](): "canary", reflect.TypeFor[profile.Date](): profile.Date{Year: 1990, Month: 1, Day: 2},
		reflect.TypeFor[[]profile.Phone](): []profile.Phone{{Number: "1"}}, reflect.TypeFor[*bool](): &yes}
	written := func(p profile.Profile) (texts [2]string) {
		for i, write := range []func(io.Writer, []profile.Entry) error{export.JSON, export.CSV} {
			var out strings.Builder
			if err := write(&out, []profile.Entry{{Ref: "1", Profile: p}}); err != nil {
				t.Fatal(err)
			}
			texts[i] = out.String()
		}
		return texts
	}
	without := written(profile.Profile{ID: "1"})
	details := reflect.TypeFor[profile.Details]()
	for i := range details.NumField() {
		p := profile.Profile{ID: "1"}
		reflect.ValueOf(&p.Details).Elem().Field(i).Set(reflect.ValueOf(value[details.Field(i).Type]))
		if with := written(p); with[0] == without[0] || with[1] == without[1] {
			t.Errorf("%s is not exported", details.Field(i).Name)
		}
	}
}

func TestJSONOfNobody(t *testing.T) {
	var out strings.Builder
	if err := export.JSON(&out, nil); err != nil || out.String() != "{\n  \"profiles\": [],\n  \"failed\": []\n}\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestCSV(t *testing.T) {
	var out strings.Builder
	if err := export.CSV(&out, everybody()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffcliniko_id,state,title,first_name,preferred_first_name,last_name,date_of_birth,sex,gender_identity,pronouns,email,phones,accepted_privacy_policy," +
		"archived_at,merged_into,source_updated_at,synced_at,code,fields,first_failed_at,attempts,impossible_date_of_birth\n" +
		"7,active,Ms,Ann,Annie,Example,1990-01-02,Female,woman,she/her,ann@example.org,Mobile: 0491 570 156; Home: 03 5550 1234,yes," +
		",,2026-02-28T23:30:00Z,2026-03-01T23:30:00Z,,,,,\n" +
		"8,merged,,Bo,,,,,,,,,no,2026-03-02T23:30:00Z,7,,,,,,,1990-02-30\n" +
		"9,active,,,,Case,,,,,,,,,,,,incomplete,first_name email,2026-03-03T23:30:00Z,3,\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestFailuresCSV(t *testing.T) {
	day := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)
	entries := []profile.Entry{
		{Ref: "9", Profile: profile.Profile{ID: "9", Details: profile.Details{FirstName: "Ann", LastName: "Case"}}, Failure: &profile.Failure{ID: "9", Ref: "9", Code: "incomplete",
			Attempts: 3, FirstFailedAt: day, Problems: []profile.Problem{{Field: "sex", Kind: "missing"}}}},
		{Ref: "unreadable-1", Failure: &profile.Failure{Ref: "unreadable-1", Code: "unreadable", Attempts: 1, FirstFailedAt: day}},
	}
	var out strings.Builder
	if err := export.FailuresCSV(&out, entries, func(id profile.ID) string { return "https://acme.au1.cliniko.com/patients/" + string(id) }); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffName,Cliniko id,What is wrong,Since,Times tried,Fix it in Cliniko\n" +
		"\"Case, Ann\",9,Sex is missing.,2026-03-04,3,https://acme.au1.cliniko.com/patients/9\n" +
		",,Cliniko's answer about this client could not be understood.,2026-03-04,1,\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

// A spreadsheet rounds numbers of more than 15 digits, and drops zeros before
// them.
func TestLongNumbersStayText(t *testing.T) {
	for id, want := range map[profile.ID]string{
		"836447129235883061": "'836447129235883061", "1234567890123456": "'1234567890123456", "12345678": "12345678", "5": "5",
	} {
		var out strings.Builder
		if err := export.CSV(&out, []profile.Entry{{Ref: string(id), Profile: profile.Profile{ID: id, State: "active"}}}); err != nil {
			t.Fatal(err)
		}
		if _, line, _ := strings.Cut(out.String(), "\n"); !strings.HasPrefix(line, want+",active,") {
			t.Errorf("%s: %q", id, line)
		}
	}
}

// full is a disk with space for a number of bytes.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A file that could not be written completely is an error, wherever it ended.
func TestDiskFull(t *testing.T) {
	many := make([]profile.Entry, 0, 300)
	for range 100 {
		many = append(many, everybody()...)
	}
	failed := make([]profile.Entry, 200)
	for i := range failed {
		failed[i] = everybody()[2]
	}
	for _, room := range []int{0, 1, 2, 3, 10, 4096, 4099, 9000} {
		for name, write := range map[string]func(*full) error{
			"json":     func(f *full) error { return export.JSON(f, many) },
			"csv":      func(f *full) error { return export.CSV(f, many) },
			"failures": func(f *full) error { return export.FailuresCSV(f, failed, func(profile.ID) string { return "" }) },
		} {
			if err := write(&full{room: room}); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: %v", name, room, err)
			}
		}
	}
}
