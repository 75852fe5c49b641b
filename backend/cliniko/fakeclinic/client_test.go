package fakeclinic_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// epoch is when the tests' clock starts.
var epoch = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// clock is the server's time, set by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// visitor talks to a running clinic over HTTP.
type visitor struct {
	t      testing.TB
	clinic *fakeclinic.Clinic
	server *fakeclinic.Server
	http   *http.Client
	clock  *clock
}

func visit(t testing.TB, options fakeclinic.Options) *visitor {
	t.Helper()
	v := &visitor{t: t, clock: &clock{now: epoch}}
	if options.Clock == nil {
		options.Clock = v.clock.Now
	}
	v.clinic = fakeclinic.New(options)
	var err error
	if v.server, err = v.clinic.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	v.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := v.server.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func (v *visitor) request(method, path string) *http.Request {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URL()+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.SetBasicAuth(v.server.Key(), "")
	r.Header.Set("User-Agent", "Test (test@example.com)")
	return r
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (v *visitor) do(r *http.Request) answer {
	v.t.Helper()
	response, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path))
}

// patientsPage is a list as a client reads it.
type patientsPage struct {
	Patients []map[string]any `json:"patients"`
	Total    int              `json:"total_entries"`
	Links    struct{ Self, Next, Previous string }
}

func (p patientsPage) ids() []string {
	ids := []string{}
	for _, patient := range p.Patients {
		id, _ := patient["id"].(string)
		ids = append(ids, id)
	}
	return ids
}

// list asks for patients with parameters given in pairs.
func (v *visitor) list(parameters ...string) patientsPage {
	v.t.Helper()
	return v.page("/patients?" + query(parameters...))
}

func query(parameters ...string) string {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Add(parameters[i], parameters[i+1])
	}
	return values.Encode()
}

func (v *visitor) page(path string) patientsPage {
	v.t.Helper()
	got := v.get(strings.TrimPrefix(path, v.server.URL()))
	if got.status != http.StatusOK {
		v.t.Fatalf("GET %s: %d %s", path, got.status, got.body)
	}
	var page patientsPage
	decode(v.t, got.body, &page)
	return page
}

// failing is what decode and must need of a test, also of rapid's.
type failing interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func decode(t failing, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("decode: %v in %.200s", err, text)
	}
}

// empty is a clinic without patients.
func empty() fakeclinic.Options { return fakeclinic.Options{Patients: fakeclinic.NoPatients} }

func must(t failing, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
