package valdhub

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// The addresses are those that VALD publishes, for each region.
func TestAddresses(t *testing.T) {
	for code, want := range map[string][3]string{
		"au": {"https://auth.prd.vald.com/oauth/token", "https://prd-aue-api-externaltenants.valdperformance.com", "https://prd-aue-api-externalprofile.valdperformance.com"},
		"us": {"https://auth.prd.vald.com/oauth/token", "https://prd-use-api-externaltenants.valdperformance.com", "https://prd-use-api-externalprofile.valdperformance.com"},
		"eu": {"https://auth.prd.vald.com/oauth/token", "https://prd-euw-api-externaltenants.valdperformance.com", "https://prd-euw-api-externalprofile.valdperformance.com"},
	} {
		r, err := ParseRegion(" " + strings.ToUpper(code))
		if err != nil {
			t.Fatal(err)
		}
		at, err := addressesOf(r, "")
		if got := [3]string{at.token.String(), at.tenants.String(), at.profiles.String()}; err != nil || got != want {
			t.Errorf("%s: %v, %v", code, got, err)
		}
	}
	if _, err := ParseRegion("mars"); profile.MessageOf(err) != "VALD Hub has no such region. Choose au for Australia (East), us for United States (East) or eu for Europe (West)." {
		t.Errorf("%v", err)
	}
	if _, err := addressesOf(Region{}, ""); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("no region: %v", err)
	}
}

// With an address of this computer the client knows no other, and every part of
// the API is there. Any other address is refused.
func TestNoHostOfVALDWithALoopbackAddress(t *testing.T) {
	for _, refused := range []string{"http://example.com", "https://127.0.0.1", "http://localhost:1", "http://auth.prd.vald.com", "127.0.0.1:1"} {
		if _, err := New(Credentials{"a", "b"}, Regions[0], Options{Address: refused}); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%s: %v", refused, err)
		}
	}
	for _, region := range Regions {
		c, err := New(Credentials{"a", "b"}, region, Options{Address: "http://127.0.0.1:8710/", Pause: 1, Every: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got := c.at.token.String() + " " + c.at.tenants.String() + " " + c.at.profiles.String(); got != "http://127.0.0.1:8710/oauth/token http://127.0.0.1:8710 http://127.0.0.1:8710" {
			t.Error(got)
		}
		dialled := map[string]bool{}
		c.network.HTTP.Transport.(*http.Transport).DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
			dialled[address] = true
			return nil, errors.New("not from a test")
		}
		_, _ = c.Tenants(t.Context())
		_, _ = c.Profiles(t.Context(), "x")
		_ = c.Import(t.Context(), Import{})
		if len(dialled) != 1 || !dialled["127.0.0.1:8710"] {
			t.Errorf("%s dials %v", region.Code, dialled)
		}
	}
}
