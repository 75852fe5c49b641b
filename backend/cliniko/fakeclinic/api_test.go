package fakeclinic_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func TestGate(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 10, Key: "MS0xBODY-WITH-HYPHEN-au2"})
	for name, test := range map[string]struct {
		method, path, key, agent string
		status                   int
		body                     string
	}{
		"whole key":         {"GET", "/user", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 200, `"first_name":"Dana"`},
		"key without shard": {"GET", "/user", "MS0xBODY-WITH-HYPHEN", "A (a@example.com)", 200, `"role":"administrator"`},
		"wrong key":         {"GET", "/user", "MS0xBODY-au2", "A (a@example.com)", 401, ""},
		"no key":            {"GET", "/user", "", "A (a@example.com)", 401, ""},
		"no agent":          {"GET", "/user", "MS0xBODY-WITH-HYPHEN-au2", "", 400, "Requires a user agent"},
		"post":              {"POST", "/patients", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 405, ""},
		"patch":             {"PATCH", "/patients/12345601", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 405, ""},
		"delete":            {"DELETE", "/patients/12345601", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 405, ""},
		"users/me":          {"GET", "/users/me", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 404, ""},
		"archived list":     {"GET", "/patients/archived", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 200, `"patients":[`},
		"no id":             {"GET", "/patients/everybody", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 404, "could not be found"},
		"root":              {"GET", "", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 404, ""},
		"businesses":        {"GET", "/businesses", "MS0xBODY-WITH-HYPHEN-au2", "A (a@example.com)", 200, `"businesses":[`},
	} {
		t.Run(name, func(t *testing.T) {
			r := v.request(test.method, test.path)
			r.SetBasicAuth(test.key, "")
			r.Header.Set("User-Agent", test.agent)
			got := v.do(r)
			if got.status != test.status || !strings.Contains(got.body, test.body) {
				t.Errorf("%d %q, want %d with %q", got.status, got.body, test.status, test.body)
			}
		})
	}
}

func TestSettingsNameTheClinic(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 1, PatientTerm: "client", AccountID: "77"})
	var settings struct {
		Account     struct{ ID, Name, Subdomain string }
		Terminology struct{ Patient string }
	}
	decode(t, v.get("/settings/public").body, &settings)
	if settings.Account.ID != "77" || settings.Account.Name != "Harbour Physio" ||
		settings.Account.Subdomain != "harbour-physio" || settings.Terminology.Patient != "client" {
		t.Errorf("settings are %+v", settings)
	}
}

// example is the reference's example B.
func example() fakeclinic.Patient {
	return fakeclinic.Patient{
		ID:        "836447129235883061",
		CreatedAt: time.Date(2024, 3, 1, 1, 2, 3, 0, time.UTC), UpdatedAt: time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC),
		Title: new("Ms"), FirstName: new("Alexandra"), PreferredFirstName: new("Alex"), LastName: new("O'Example"),
		DateOfBirth: new("1988-02-29"), Sex: new("Female"),
		Pronouns: &fakeclinic.Pronouns{
			Nominative: "she", Accusative: "her", PronominalPossessive: "her", PredicativePossessive: "hers", Reflexive: "herself",
		},
		Email: new("alex@example.com"), Phones: []fakeclinic.Phone{{Type: "Mobile", Number: "0491 570 156"}},
		Address1: new("1 Example Street"), City: new("Melbourne"), State: new("VIC"), PostCode: new("3000"),
	}
}

