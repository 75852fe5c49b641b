package fakeclinic_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// browser sends a form as a page of this origin would.
func (v *visitor) browser(method, path, origin string, form url.Values) answer {
	v.t.Helper()
	address := strings.TrimSuffix(v.server.URL(), "/v1") + path
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(form.Encode()))
	must(v.t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
	}
	return v.do(r)
}

func TestPatientPageShowsAndEscapes(t *testing.T) {
	v := visit(t, empty())
	p := example()
	p.LastName = new("<img src=x onerror=alert(1)>")
	must(t, v.clinic.Put(p))
	got := v.browser("GET", "/patients/"+p.ID, "", nil)
	for _, want := range []string{"Harbour Physio", "&lt;img src=x", `value="1988-02-29"`, "alex@example.com", "0491 570 156 (Mobile)", ">Archive<"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(got.body, "<img") || strings.Contains(got.body, "<script") {
		t.Error("markup got through")
	}
	policy := got.header.Get("Content-Security-Policy")
	if got.status != http.StatusOK || !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("%d, policy %q", got.status, policy)
	}
	if css := v.browser("GET", "/pages/patient.css", "", nil); css.status != http.StatusOK || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: %d %q", css.status, css.header.Get("Content-Type"))
	}
	for _, path := range []string{"/patients/1", "/", "/pages/patient.html", "/pages/"} {
		if got := v.browser("GET", path, "", nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, got.status)
		}
	}
	if count := v.clinic.RequestCount(); count != 0 {
		t.Errorf("web pages were counted as %d API requests", count)
	}
}

func TestFixInTheBrowser(t *testing.T) {
	v := visit(t, empty())
	id, err := v.clinic.Create(fakeclinic.Patient{FirstName: new(""), LastName: new("Lee"), Email: new("n/a"), Phones: []fakeclinic.Phone{{Type: "Home", Number: "(03) 5550 0001"}}})
	must(t, err)
	origin := strings.TrimSuffix(v.server.URL(), "/v1")
	got := v.browser("POST", "/patients/"+id, origin, url.Values{
		"action": {"save"}, "first_name": {""}, "last_name": {" Leigh "}, "email": {"lee@example.com"}, "sex": {"Female"},
		"date_of_birth": {"1990-01-02"}, "mobile": {"0491 570 006"},
	})
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/patients/"+id+"?saved" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	p, _ := v.clinic.Get(id)
	if p.FirstName == nil || *p.LastName != "Leigh" || *p.Email != "lee@example.com" || *p.Sex != "Female" ||
		*p.DateOfBirth != "1990-01-02" || len(p.Phones) != 2 || p.Phones[1] != (fakeclinic.Phone{Type: "Mobile", Number: "0491 570 006"}) {
		t.Errorf("the patient is %+v", p)
	}
	v.browser("POST", "/patients/"+id, origin, url.Values{"action": {"save"}, "email": {""}, "mobile": {""}})
	if p, _ := v.clinic.Get(id); p.Email != nil || len(p.Phones) != 1 {
		t.Errorf("emptied: %+v", p)
	}
	v.browser("POST", "/patients/"+id, origin, url.Values{"action": {"archive"}})
	if p, _ := v.clinic.Get(id); p.ArchivedAt == nil {
		t.Error("not archived")
	}
	if page := v.browser("GET", "/patients/"+id, "", nil).body; !strings.Contains(page, ">Unarchive<") {
		t.Error("the page offers no way back")
	}
	v.browser("POST", "/patients/"+id, origin, url.Values{"action": {"unarchive"}})
	if p, _ := v.clinic.Get(id); p.ArchivedAt != nil {
		t.Error("still archived")
	}
}

func TestOtherPagesChangeNothing(t *testing.T) {
	v := visit(t, empty())
	must(t, v.clinic.Put(example()))
	path, form := "/patients/"+example().ID, url.Values{"action": {"archive"}}
	for _, origin := range []string{"http://evil.example", "null", "http://127.0.0.1:1"} {
		if got := v.browser("POST", path, origin, form); got.status != http.StatusForbidden {
			t.Errorf("origin %q: %d, want 403", origin, got.status)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.server.PatientURL(example().ID), nil)
	must(t, err)
	r.Host = "rebound.example:8700"
	if got := v.do(r); got.status != http.StatusMisdirectedRequest {
		t.Errorf("host %q: %d, want 421", r.Host, got.status)
	}
	origin := strings.TrimSuffix(v.server.URL(), "/v1")
	for path, want := range map[string]int{path: http.StatusBadRequest, "/patients/5": http.StatusBadRequest} {
		if got := v.browser("POST", path, origin, url.Values{"action": {"explode"}}); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	if p, _ := v.clinic.Get(example().ID); p.ArchivedAt != nil {
		t.Error("somebody else's page archived a patient")
	}
}
