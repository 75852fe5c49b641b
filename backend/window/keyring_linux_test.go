package window

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring/keyringtest"
)

// Settings says whether the real keyring that has the keys has no password.
func TestSettingsSayThatTheKeyringHasNoPassword(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 73, Patients: 1})
	f.signUpAndConnect()
	if view, err := f.app.Security.Keyring(); err != nil || view.Unprotected {
		t.Errorf("with a password: %+v, %v", view, err)
	}
	keyringtest.WithoutPassword(t)
	view, err := f.app.Security.Keyring()
	if err != nil || !view.Unprotected {
		t.Errorf("without: %+v, %v", view, err)
	}
}

// The keyring locks once Disconnect has erased the clients, before it has
// replaced the store's key: another program that reads keeps the rewriting of
// the file waiting until then. All that needs no keyring is done, the page
// hears of it, and the next try does the rest.
func TestTheKeyringLocksWhileDisconnectErases(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 70, Patients: 120})
	logs := 0
	f.computer.EraseLogs = func() error { logs++; return nil }
	f.signUpAndConnect()
	f.imported()
	before, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite3", f.store())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	reader, err := raw.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var clinics int
	if err := reader.QueryRow("SELECT count(*) FROM clinic").Scan(&clinics); err != nil || clinics != 1 {
		t.Fatal(clinics, err)
	}
	type answer struct {
		Erasure
		error
	}
	answered := make(chan answer, 1)
	go func() { erased, err := f.app.Integration.Disconnect(password); answered <- answer{erased, err} }()
	f.waitFor("the clinic to be erased", func(AppState) bool {
		return raw.QueryRow("SELECT count(*) FROM clinic").Scan(&clinics) == nil && clinics == 0
	})
	unlock := keyringtest.Lock(t)
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	erased := <-answered
	if erased.error != nil || erased.Problem == nil || erased.Problem.Code != "keyring_locked" || !strings.Contains(erased.Problem.Message, "clients were erased") {
		t.Fatalf("%+v, %v", erased.Problem, erased.error)
	}
	if erased.Profiles < 100 || erased.State.Clinic != nil || erased.State.Generation <= before.Generation {
		t.Errorf("the page is told of %d profiles, %+v, generation %d", erased.Profiles, erased.State.Clinic, erased.State.Generation)
	}
	if page := f.page(ProfileQuery{Limit: 200}); page.Matched != 0 {
		t.Errorf("%d names are left in memory", page.Matched)
	}
	if _, err := os.Stat(filepath.Join(f.o.DataDir(), "erase-webview")); err != nil || logs != 1 {
		t.Errorf("the log was erased %d times; the web view's mark: %v", logs, err)
	}
	unlock()
	again, err := f.app.Integration.Disconnect(password)
	if err != nil || again.Problem != nil {
		t.Errorf("the second try: %+v, %v", again.Problem, err)
	}
	f.app.close()
	f.start() // with the fresh key
	if state, err := f.app.People.SignIn(email, password); err != nil || state.Clinic != nil || state.Keyring != nil {
		t.Errorf("%+v, %v", state, err)
	}
}
