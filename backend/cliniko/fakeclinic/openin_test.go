package fakeclinic_test

import (
	"bytes"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/build/bridge"
)

// openIn is where the patient's page leads to, app by app.
func (v *visitor) openIn(id string) (links [][2]string) {
	v.t.Helper()
	page := v.browser("GET", "/patients/"+id, "", nil)
	if page.status != http.StatusOK {
		v.t.Fatalf("patient page: %d", page.status)
	}
	_, menu, found := strings.Cut(page.body, "<summary>Open in</summary>")
	if !found {
		return nil
	}
	menu, _, _ = strings.Cut(menu, "</details>")
	for _, link := range regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`).FindAllStringSubmatch(menu, -1) {
		links = append(links, [2]string{html.UnescapeString(link[2]), html.UnescapeString(link[1])})
	}
	return links
}

func TestOpenInLeadsToTheBridge(t *testing.T) {
	v := visit(t, empty())
	must(t, v.clinic.Put(example()))
	links := v.openIn(example().ID)
	want := [2]string{"TeleHab", "/app/patients/integration?patient_id=" + example().ID}
	if len(links) != 1 || links[0] != want {
		t.Fatalf("the menu is %q, want %q", links, want)
	}
	got := v.browser("GET", links[0][1], "", nil)
	if got.status != http.StatusOK || !bytes.Equal([]byte(got.body), bridge.Page) {
		t.Errorf("%d and %d bytes, want the bridge page", got.status, len(got.body))
	}
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Cache-Control":           "no-store",
		"Referrer-Policy":         "no-referrer",
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Content-Security-Policy": "frame-ancestors 'none'",
	} {
		if value := got.header.Values(name); len(value) != 1 || value[0] != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	if cookies := got.header.Values("Set-Cookie"); cookies != nil {
		t.Errorf("the bridge sets %q", cookies)
	}
	if count := v.clinic.RequestCount(); count != 0 {
		t.Errorf("web pages were counted as %d API requests", count)
	}
}

func TestBridgeIsOnlyReadAndOnlyHere(t *testing.T) {
	v := visit(t, empty())
	origin := strings.TrimSuffix(v.server.URL(), "/v1")
	if got := v.browser("POST", fakeclinic.BridgePath, origin, nil); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", got.status)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+fakeclinic.BridgePath, nil)
	must(t, err)
	r.Host = "rebound.example:8700"
	if got := v.do(r); got.status != http.StatusMisdirectedRequest {
		t.Errorf("host %q: %d, want 421", r.Host, got.status)
	}
}

func TestOtherPatientApps(t *testing.T) {
	options := empty()
	options.PatientApps = []fakeclinic.PatientApp{
		{Name: "Plain", URL: "https://app.example.com/open"},
		{Name: "Query", URL: "https://app.example.com/open?clinic=demo"},
		{Name: "Ends in it", URL: "https://app.example.com/open?patient_id="},
		{Name: "Fragment", URL: "https://app.example.com/open#there"},
		{Name: "<b>Bold</b>", URL: "javascript:alert(1)//"},
	}
	v := visit(t, options)
	p := example()
	must(t, v.clinic.Put(p))
	links := v.openIn(p.ID)
	want := [][2]string{
		{"Plain", "https://app.example.com/open?patient_id=" + p.ID},
		{"Query", "https://app.example.com/open?clinic=demo&patient_id=" + p.ID},
		{"Ends in it", "https://app.example.com/open?patient_id=&patient_id=" + p.ID},
		{"Fragment", "https://app.example.com/open?patient_id=" + p.ID + "#there"},
		{"<b>Bold</b>", "#ZgotmplZ"}, // what the template makes of an address that could run a script
	}
	if len(links) != len(want) {
		t.Fatalf("the menu is %q", links)
	}
	for i := range want {
		if links[i] != want[i] {
			t.Errorf("%q, want %q", links[i], want[i])
		}
	}
}

func TestNoPatientApps(t *testing.T) {
	options := empty()
	options.PatientApps = []fakeclinic.PatientApp{}
	v := visit(t, options)
	must(t, v.clinic.Put(example()))
	if page := v.browser("GET", "/patients/"+example().ID, "", nil).body; strings.Contains(page, "Open in") {
		t.Error("there is a menu with nothing in it")
	}
}

func TestParseAppURL(t *testing.T) {
	for _, good := range []string{"https://app.example.com/open", "http://127.0.0.1:8701/open?a=b", "https://app.example.com"} {
		if got, err := fakeclinic.ParseAppURL(good); err != nil || got != good {
			t.Errorf("%s: %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", "app.example.com/open", "/open", "telehab://patient", "javascript:alert(1)", "https:", "https://", "https:///open",
		"https://me@app.example.com", "https://app.example.com:x/", "mailto:me@example.com",
	} {
		if _, err := fakeclinic.ParseAppURL(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
