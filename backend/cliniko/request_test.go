package cliniko

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

// What an answer means, by its status and its content.
func TestRefusalByStatus(t *testing.T) {
	const json, page, plain = `{"message":"x"}`, " \n<!DOCTYPE html><html>Blocked</html>", "HTTP Basic: Access denied.\n"
	for _, test := range []struct {
		status      int
		contentType string
		body        string
		code        profile.Code
	}{
		{200, "application/json", json, ""},
		{200, "", json, ""},
		{200, "text/html; charset=utf-8", json, profile.LoginPage},
		{200, "application/json", page, profile.LoginPage},
		{201, "application/json", json, profile.ClinicTrouble},
		{202, "text/html", page, profile.LoginPage},
		{204, "", "", profile.ClinicTrouble},
		{299, "application/json", json, profile.ClinicTrouble},
		{300, "application/json", json, profile.LoginPage},
		{302, "text/html", page, profile.LoginPage},
		{399, "", "", profile.LoginPage},
		{400, "application/json", json, profile.ClinicRejected},
		{401, "application/json", json, profile.KeyRefused},
		{401, "text/html; charset=utf-8", plain, profile.KeyRefused}, // as Rails sends it
		{401, "text/html", page, profile.KeyRefused},                 // web filters do not ask for keys
		{402, "application/json", json, profile.ClinicRejected},
		{403, "application/json", json, profile.KeyForbidden},
		{403, "text/html", page, profile.LoginPage}, // of a web filter
		{403, "application/json", page, profile.LoginPage},
		{404, "application/json", json, profile.NotFound},
		{404, "text/html", page, profile.LoginPage},
		{405, "text/html", page, profile.LoginPage},
		{407, "text/html", page, profile.ProxySignIn},
		{408, "", "", profile.ClinicTrouble},
		{409, "application/json", json, profile.ClinicRejected},
		{422, "application/json", json, profile.ClinicRejected},
		{451, "text/html", page, profile.LoginPage},
		{499, "", "", profile.ClinicRejected},
		{500, "text/html", page, profile.ClinicTrouble}, // Cliniko's own, most likely
		{503, "text/html", page, profile.ClinicTrouble},
		{511, "text/html", page, profile.LoginPage},
		{599, "", "", profile.ClinicTrouble},
	} {
		response := &http.Response{StatusCode: test.status, Header: http.Header{"Content-Type": {test.contentType}}}
		if err := refusal(response, []byte(test.body)); profile.CodeOf(err) != test.code {
			t.Errorf("%d %s %.12q: %v, want %s", test.status, test.contentType, test.body, err, test.code)
		}
	}
	err := refusal(&http.Response{StatusCode: http.StatusForbidden}, []byte(page))
	wantError(t, err, profile.LoginPage, "A web page came in place of Cliniko's answer (403 Forbidden), so something on this network answers for it, such as a web filter. Ask your IT person to allow *.cliniko.com, port 443; if the network requires a sign-in, open any web page in your browser first.")
}

// The most attempts of one request: five for a pass, two for a person, one if a
// retry would change nothing.
func TestTries(t *testing.T) {
	for status, want := range map[int]struct{ pass, person int }{
		200: {1, 1}, 500: {5, 2}, 503: {5, 2}, 408: {5, 2}, 204: {5, 2},
		400: {1, 1}, 401: {1, 1}, 403: {1, 1}, 404: {1, 1}, 302: {1, 1}, 407: {1, 1}, 422: {1, 1},
	} {
		sent := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sent++
			w.WriteHeader(status)
			if status == http.StatusOK {
				_, _ = io.WriteString(w, `{"patients":[],"total_entries":0}`)
			}
		}))
		c, err := New(Key{secret: "x", body: "x", shard: "au1"}, Options{Pause: 1, BaseURL: server.URL + "/v1/"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Patients(t.Context(), profile.Query{})
		if sent != want.pass || (err == nil) != (status == http.StatusOK) {
			t.Errorf("%d: a pass sent %d (%v)", status, sent, err)
		}
		sent = 0
		_, err = c.Patient(t.Context(), "1")
		if sent != want.person || err == nil && status != 200 {
			if status != 200 || sent != 2 { // that answer is not about a patient
				t.Errorf("%d: a person's sent %d (%v)", status, sent, err)
			}
		}
		c.Close()
		server.Close()
	}
}

