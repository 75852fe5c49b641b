package workspace

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

func TestPatientURL(t *testing.T) {
	for subdomain, want := range map[string]string{
		"harbour-physio": "https://harbour-physio.au2.cliniko.com/patients/123",
		"":               "", // Cliniko did not say
	} {
		w, err := open(t.Context(), Options{Dir: t.TempDir()}, keyring.Memory())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.db().Connect(t.Context(), profile.Clinic{AccountID: "1", Name: "Harbour Physio", Subdomain: subdomain, Shard: "au2"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		got, err := w.PatientURL(t.Context(), "123")
		if got != want || (want == "") != (profile.CodeOf(err) == profile.NotFound) {
			t.Errorf("%q: %q, %v", subdomain, got, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
