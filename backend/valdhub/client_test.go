package valdhub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/contract"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// A closed client leaves no goroutine.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var harbour = fakehub.TenantID(1)

// clientOf returns a client of a Hub over real HTTP, where every request has to
// obey the contract.
func clientOf(t *testing.T, hub http.Handler, change ...func(*valdhub.Options)) *valdhub.Client {
	t.Helper()
	server, err := fakehubServer(hub, contract.Requests(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	credentials, err := valdhub.NewCredentials(fakehub.ClientID, fakehub.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	o := valdhub.Options{Address: server.URL, Every: 1, Pause: 1}
	for _, each := range change {
		each(&o)
	}
	c, err := valdhub.New(credentials, valdhub.Regions[0], o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func fakehubServer(hub http.Handler, around ...func(http.Handler) http.Handler) (*fakehub.Server, error) {
	return fakehub.New(fakehub.Options{}).Start(append([]func(http.Handler) http.Handler{func(http.Handler) http.Handler { return hub }}, around...)...)
}

func wantError(t *testing.T, err error, code profile.Code, says string) {
	t.Helper()
	if profile.CodeOf(err) != code || !strings.HasPrefix(profile.MessageOf(err), says) {
		t.Errorf("%s: %q, want %s: %q", profile.CodeOf(err), profile.MessageOf(err), code, says)
	}
}

func always(f fakehub.Fault) func(fakehub.Request) fakehub.Fault {
	return func(r fakehub.Request) fakehub.Fault {
		if r.Path == "/oauth/token" {
			return fakehub.Fault{}
		}
		return f
	}
}

// once is a fault of the first request that is not for a token.
func once(f fakehub.Fault) func(fakehub.Request) fakehub.Fault {
	gone := false
	return func(r fakehub.Request) fakehub.Fault {
		if gone || r.Path == "/oauth/token" {
			return fakehub.Fault{}
		}
		gone = true
		return f
	}
}

func TestTenants(t *testing.T) {
	hub := fakehub.New(fakehub.Options{Tenants: []fakehub.Tenant{{ID: fakehub.TenantID(1), Name: "Harbour Physio"}, {ID: fakehub.TenantID(2), Name: "Bay"}}})
	got, err := clientOf(t, hub).Tenants(t.Context())
	want := []valdhub.Tenant{{ID: "7e000000-0000-4000-8000-000000000001", Name: "Harbour Physio"}, {ID: "7e000000-0000-4000-8000-000000000002", Name: "Bay"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// A token is used for all requests until a minute before its end, and asked for
// again where VALD Hub does not accept it any more.
func TestTheToken(t *testing.T) {
	tokens := func(hub *fakehub.Hub) (n int) {
		for _, r := range hub.Requests() {
			if r.Path == "/oauth/token" {
				n++
			}
		}
		return n
	}
	for _, test := range []struct {
		name      string
		good      time.Duration
		revoke    bool
		want, all int
	}{
		{"an hour", time.Hour, false, 1, 4},
		{"just over a minute", 75 * time.Second, false, 1, 4},
		{"just under a minute", 59 * time.Second, false, 3, 6},
		{"revoked", time.Hour, true, 3, 8}, // two of three reads meet a revoked one
	} {
		t.Run(test.name, func(t *testing.T) {
			hub := fakehub.New(fakehub.Options{TokenFor: test.good})
			c := clientOf(t, hub)
			for range 3 {
				if _, err := c.Tenants(t.Context()); err != nil {
					t.Fatal(err)
				}
				if test.revoke {
					hub.RevokeTokens()
				}
			}
			if got := tokens(hub); got != test.want || c.Requests() != test.all {
				t.Errorf("%d tokens, want %d; %d requests, want %d", got, test.want, c.Requests(), test.all)
			}
		})
	}
}

// Every refusal has its code, and a sentence with what to do.
func TestRefusals(t *testing.T) {
	const tooMuch = "VALD Hub has received many requests and asks TeleHab to "
	for _, test := range []struct {
		name  string
		fault fakehub.Fault
		code  profile.Code
		says  string
	}{
		{"401", fakehub.Fault{Kind: fakehub.Refused, Status: 401}, profile.HubRefused, "VALD Hub does not accept the client ID and the client secret. Copy both again"},
		{"403", fakehub.Fault{Kind: fakehub.Refused, Status: 403}, profile.HubForbidden, "VALD Hub accepts the client ID, but does not let it do this for this organisation. Ask support@vald.com"},
		{"404", fakehub.Fault{Kind: fakehub.Refused, Status: 404}, profile.NotFound, "VALD Hub has no such profile in this organisation."},
		{"409", fakehub.Fault{Kind: fakehub.Refused, Status: 409}, profile.HubRejected, "VALD Hub did not accept a request of TeleHab."},
		{"400 about the tenant", fakehub.Fault{Kind: fakehub.Rejected, Errors: map[string][]string{"TenantId": {"no"}}}, profile.HubRejected, "VALD Hub did not accept what TeleHab sent, because of the organisation."},
		{"400 without a reason", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 400, Body: `[]`}, profile.HubRejected, "VALD Hub did not accept a request of TeleHab."},
		{"429 for long", fakehub.Fault{Kind: fakehub.TooMany, Wait: time.Hour}, profile.RateLimited, tooMuch + "send no more until "},
		{"429", fakehub.Fault{Kind: fakehub.TooMany}, profile.RateLimited, tooMuch + "wait. Try again in a few minutes."},
		{"500", fakehub.Fault{Kind: fakehub.Refused, Status: 500}, profile.HubTrouble, "VALD Hub has trouble answering right now."},
		{"503", fakehub.Fault{Kind: fakehub.Refused, Status: 503}, profile.HubTrouble, "VALD Hub has trouble answering right now."},
		{"a good status that is not declared", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 202, Body: `{}`}, profile.HubTrouble, "VALD Hub has trouble answering right now."},
		{"not JSON", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `hello`}, profile.HubTrouble, "VALD Hub has trouble answering right now."},
		{"another type", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `{"profiles":[{"profileId":7}]}`}, profile.HubTrouble, "VALD Hub has trouble"},
		{"an id that is none", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `{"profiles":[{"profileId":"../tenants"}]}`}, profile.HubTrouble, "VALD Hub has trouble"},
		{"no id", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `{"profiles":[{}]}`}, profile.HubTrouble, "VALD Hub has trouble"},
		{"a redirect", fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 302, Body: `{}`}, profile.LoginPage, "A web page came instead of VALD Hub's data"},
		{"a web page", fakehub.Fault{Kind: fakehub.LoginPage}, profile.LoginPage, "A web page came instead of VALD Hub's data"},
		{"a lost connection", fakehub.Fault{Kind: fakehub.LostBefore}, profile.Offline, "The connection to 127.0.0.1 broke before the answer was complete."},
	} {
		t.Run(test.name, func(t *testing.T) {
			hub := fakehub.New(fakehub.Options{})
			hub.SetFaults(always(test.fault))
			_, err := clientOf(t, hub).Profiles(t.Context(), harbour)
			wantError(t, err, test.code, test.says)
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "harbour-secret") {
				t.Error("the secret is in the error")
			}
		})
	}
}

