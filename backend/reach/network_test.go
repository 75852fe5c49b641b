package reach

import (
	"io"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach/proxy"
)

var example = Service{Name: "The Example", Allowed: "*.example.com", Secret: "token", Trouble: "example_trouble",
	Because: func(code profile.Code, cause error) *profile.Error {
		return &profile.Error{Code: code, Message: "The Example: " + string(code), Cause: cause}
	}}

// A proxy script that could not be run is named if, and only if, the direct
// connection fails.
func TestProxyScriptIsNamed(t *testing.T) {
	n := New(example, time.Second)
	for s, code := range map[stage]profile.Code{
		preparing: profile.ProxyScript, dialling: profile.ProxyScript, securing: profile.ProxyScript, waiting: profile.Offline,
	} {
		err := n.Explain(t.Context(), &Trace{stage: s, route: proxy.Route{Script: "http://clinic.lan/proxy.pac"}}, "api.example.com", io.EOF)
		if profile.CodeOf(err) != code {
			t.Errorf("%d: %v", s, err)
		}
		const says = "This computer uses the proxy script http://clinic.lan/proxy.pac, which could not be run, and without it api.example.com cannot be reached. " +
			"Ask your IT person for the proxy's address, set HTTPS_PROXY to it, and start TeleHab again."
		if code == profile.ProxyScript && profile.MessageOf(err) != says {
			t.Errorf("%d: %q", s, profile.MessageOf(err))
		}
	}
}

// What a person reads names the service, what has to be allowed, and what was
// not sent.
func TestTheWordsOfTheService(t *testing.T) {
	n := New(example, time.Second)
	const says = "The connection to api.example.com was cut before it was secure, as a firewall does, so the token was not sent. Ask your IT person to allow *.example.com, port 443."
	if err := n.Explain(t.Context(), &Trace{stage: securing}, "api.example.com", io.EOF); profile.CodeOf(err) != profile.ConnectionBlocked || profile.MessageOf(err) != says {
		t.Errorf("%v: %q", err, profile.MessageOf(err))
	}
	if err := n.Explain(t.Context(), &Trace{stage: receiving}, "api.example.com", io.ErrUnexpectedEOF); profile.MessageOf(err) != "The Example: example_trouble" {
		t.Errorf("%v: %q", err, profile.MessageOf(err))
	}
	for reason, known := range plain {
		if filled := example.fill(known.sentence); strings.Contains(filled, "SERVICE") || strings.Contains(filled, "ALLOWED") || strings.Contains(filled, "SECRET") || strings.Contains(filled, "liniko") {
			t.Errorf("%d: %q", reason, filled)
		}
	}
}

// Only an address of this computer stands in place of a service's own.
func TestLoopback(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:8700/v1/":    "http://127.0.0.1:8700/v1",
		"http://[::1]:8700":            "http://[::1]:8700",
		"https://127.0.0.1:8700":       "",
		"http://localhost:8700":        "", // a name, which may be anything
		"http://example.com":           "",
		"http://127.0.0.1.example.com": "",
		"http://a:b@127.0.0.1":         "",
		"http://127.0.0.1?x":           "",
		"http://127.0.0.1/#x":          "",
		"http://0.0.0.0:8700":          "",
		"http://192.168.1.9":           "",
		"127.0.0.1:8700":               "",
		"":                             "",
		"http://127.0.0.1:8700/%zz":    "",
	} {
		u, err := Loopback("THE_VARIABLE", address, "http://127.0.0.1:1")
		if got := ""; err == nil {
			got = u.String()
			if got != want {
				t.Errorf("%q: %q", address, got)
			}
		} else if want != "" || !strings.Contains(err.Error(), "THE_VARIABLE") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestNoStrangerWritesOurSentences(t *testing.T) {
	if got := printable("A\u202eB\nC\x00\u200b"); got != "ABC" {
		t.Errorf("%q", got)
	}
	if got := printable(strings.Repeat("é", 500)); got != strings.Repeat("é", 120)+"…" {
		t.Errorf("%d", len(got))
	}
}
