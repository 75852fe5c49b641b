package runner_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/workspace"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }

// The one test on the real clock: a real workspace, with its keyring.
func TestOfAWorkspace(t *testing.T) {
	fake := fakeclinic.New(small)
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	opened, err := workspace.Open(t.Context(), workspace.Options{Dir: leaktest.Dir(t, fake), ClinikoURL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	here := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	w := runner.Of(opened, func() time.Time { return here })
	if store, err := w.Store(t.Context()); store != nil || profile.CodeOf(err) != profile.NotConnected {
		t.Errorf("without a clinic: %v, %v", store, err)
	}
	if now := w.ClinicTime(t.Context()); !now.Equal(here) {
		t.Errorf("before Cliniko has told the time: %v", now)
	}
	if _, err := opened.Connect(t.Context(), fake.Key()); err != nil {
		t.Fatal(err)
	}
	engine, err := w.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pass, err := engine.Full(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if last, err := store.LastGood(t.Context()); err != nil || last.ID != pass.ID || last.Counts.Read != 150 {
		t.Errorf("%+v, %v", last, err)
	}
}