// The address of the token refuses, too.
func TestRefusalsOfTheToken(t *testing.T) {
	for status, want := range map[int]profile.Code{400: profile.HubRefused, 401: profile.HubRefused, 403: profile.HubRefused, 429: profile.RateLimited,
		500: profile.HubTrouble, 200: profile.HubTrouble, 302: profile.LoginPage} {
		hub := fakehub.New(fakehub.Options{})
		hub.SetFaults(func(fakehub.Request) fakehub.Fault {
			return fakehub.Fault{Kind: fakehub.OtherAnswer, Status: status, Body: `{"error":"access_denied","error_description":"harbour-secret-4711 is wrong"}`}
		})
		_, err := clientOf(t, hub).Tenants(t.Context())
		if profile.CodeOf(err) != want || strings.Contains(fmt.Sprint(err), "4711") {
			t.Errorf("%d: %v", status, err)
		}
	}
	hub := fakehub.New(fakehub.Options{})
	hub.SetFaults(func(fakehub.Request) fakehub.Fault { return fakehub.Fault{Kind: fakehub.LostBefore} })
	_, err := clientOf(t, hub).Tenants(t.Context())
	wantError(t, err, profile.Offline, "The connection to 127.0.0.1 broke")
}

// What only reads is tried again where that may help, for as long as VALD Hub
// asks.
func TestReadsAreTriedAgain(t *testing.T) {
	for name, fault := range map[string]fakehub.Fault{
		"500": {Kind: fakehub.Refused, Status: 500}, "lost": {Kind: fakehub.LostBefore}, "429": {Kind: fakehub.TooMany},
	} {
		hub := fakehub.New(fakehub.Options{})
		hub.SetFaults(once(fault))
		if got, err := clientOf(t, hub).Tenants(t.Context()); err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	hub := fakehub.New(fakehub.Options{})
	hub.SetFaults(once(fakehub.Fault{Kind: fakehub.TooMany, Wait: time.Second}))
	if _, err := clientOf(t, hub).Tenants(t.Context()); err != nil {
		t.Fatal(err)
	}
	if log := hub.Requests(); len(log) != 3 || log[2].At.Sub(log[1].At) < time.Second {
		t.Errorf("asked again too early: %v", log)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clientOf(t, fakehub.New(fakehub.Options{})).Tenants(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// The credentials print themselves nowhere.
func TestCredentials(t *testing.T) {
	c, err := valdhub.NewCredentials(" harbour-client\r\n", "\u200bharbour-\nsecret-4711 ")
	if err != nil {
		t.Fatal(err)
	}
	if id, secret := c.Reveal(); id != "harbour-client" || secret != "harbour-secret-4711" {
		t.Errorf("%q %q", id, secret)
	}
	inJSON, err := json.Marshal(map[string]any{"c": c})
	if said := fmt.Sprintf("%v %+v %#v %s %q %x %s", c, c, c, c, c, c, inJSON); err != nil || strings.Contains(said, "harbour") || strings.Contains(said, "4711") {
		t.Errorf("%s, %v", said, err)
	}
	for _, bad := range [][2]string{{"", "x"}, {"x", " "}, {strings.Repeat("x", 513), "x"}, {"x", strings.Repeat("x", 513)}} {
		if _, err := valdhub.NewCredentials(bad[0], bad[1]); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%.9q: %v", bad, err)
		}
	}
}
