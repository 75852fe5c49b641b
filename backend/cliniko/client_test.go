package cliniko_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/contract"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

func start(t *testing.T, o fakeclinic.Options) (*fakeclinic.Clinic, *cliniko.Client) {
	t.Helper()
	fake := fakeclinic.New(o)
	server, err := fake.Start("127.0.0.1:0", contract.Requests(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return fake, client(t, fake.Key(), cliniko.Options{BaseURL: server.URL()})
}

// The end of a key is easily left out when it is copied.
func TestARefusedKeyWithoutItsEnd(t *testing.T) {
	const missing = "Newer keys end with a region, such as -au1, and this one does not, so its end may be missing."
	fake := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 1})
	server, err := fake.Start("127.0.0.1:0", contract.Requests(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for key, said := range map[string]bool{"MS0xLW5vdHRoZWNsaW5pY3NrZXk": true, "MS0xLW5vdHRoZWNsaW5pY3NrZXk-au1": false} {
		_, err := client(t, key, cliniko.Options{BaseURL: server.URL()}).Clinic(t.Context())
		if profile.CodeOf(err) != profile.KeyRefused || strings.Contains(profile.MessageOf(err), missing) != said {
			t.Errorf("%s: %v, %q", key, err, profile.MessageOf(err))
		}
	}
}

func client(t *testing.T, key string, o cliniko.Options) *cliniko.Client {
	t.Helper()
	parsed, err := cliniko.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	o.Pause = time.Millisecond
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	c, err := cliniko.New(parsed, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestClinic(t *testing.T) {
	fake, c := start(t, fakeclinic.Options{Patients: 10, PatientTerm: "client"})
	clinic, err := c.Clinic(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if clinic.AccountID != fake.AccountID() || clinic.Name != "Harbour Physio" || clinic.OwnerName != "Dana Smith" ||
		clinic.OwnerRole != "administrator" || clinic.Patients != "client" || clinic.Shard != "au1" || clinic.Country != "AU" {
		t.Errorf("%+v", clinic)
	}
	if address := clinic.WebAddress(); address != "https://harbour-physio.au1.cliniko.com" {
		t.Error(address)
	}
}

// Every refusal has its own code, and a sentence with a next step.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		fault fakeclinic.Fault
		code  profile.Code
	}{
		{fakeclinic.Fault{Kind: fakeclinic.Unauthorized}, profile.KeyRefused},
		{fakeclinic.Fault{Kind: fakeclinic.Forbidden}, profile.KeyForbidden},
		{fakeclinic.Fault{Kind: fakeclinic.LoginPage}, profile.LoginPage},
		{fakeclinic.Fault{Kind: fakeclinic.Redirect}, profile.LoginPage},
		{fakeclinic.Fault{Kind: fakeclinic.ServerError}, profile.ClinicTrouble},
		{fakeclinic.Fault{Kind: fakeclinic.NoContent}, profile.ClinicTrouble},
		{fakeclinic.Fault{Kind: fakeclinic.CutBody}, profile.ClinicTrouble},
		{fakeclinic.Fault{Kind: fakeclinic.BadGzip}, profile.ClinicTrouble},
		{fakeclinic.Fault{Kind: fakeclinic.HugeBody, Size: 20 << 20}, profile.AnswerTooLarge},
		{fakeclinic.Fault{Kind: fakeclinic.Hang}, profile.TimedOut},
	} {
		t.Run(string(test.fault.Kind), func(t *testing.T) {
			t.Parallel()
			fake, c := start(t, fakeclinic.Options{Patients: 10})
			fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return test.fault })
			_, err := c.Clinic(t.Context())
			if profile.CodeOf(err) != test.code {
				t.Fatalf("%v, want %s", err, test.code)
			}
			if message := profile.MessageOf(err); !strings.Contains(message, ". ") && !strings.Contains(message, ";") {
				t.Errorf("no next step: %q", message)
			}
			for _, secret := range []string{fake.Key(), "per_page", "q%5B%5D"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error shows %q", secret)
				}
			}
		})
	}
}

