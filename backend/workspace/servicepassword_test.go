package workspace

import (
	"context"
	"errors"
	"io/fs"
	"net/http/httptest"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A service with a keyring of its own opens the store by the password there, and
// by nothing of the person's.
func TestAServiceWithAKeyringOfItsOwn(t *testing.T) {
	ctx := t.Context()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 5})
	server := httptest.NewServer(clinic)
	t.Cleanup(server.Close)
	person := Options{Dir: t.TempDir(), ClinikoURL: server.URL + "/v1"}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(ctx)
		if err := errors.Join(Purge(ctx, person), ForgetServicePassword(ctx)); err != nil {
			t.Error(err)
		}
	})
	w, err := Open(ctx, person)
	if err == nil {
		_, err = w.Connect(ctx, clinic.Key())
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	service := person
	service.ServicePassword = ServicePassword
	cannot := func(when string) {
		t.Helper()
		if w, err := Open(ctx, service); profile.CodeOf(err) != profile.KeyringMissing {
			t.Fatalf("%s: %v", when, errors.Join(err, w.Close()))
		}
	}
	cannot("not installed")
	password, err := CopyForService(ctx, person)
	if err != nil {
		t.Fatal(err)
	}
	cannot("the password was not handed over")
	if err := KeepServicePassword(ctx, password); err != nil {
		t.Fatal(err)
	}
	if w, err = Open(ctx, service); err != nil {
		t.Fatalf("the password was handed over: %v", err)
	}
	_, err = w.Engine(ctx) // which has the API key
	if err = errors.Join(err, w.Close()); err != nil {
		t.Errorf("the clinic: %v", err)
	}
	for range 2 { // there is nothing to forget the second time
		if err := ForgetServicePassword(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ServicePassword(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the password: %v", err)
	}
	cannot("removed")
	if w, err = Open(ctx, person); err != nil {
		t.Fatalf("the person's own keyring: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
