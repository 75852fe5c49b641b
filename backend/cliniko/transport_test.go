package cliniko

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

// The documented defaults of the options.
func TestDefaults(t *testing.T) {
	key, err := ParseKey("MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		options        Options
		timeout, pause time.Duration
		userAgent      string
	}{
		{Options{}, 20 * time.Second, 500 * time.Millisecond, "TeleHab Desktop/0.0.0 (support@vald.com)"},
		{Options{Timeout: time.Minute, Pause: time.Second, Version: "1.2.3"}, time.Minute, time.Second, "TeleHab Desktop/1.2.3 (support@vald.com)"},
	} {
		client, err := New(key, test.options)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if client.network.HTTP.Timeout != test.timeout || client.retry.pause != test.pause || client.userAgent != test.userAgent {
			t.Errorf("%+v: timeout %s, pause %s, %q", test.options, client.network.HTTP.Timeout, client.retry.pause, client.userAgent)
		}
	}
}

// The key is sent over verified TLS, in a secure version.
func TestTLSIsVerified(t *testing.T) {
	reached := false
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	defer server.Close()
	key, err := ParseKey("MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1")
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(key, Options{Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if client.base.Scheme != "https" || client.base.Host != "api.au1.cliniko.com" {
		t.Errorf("the key would go to %s", client.base)
	}
	transport := client.network.HTTP.Transport.(*http.Transport)
	if transport.TLSClientConfig.MinVersion < tls.VersionTLS12 || transport.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("%+v", transport.TLSClientConfig)
	}
	if client.base, err = url.Parse(server.URL); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Clinic(t.Context()); profile.CodeOf(err) != profile.CertificateUntrusted || reached {
		t.Errorf("a certificate that nobody signed: %v", err)
	}
}

// Notes, Medicare numbers, addresses, alerts and the clinic's custom fields are
// dropped in decoding.
func TestOnlyWhatIsNeededIsDecoded(t *testing.T) {
	raw := `{"id":"1","created_at":"2024-01-02T03:04:05Z","updated_at":"2024-01-02T03:04:05Z","first_name":"Kept",
		"notes":"CANARY","appointment_notes":"CANARY","medicare":"CANARY","medicare_reference_number":"CANARY","dva_card_number":"CANARY",
		"address_1":"CANARY","city":"CANARY","post_code":"CANARY","occupation":"CANARY","emergency_contact":"CANARY","referral_source":"CANARY",
		"old_reference_id":"CANARY","invoice_extra_information":"CANARY","custom_fields":{"sections":[{"name":"CANARY"}]}}`
	record := decodeRecord([]byte(raw))
	if record.Err != nil || record.Patient.FirstName != "Kept" {
		t.Fatalf("%v", record.Err)
	}
	for _, value := range []reflect.Value{reflect.ValueOf(record.Patient), reflect.ValueOf(record.Patient.Details)} {
		for i := range value.NumField() {
			if field := value.Field(i); field.Kind() == reflect.String && strings.Contains(field.String(), "CANARY") {
				t.Errorf("%s is kept", value.Type().Field(i).Name)
			}
		}
	}
}