// What a request looks like.
func TestRequest(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Date", "Tue, 10 Mar 2026 01:02:03 GMT")
		_, _ = io.WriteString(w, `{"id":"1001","created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z"}`)
	}))
	defer server.Close()
	key, err := ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(key, Options{BaseURL: server.URL + "/v1/", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	page, err := c.Patient(t.Context(), "1001")
	if err != nil || page.Total != 1 || len(page.Records) != 1 || page.Records[0].Ref != "1001" || !page.Date.Equal(time.Date(2026, 3, 10, 1, 2, 3, 0, time.UTC)) {
		t.Errorf("%+v, %v", page, err)
	}
	user, password, _ := got.BasicAuth()
	if got.Method != http.MethodGet || got.RequestURI != "/v1/patients/1001?q%5B%5D=archived_at%3A%2A" || user != testKey || password != "" ||
		got.UserAgent() != "TeleHab Desktop/1.2.3 (support@vald.com)" || got.Header.Get("Accept") != "application/json" {
		t.Errorf("%s %s %v", got.Method, got.RequestURI, got.Header)
	}
	if _, err := c.Patient(t.Context(), "1002"); profile.CodeOf(err) != profile.ClinicTrouble {
		t.Errorf("an answer about somebody else: %v", err)
	}
	for _, id := range []profile.ID{"", "x", "1/../2", "123456789012345678901"} {
		before := c.Requests()
		if _, err := c.Patient(t.Context(), id); profile.CodeOf(err) != profile.Invalid || c.Requests() != before {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// The largest answer that is read, to the byte.
func TestLargestAnswer(t *testing.T) {
	for size, want := range map[int]profile.Code{16 << 20: "", 16<<20 + 1: profile.AnswerTooLarge} {
		const frame = `{"patients":[],"total_entries":0}`
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, frame+strings.Repeat(" ", size-len(frame)))
		}))
		c, err := New(Key{secret: "x", body: "x", shard: "au1"}, Options{Pause: 1, BaseURL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Patients(t.Context(), profile.Query{}); profile.CodeOf(err) != want {
			t.Errorf("%d bytes: %v", size, err)
		}
		c.Close()
		server.Close()
	}
}

func TestQueries(t *testing.T) {
	at := time.Date(2026, 3, 10, 11, 2, 3, 999, time.FixedZone("", 10*3600))
	const clock = "2026-03-10T01:02:03Z"
	for _, test := range []struct {
		name  string
		query profile.Query
		want  url.Values
	}{
		{"all", profile.Query{}, url.Values{"q[]": {"archived_at:*"}, "per_page": {"100"}}},
		{"active", profile.Query{ActiveOnly: true}, url.Values{"per_page": {"100"}}},
		{"a page", profile.Query{Number: 2, Size: 1, ActiveOnly: true}, url.Values{"per_page": {"1"}, "page": {"2"}}},
		{"the first page", profile.Query{Number: 1, ActiveOnly: true}, url.Values{"per_page": {"100"}}},
		{"created", profile.Query{CreatedFrom: at, CreatedBefore: at.Add(time.Second)}, url.Values{"q[]": {"archived_at:*", "created_at:>=" + clock, "created_at:<2026-03-10T01:02:04Z"}, "per_page": {"100"}}},
		{"changed", profile.Query{Order: profile.ByChange, ChangedFrom: at, ChangedBefore: at.Add(time.Hour)},
			url.Values{"q[]": {"archived_at:*", "updated_at:>=" + clock, "updated_at:<2026-03-10T02:02:03Z"}, "sort": {"updated_at:asc"}, "per_page": {"100"}}},
		{"archived from", profile.Query{Order: profile.ByArchival, ArchivedFrom: at}, url.Values{"q[]": {"archived_at:>=" + clock}, "sort": {"archived_at:asc"}, "per_page": {"100"}}},
		{"archived until", profile.Query{ArchivedUntil: at}, url.Values{"q[]": {"archived_at:<" + clock}, "per_page": {"100"}}},
		{"by ids", profile.Query{Order: profile.ByID, IDs: []profile.ID{"1", "22"}, IDAfter: "5", IDUpTo: "9"},
			url.Values{"q[]": {"archived_at:*", "id:=1,22", "id:>5", "id:<=9"}, "sort": {"id:asc"}, "per_page": {"100"}}},
	} {
		if got := values(test.query); got.Encode() != test.want.Encode() {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSubdomains(t *testing.T) {
	for name, want := range map[string]bool{
		"harbour-physio": true, "a": true, "Z9": true, "0": true, strings.Repeat("a", 63): true, "az-AZ-09": true,
		"": false, strings.Repeat("a", 64): false, "-a": false, "a-": false, "-": false, "a.b": false, "a/b": false, "a b": false, "ä": false, "a@b": false,
		"a`b": false, "a{b": false, "a[b": false, "a:b": false, "a_b": false,
	} {
		if validSubdomain(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

// The bounds of a key's length, and what is shown of a key.
func TestKeyBounds(t *testing.T) {
	for _, test := range []struct {
		pasted, shard, ends string
		code                profile.Code
	}{
		{strings.Repeat("k", 16) + "-au1", "au1", "kkkk", ""},
		{strings.Repeat("k", 15) + "-au1", "", "", profile.KeyShard},
		{strings.Repeat("k", 500) + "-au1", "au1", "kkkk", ""},
		{strings.Repeat("k", 501) + "-au1", "", "", profile.KeyShard},
		{strings.Repeat("k", 12) + "abcd", "au1", "abcd", ""},
		{strings.Repeat("k", 15), "", "", profile.KeyMalformed},
		{strings.Repeat("k", 501), "", "", profile.KeyMalformed},
		{strings.Repeat("k", 14) + "-a", "", "", profile.KeyMalformed},
		{strings.Repeat("k", 15) + "-a", "", "", profile.KeyShard},
	} {
		key, err := ParseKey(test.pasted)
		if profile.CodeOf(err) != test.code || key.Shard() != test.shard || err == nil && key.Ends() != test.ends || key.IsZero() != (err != nil) {
			t.Errorf("%d characters: %v, %q", len(test.pasted), err, key.Shard())
		}
	}
	if got := (Key{secret: "abc", body: "abc"}).Ends(); got != "abc" {
		t.Error(got)
	}
	if _, err := New(Key{}, Options{}); profile.CodeOf(err) != profile.NotConnected {
		t.Error(err)
	}
}

// A 429 that is not Cliniko's knows nothing of its limit: it delays the next
// request by a minute at most, whatever it asks for, and the message of a page
// does not blame Cliniko.
func TestAFiltersRateLimitIsNotClinikos(t *testing.T) {
	const day = "80000"
	reset := strconv.FormatInt(time.Now().Add(80_000*time.Second).Unix(), 10)
	for name, test := range map[string]struct {
		contentType, after, reset, body string
		code                            profile.Code
		longest                         time.Duration
	}{
		"a page":                   {"text/html", day, "", "<html>Web filter: too many requests</html>", profile.LoginPage, time.Minute},
		"a page of another type":   {"application/json", day, "", "\n<!DOCTYPE html>", profile.LoginPage, time.Minute},
		"a page with a reset":      {"text/html", "", reset, "<html>Too many requests</html>", profile.LoginPage, time.Minute},
		"a short wait":             {"text/html", "5", "", "<html>Too many requests</html>", profile.LoginPage, 5 * time.Second},
		"a text":                   {"text/plain", day, "", "Too many requests", profile.RateLimited, time.Minute},
		"nothing":                  {"", day, "", "", profile.RateLimited, time.Minute},
		"Cliniko's":                {"application/json", "", reset, `{"message":"Too many requests"}`, profile.RateLimited, 80_001 * time.Second},
		"Cliniko's, with no body":  {"", "", reset, "", profile.RateLimited, 80_001 * time.Second},
		"Cliniko's, with no reset": {"application/json", day, "", `{"message":"Too many requests"}`, profile.RateLimited, 80_000 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for field, value := range map[string]string{"Content-Type": test.contentType, "Retry-After": test.after, "X-RateLimit-Reset": test.reset} {
					if value != "" {
						w.Header().Set(field, value)
					}
				}
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, test.body)
			}))
			defer server.Close()
			key, err := ParseKey(testKey)
			if err != nil {
				t.Fatal(err)
			}
			var until time.Time
			c, err := New(key, Options{BaseURL: server.URL + "/v1", OnWait: func(end time.Time) { until = end }})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			began := time.Now()
			_, _, err = c.send(t.Context(), call{path: "/patients", urgent: true})
			if profile.CodeOf(err) != test.code || test.code == profile.LoginPage && strings.Contains(profile.MessageOf(err), "Cliniko has") {
				t.Errorf("%v: %s", err, profile.MessageOf(err))
			}
			if wait := until.Sub(began); wait < test.longest-2*time.Second || wait > test.longest+2*time.Second {
				t.Errorf("closed for %v, want %v", wait, test.longest)
			}
		})
	}
}
