package contract_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/contract"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	checked "telehab.io/desktop/backend/contract"
	"telehab.io/desktop/backend/profile"
)

func load(t *testing.T) *checked.Contract {
	t.Helper()
	c, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// watched is a clinic whose requests and answers are validated, and the
// violations found.
type watched struct {
	*httptest.Server
	mu     sync.Mutex
	broken []error
}

func watch(t *testing.T, handler http.Handler) *watched {
	t.Helper()
	w := &watched{}
	w.Server = httptest.NewServer(load(t).Watch(handler, true, func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.broken = append(w.broken, err)
	}))
	t.Cleanup(w.Close)
	return w
}

// takeBroken returns the violations since the last call.
func (w *watched) takeBroken() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	broken := w.broken
	w.broken = nil
	return broken
}

// get sends a request as our client does.
func (w *watched) get(t *testing.T, key, path string) (status int, body []byte) {
	t.Helper()
	request := ask(t, w.URL+"/v1"+path, key)
	response, err := w.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

func ask(t *testing.T, address, key string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(key, "")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "TeleHab Desktop/1 (support@vald.com)")
	return request
}

// clean has everything that a clinic may contain, and nothing hostile.
func clean() fakeclinic.Options {
	shares := fakeclinic.HostileShares()
	shares.Hostile = fakeclinic.Hostile{}
	return fakeclinic.Options{Seed: 3, Patients: 900, Shares: &shares, ArchiveBumps: true}
}

func filter(conditions ...string) string {
	return "/patients?" + url.Values{"q[]": conditions}.Encode()
}

// Every answer of the clean clinic, including refusals, obeys the contract.
func TestTheCleanClinicKeepsTheContract(t *testing.T) {
	fake := fakeclinic.New(clean())
	w := watch(t, fake)
	ids := fake.IDs()
	for _, id := range ids[:3] { // one of each state
		if err := fake.Merge(id, ids[9]); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{"/user", "/settings/public", "/patients", "/patients?per_page=1&q%5B%5D=archived_at%3A%2A", "/patients?per_page=100&page=99",
		"/patients/archived", "/patients/archived?per_page=10&page=2", "/patients?sort=updated_at:asc", "/patients?sort=archived_at:desc",
		filter("archived_at:?", "updated_at:>=2020-01-02T03:04:05Z"), filter("id:=" + strings.Join(ids[:5], ",")), filter("id:>"+ids[4], "id:<="+ids[40]),
		"/patients/" + ids[5], "/patients/" + ids[5] + "?q%5B%5D=archived_at%3A%2A", "/patients/" + ids[0] + "?q%5B%5D=archived_at%3A%2A",
		"/patients/1"}
	for page := range 9 {
		paths = append(paths, fmt.Sprintf("/patients?per_page=100&page=%d&q%%5B%%5D=archived_at%%3A%%2A", page+1))
	}
	for _, path := range paths {
		status, body := w.get(t, fake.Key(), path)
		if want := map[bool]int{false: 200, true: 404}[path == "/patients/1"]; status != want {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
		for _, broken := range w.takeBroken() {
			t.Errorf("%s: %.600v", path, broken)
		}
	}
	for _, refused := range []fakeclinic.Kind{fakeclinic.Unauthorized, fakeclinic.Forbidden, fakeclinic.TooMany} {
		fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: refused} })
		if status, body := w.get(t, fake.Key(), "/patients"); status < 400 || status > 429 {
			t.Errorf("%s: %d %s", refused, status, body)
		}
		for _, broken := range w.takeBroken() {
			t.Errorf("%s: %v", refused, broken)
		}
	}
}

// The path of the list of archived patients is not mistaken for a patient's id.
func TestTheArchivedAreAList(t *testing.T) {
	fake := fakeclinic.New(clean())
	w := watch(t, fake)
	var list struct {
		Patients []struct {
			Archived *string `json:"archived_at"`
		} `json:"patients"`
		Total int `json:"total_entries"`
	}
	_, body := w.get(t, fake.Key(), "/patients/archived?per_page=100")
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	archived := 0
	for _, p := range fake.Patients() {
		if p.ArchivedAt != nil {
			archived++
		}
	}
	if list.Total != archived || archived == 0 || len(list.Patients) != min(archived, 100) ||
		slices.ContainsFunc(list.Patients, func(p struct {
			Archived *string `json:"archived_at"`
		}) bool {
			return p.Archived == nil
		}) {
		t.Errorf("%d of %d, %d archived", len(list.Patients), list.Total, archived)
	}
	client := newClient(t, fake, w.URL)
	if _, err := client.Patient(t.Context(), "archived"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("asked for a patient of that name: %v", err)
	}
}

