package workspace

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// connectedTo returns an open workspace of a connected clinic, its keyring, and
// the name under which that keeps the access to VALD Hub.
func connectedTo(t *testing.T, hub *fakehub.Hub) (w *Workspace, keys *keyring.Keyring, name string) {
	t.Helper()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 3})
	server, err := clinic.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	there, err := hub.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	keys = keyring.Memory()
	w, err = open(t.Context(), Options{Dir: t.TempDir(), ClinikoURL: server.URL(), ValdURL: there.URL, HashCost: account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}}, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if _, err := w.Connect(t.Context(), clinic.Key()); err != nil {
		t.Fatal(err)
	}
	return w, keys, w.at.name(hubAccess)
}

func connectHub(t *testing.T, w *Workspace, before func()) (HubConnection, error) {
	t.Helper()
	return w.ConnectHub(t.Context(), "eu", fakehub.ClientID, fakehub.ClientSecret, func(found []Organisation) (string, error) {
		before()
		return found[0].ID, nil
	})
}

// The access is one clinic's: what the keyring has of another one, or of nobody,
// is not used.
func TestTheAccessToVALDHubIsOneClinics(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	w, keys, name := connectedTo(t, hub)
	want := HubConnection{Organisation{fakehub.TenantID(1), "Harbour Physio"}, "eu"}
	if got, err := connectHub(t, w, func() {}); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := w.Hub(t.Context()); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	value, _, err := keys.Get(t.Context(), name)
	if err != nil || !strings.Contains(string(value), `"account":"4000001"`) {
		t.Fatalf("%s, %v", value, err)
	}
	before := len(hub.Requests())
	for _, other := range []string{strings.Replace(string(value), "4000001", "4000002", 1), "{", `{"account":""}`} {
		if err := keys.Set(t.Context(), name, []byte(other)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Hub(t.Context()); profile.CodeOf(err) != profile.HubNotConnected || w.HubAbsent(t.Context()) {
			t.Errorf("%s: %v", other, err)
		}
		if _, _, err := w.CompareHub(t.Context(), nil, true, nil); profile.CodeOf(err) != profile.HubNotConnected {
			t.Errorf("%s: %v", other, err)
		}
	}
	if got := len(hub.Requests()); got != before {
		t.Errorf("%d requests with the access of another clinic", got-before)
	}
}

// A clinic that is disconnected while a person chooses leaves no access.
func TestNoAccessToVALDHubWithoutTheClinic(t *testing.T) {
	w, keys, name := connectedTo(t, fakehub.New(fakehub.Options{}))
	_, err := connectHub(t, w, func() {
		if _, err := w.Disconnect(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if profile.CodeOf(err) != profile.NotConnected {
		t.Errorf("%v", err)
	}
	if _, found, err := keys.Get(t.Context(), name); found || err != nil {
		t.Errorf("the access is left: %v, %v", found, err)
	}
}

// What does not fit in the keyring of every system is made to, or refused.
func TestTheAccessToVALDHubFits(t *testing.T) {
	long := strings.Repeat("<", 512)
	id, first := strings.Repeat("x", 400), func(found []Organisation) (string, error) { return found[0].ID, nil }
	w, keys, name := connectedTo(t, fakehub.New(fakehub.Options{ClientID: id, Tenants: []fakehub.Tenant{{ID: fakehub.TenantID(1), Name: strings.Repeat("<", 500)}}}))
	if _, err := w.ConnectHub(t.Context(), "eu", id, fakehub.ClientSecret, first); err != nil {
		t.Fatal(err)
	}
	if value, _, err := keys.Get(t.Context(), name); err != nil || len(value) > keyring.MaxValue {
		t.Errorf("%d bytes, %v", len(value), err)
	}
	if got, err := w.Hub(t.Context()); err != nil || got.ID != fakehub.TenantID(1) || got.Name != "" {
		t.Errorf("%+v, %v", got, err)
	}
	w, keys, name = connectedTo(t, fakehub.New(fakehub.Options{ClientID: long, ClientSecret: long}))
	_, err := w.ConnectHub(t.Context(), "eu", long, long, first)
	if _, found, _ := keys.Get(t.Context(), name); profile.CodeOf(err) != profile.Invalid || found {
		t.Errorf("%v, %v", found, err)
	}
}