// A web page with the status 404 comes from something in between, and says
// nothing about a client: mistaken for Cliniko's answer it would delete one.
func TestWebPageIsNoProofThatAClientIsGone(t *testing.T) {
	for body, want := range map[string]profile.Code{
		"<html>no such site</html>":                               profile.LoginPage,
		`{"message":"The requested resource could not be found"}`: profile.NotFound,
		"": profile.NotFound,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(server.Close)
		c := client(t, "MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1", cliniko.Options{BaseURL: server.URL + "/v1"})
		if _, err := c.Patient(t.Context(), "1"); profile.CodeOf(err) != want {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestWrongKey(t *testing.T) {
	fake, _ := start(t, fakeclinic.Options{Patients: 10})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	c := client(t, "MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1", cliniko.Options{BaseURL: server.URL()})
	if _, err := c.Clinic(t.Context()); profile.CodeOf(err) != profile.KeyRefused {
		t.Error(err)
	}
	if n := c.Requests(); n != 1 {
		t.Errorf("a refused key was tried %d times", n)
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	c := client(t, "MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1", cliniko.Options{BaseURL: "http://" + address + "/v1"})
	if _, err := c.Clinic(t.Context()); profile.CodeOf(err) != profile.ConnectionBlocked {
		t.Error(err)
	}
}

func TestWaitsAsLongAsCliniko(t *testing.T) {
	fake, _ := start(t, fakeclinic.Options{Patients: 10})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	var told atomic.Int64
	c := client(t, fake.Key(), cliniko.Options{BaseURL: server.URL(), OnWait: func(until time.Time) { told.Store(until.UnixNano()) }})
	fake.SetFaults(fakeclinic.OnRequest(1, fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: time.Second}))
	if _, err := c.Patients(t.Context(), profile.Query{}); err != nil {
		t.Fatal(err)
	}
	requests := fake.Requests()
	if len(requests) != 2 || requests[1].At.Sub(requests[0].At) < time.Second {
		t.Errorf("%d requests", len(requests))
	}
	if told.Load() == 0 {
		t.Error("nobody was told")
	}
}

// Another program of the clinic may use up the limit for minutes: a page of a
// pass does not fail, however often it is told to wait.
func TestWaitingIsNoFault(t *testing.T) {
	t.Parallel()
	fake, c := start(t, fakeclinic.Options{Patients: 10})
	fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		if r.N <= 6 { // more than the attempts of a failing request
			return fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: time.Millisecond, Skew: -time.Hour}
		}
		return fakeclinic.Fault{}
	})
	if _, err := c.Patients(t.Context(), profile.Query{}); err != nil {
		t.Error(err)
	}
}

func TestKeyGoesNowhereElse(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(elsewhere.Close)
	fake, c := start(t, fakeclinic.Options{Patients: 300})
	for _, kind := range []fakeclinic.Kind{fakeclinic.Redirect, fakeclinic.ForeignNext} {
		fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault {
			return fakeclinic.Fault{Kind: kind, Location: elsewhere.URL}
		})
		_, _ = c.Patients(t.Context(), profile.Query{}) // only the destination matters
	}
	if reached.Load() {
		t.Error("followed an address that Cliniko's answer named")
	}
}

func TestOnlyLoopbackReplacesCliniko(t *testing.T) {
	key, err := cliniko.ParseKey("MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1")
	if err != nil {
		t.Fatal(err)
	}
	for address, good := range map[string]bool{
		"http://127.0.0.1:8700/v1": true, "http://[::1]:8700/v1": true, "http://127.9.9.9/v1/": true,
		"http://example.com/v1": false, "https://127.0.0.1/v1": false, "http://localhost.evil.com/v1": false, "http://10.0.0.1/v1": false,
		"http://127.0.0.1@evil.com/v1": false, "http://127.0.0.1.evil.com/": false, "http://0.0.0.0/v1": false, "file:///etc": false,
		"http://user:pass@127.0.0.1/v1": false, "http://127.0.0.1/v1?x=1": false, "127.0.0.1:8700": false,
	} {
		if _, err := cliniko.New(key, cliniko.Options{BaseURL: address}); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	fake, c := start(t, fakeclinic.Options{Patients: 10})
	ctx, cancel := context.WithCancel(t.Context())
	hangs := func(fakeclinic.Request) fakeclinic.Fault {
		cancel()
		return fakeclinic.Fault{Kind: fakeclinic.Hang}
	}
	fake.SetFaults(hangs)
	// The clinic never answers, and this is far less than the client's timeout.
	if _, err := c.Patients(ctx, profile.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