// Each hostile trait breaks the contract, so that none can be left on
// unnoticed.
func TestHostileClinicsBreakTheContract(t *testing.T) {
	for name, hostile := range map[string]fakeclinic.Hostile{
		"blanks": {Blanks: true}, "emails": {ImpossibleEmail: 0.1}, "times": {OddTimes: 0.1}, "specials": {Specials: true},
	} {
		o := clean()
		o.Patients, o.Shares.Hostile = 100, hostile
		fake := fakeclinic.New(o)
		w := watch(t, fake)
		if w.get(t, fake.Key(), "/patients?per_page=100"); len(w.takeBroken()) == 0 {
			t.Errorf("%s break nothing", name)
		}
	}
}

// The contract can fail: a good answer with one thing changed breaks it.
func TestABrokenAnswerIsCaught(t *testing.T) {
	fake := fakeclinic.New(clean())
	good := watch(t, fake)
	_, list := good.get(t, fake.Key(), "/patients?per_page=2")
	_, user := good.get(t, fake.Key(), "/user")
	_, settings := good.get(t, fake.Key(), "/settings/public")
	for _, broken := range []struct{ path, body, old, changed string }{
		{"/patients", string(list), `"id":"`, `"id":1,"was":"`},
		{"/patients", string(list), `"id":"`, `"id":"x`},
		{"/patients", string(list), `"id":"`, `"id":"0`},
		{"/patients", string(list), `"archived_at":null`, `"archived_at":""`},
		{"/patients", string(list), `"archived_at":null,`, ``},
		{"/patients", string(list), `Z","updated_at"`, `+1100","updated_at"`},
		{"/patients", string(list), `Z","updated_at"`, `","updated_at"`},
		{"/patients", string(list), `"date_of_birth":"`, `"date_of_birth":"1`},
		{"/patients", string(list), `"email":"`, `"email":"n/a `},
		{"/patients", string(list), `"address_2":null`, `"address_2":""`},
		{"/patients", string(list), `"address_2":null`, `"address_2":"  "`},
		{"/patients", string(list), `"address_2":null`, `"address_2":7`},
		{"/patients", string(list), `"address_2":null`, `"address_2":null,"shoe_size":42`},
		{"/patients", string(list), `"address_2":null`, `"address_2":"` + strings.Repeat("a", 256) + `"`},
		{"/patients", string(list), `"phone_type":"`, `"phone_type":"Car`},
		{"/patients", string(list), `"reminders_communication_channels":[1,2]`, `"reminders_communication_channels":["SMS"]`},
		{"/patients", string(list), `"receives_confirmation_emails":true`, `"receives_confirmation_emails":"yes"`},
		{"/patients", string(list), `"total_entries":`, `"total_entries":-`},
		{"/patients", string(list), `"total_entries":`, `"total":`},
		{"/patients", string(list), `{"patients":[`, `{"patients":[[],`},
		{"/patients", string(list), `{"patients":[`, `<p>`},
		{"/user", string(user), `"role":"administrator"`, `"role":"owner"`},
		{"/user", string(user), `"first_name":"Dana"`, `"first_name":null`},
		{"/settings/public", string(settings), `"subdomain":"`, `"subdomain":null,"was":"`},
		{"/settings/public", string(settings), `"patient":"patient"`, `"patient":"horse"`},
	} {
		changed := strings.Replace(broken.body, broken.old, broken.changed, 1)
		if changed == broken.body {
			t.Errorf("%s has no %s", broken.path, broken.old)
			continue
		}
		same := watch(t, answering(broken.body))
		if same.get(t, fake.Key(), broken.path); len(same.takeBroken()) != 0 {
			t.Fatalf("%s is not good to begin with", broken.path)
		}
		bad := watch(t, answering(changed))
		if bad.get(t, fake.Key(), broken.path); len(bad.takeBroken()) == 0 {
			t.Errorf("%s with %.60s was not caught", broken.path, broken.changed)
		}
	}
	refusal := watch(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"no"}`)
	}))
	if refusal.get(t, fake.Key(), "/patients/1"); len(refusal.takeBroken()) == 0 {
		t.Error("a refusal without a message was not caught")
	}
}

func answering(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, body)
	})
}

func TestABrokenRequestIsCaught(t *testing.T) {
	c := load(t)
	const address = "http://127.0.0.1/v1"
	if err := c.Request(ask(t, address+"/patients?per_page=100&q%5B%5D=archived_at%3A%2A&sort=id:asc", "key")); err != nil {
		t.Errorf("a good one: %v", err)
	}
	for name, request := range map[string]*http.Request{
		"another path":             ask(t, address+"/invoices", "key"),
		"an id that is none":       ask(t, address+"/patients/x1", "key"),
		"more than a page":         ask(t, address+"/patients?per_page=101", "key"),
		"no page":                  ask(t, address+"/patients?page=0", "key"),
		"brackets forgotten":       ask(t, address+"/patients?q=archived_at:*", "key"),
		"a filter on what is none": ask(t, address+"/patients?q%5B%5D=notes%3A%3Dx", "key"),
		"a filter with a zone":     ask(t, address+"/patients?q%5B%5D=updated_at%3A%3E2026-01-02T03%3A04%3A05%2B11%3A00", "key"),
		"a sort on what is none":   ask(t, address+"/patients?sort=notes", "key"),
		"no key":                   ask(t, address+"/patients", ""),
	} {
		if c.Request(request) == nil {
			t.Errorf("%s was not caught", name)
		}
	}
	for name, spoil := range map[string]func(*http.Request){
		"no user agent":    func(r *http.Request) { r.Header.Del("User-Agent") },
		"no email in it":   func(r *http.Request) { r.Header.Set("User-Agent", "TeleHab") },
		"another format":   func(r *http.Request) { r.Header.Set("Accept", "*/*") },
		"another method":   func(r *http.Request) { r.Method = http.MethodDelete },
		"a password":       func(r *http.Request) { r.SetBasicAuth("key", "password") },
		"no authorization": func(r *http.Request) { r.Header.Del("Authorization") },
	} {
		request := ask(t, address+"/patients/12", "key")
		spoil(request)
		if c.Request(request) == nil {
			t.Errorf("%s was not caught", name)
		}
	}
}

func newClient(t *testing.T, fake *fakeclinic.Clinic, address string) *cliniko.Client {
	t.Helper()
	key, err := cliniko.ParseKey(fake.Key())
	if err != nil {
		t.Fatal(err)
	}
	client, err := cliniko.New(key, cliniko.Options{BaseURL: address + "/v1", Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Every request that our client can send obeys the contract.
func TestOurClientKeepsTheContract(t *testing.T) {
	fake := fakeclinic.New(clean())
	w := watch(t, fake)
	client := newClient(t, fake, w.URL)
	if _, err := client.Clinic(t.Context()); err != nil {
		t.Error(err)
	}
	at := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.FixedZone("", 11*60*60))
	ids := fake.IDs()
	for i, q := range []profile.Query{
		{}, {ActiveOnly: true, Size: 1}, {Number: 3}, {Order: profile.ByChange, ChangedFrom: at, ChangedBefore: at.AddDate(0, 1, 0)},
		{Order: profile.ByArchival, ArchivedFrom: at, ArchivedUntil: at.AddDate(1, 0, 0)}, {CreatedFrom: at, CreatedBefore: at.AddDate(0, 0, 1)},
		{IDs: []profile.ID{profile.ID(ids[0]), profile.ID(ids[1])}}, {Order: profile.ByID, IDAfter: "0", IDUpTo: profile.ID(ids[7]), ChangedFrom: at},
	} {
		if _, err := client.Patients(t.Context(), q); err != nil {
			t.Errorf("query %d: %v", i, err)
		}
	}
	for id, code := range map[profile.ID]profile.Code{profile.ID(ids[0]): "", "12": profile.NotFound} {
		if _, err := client.Patient(t.Context(), id); profile.CodeOf(err) != code {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, broken := range w.takeBroken() {
		t.Error(broken)
	}
}