func TestPatientHasTheShapeOfTheExample(t *testing.T) {
	v := visit(t, empty())
	must(t, v.clinic.Put(example()))
	text, err := os.ReadFile("testdata/example.json")
	must(t, err)
	var want, got any
	decode(t, strings.ReplaceAll(string(text), "https://api.au1.cliniko.com/v1", v.server.URL()), &want)
	decode(t, v.get("/patients").body, &got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnePatient(t *testing.T) {
	v := visit(t, empty())
	for _, id := range []string{"1", "2", "3"} {
		_, err := v.clinic.Create(fakeclinic.Patient{ID: id, FirstName: new("<b>")})
		must(t, err)
	}
	must(t, v.clinic.Archive("2"))
	must(t, v.clinic.Merge("3", "1"))
	for path, status := range map[string]int{
		"/patients/1":                                    200,
		"/patients/2":                                    404,
		"/patients/3":                                    404,
		"/patients/4":                                    404,
		"/patients/x":                                    404,
		"/patients/2?q[]=archived_at:*":                  200,
		"/patients/2?q=archived_at:*":                    404,
		"/patients/2?q[]=archived_at:?":                  200,
		"/patients/1?q[]=archived_at:?":                  404,
		"/patients/1?q%5B%5D=archived_at%3A%2A":          200,
		"/patients/1?q[]=email:?":                        400,
		"/patients/3?q[]=archived_at:*":                  200,
		"/patients/1?q[]=archived_at:%3E2026-01-01":      400,
		"/patients/4?q[]=archived_at:*":                  404,
		"/patients/1?q[]=archived_at:%zz":                400,
		"/patients/2?q[]=archived_at:>2026-01-01T00:00Z": 400,
	} {
		if got := v.get(path); got.status != status {
			t.Errorf("%s: %d, want %d: %s", path, got.status, status, got.body)
		}
	}
	var merged map[string]json.RawMessage
	decode(t, v.get("/patients/3?q[]=archived_at:*").body, &merged)
	if want := `{"links":{"self":"` + v.server.URL() + `/patients/1"}}`; string(merged["merged_with_patient"]) != want {
		t.Errorf("merged_with_patient is %s, want %s", merged["merged_with_patient"], want)
	}
}

func TestDateIsTheServersOwn(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 1})
	v.clock.pass(-24 * time.Hour)
	if got, want := v.get("/user").header.Get("Date"), "Sat, 28 Feb 2026 09:00:00 GMT"; got != want {
		t.Errorf("Date is %q, want %q", got, want)
	}
}

func TestOddValuesAreSentAsTheyAre(t *testing.T) {
	v := visit(t, empty())
	at := time.Date(2025, 8, 14, 5, 6, 7, 250e6, time.UTC)
	for style, want := range map[fakeclinic.TimeStyle]string{
		fakeclinic.PlainUTC: "2025-08-14T05:06:07Z", fakeclinic.Fraction: "2025-08-14T05:06:07.250Z",
		fakeclinic.Offset: "2025-08-14T16:06:07+11:00", fakeclinic.ShortOffset: "2025-08-14T16:06:07+1100",
		fakeclinic.BlankEmpty: "2025-08-14T05:06:07Z",
	} {
		odd := "\"\\\n\u2028\x7f<&>é漢"
		must(t, v.clinic.Put(fakeclinic.Patient{
			ID: "9", CreatedAt: at, UpdatedAt: at, TimeStyle: style, FirstName: &odd, LastName: new(""), Email: nil,
			CustomFields: json.RawMessage(`{"sections":[]}`),
		}))
		var got map[string]any
		decode(t, v.get("/patients/9").body, &got)
		if got["updated_at"] != want || got["first_name"] != odd || got["last_name"] != "" || got["email"] != nil {
			t.Errorf("style %d: %v", style, got)
		}
		if blank := got["archived_at"] == ""; blank != (style == fakeclinic.BlankEmpty) {
			t.Errorf("style %d: archived_at is %v", style, got["archived_at"])
		}
	}
	must(t, v.clinic.Edit("9", func(p *fakeclinic.Patient) { p.Raw = json.RawMessage(`{"id":["?"]}`) }))
	if got := v.get("/patients/9").body; got != `{"id":["?"]}` {
		t.Errorf("raw patient is %s", got)
	}
}
