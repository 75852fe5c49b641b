package command_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/workspace"
)

// separateClinic sets up a computer with a clinic, and with another that has data
// of its own and is the one that is used. Both were synced. run is runsTo.
func separateClinic(t *testing.T) (data string, run func(want int, in string, args ...string) string) {
	t.Helper()
	fake := fakeclinic.New(fakeclinic.Options{Seed: 4, Patients: 10, Shares: new(fakeclinic.CleanShares())})
	other := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 10, AccountID: "4000777", Name: "Bay Street Clinic", Subdomain: "bay-street", Shares: new(fakeclinic.CleanShares())})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, _, _ := r.BasicAuth(); key == other.Key() {
			other.ServeHTTP(w, r)
			return
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	data = t.TempDir()
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL+"/v1")
	t.Setenv("TELEHAB_DATA_DIR", data)
	t.Setenv("TELEHAB_PASSWORD", password)
	run = runsTo(t)
	run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	run(0, fake.Key(), "connect", "--as", "dana@example.com")
	run(0, "", "sync")
	options := quick()
	w, err := workspace.OpenCurrent(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	people, err := w.Accounts.List(t.Context())
	if err == nil {
		err = workspace.ClinicsOf(options).StartSeparate(t.Context(), w, other.Key(), people[0].ID)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	run(0, "", "sync")
	return data, run
}

// A clinic that has data of its own goes as a whole, after a question that says
// so, and only while no window has it open.
func TestDisconnectOfASeparateClinic(t *testing.T) {
	data, run := separateClinic(t)
	as := []string{"--as", "dana@example.com"}
	inbox, first, err := handover.Listen(data) // as an open window does
	if err != nil || !first {
		t.Fatal(first, err)
	}
	if said := run(1, "yes\n", append([]string{"disconnect"}, as...)...); !strings.Contains(said, "TeleHab is open. Close it, then try again. (store_busy)") {
		t.Errorf("beside a window: %s", said)
	}
	if err := inbox.Close(); err != nil {
		t.Fatal(err)
	}
	const question = "This erases the API key and all clients of Bay Street Clinic, and the people and the audit trail of this clinic, from this computer."
	if said := run(1, "no\n", append([]string{"disconnect"}, as...)...); !strings.Contains(said, question) || !strings.Contains(said, "Nothing was erased.") {
		t.Errorf("the question: %s", said)
	}
	folder := filepath.Join(data, "clinics", "4000777")
	if _, err := os.Stat(filepath.Join(folder, "telehab.db")); err != nil {
		t.Fatalf("after no: %v", err)
	}
	if said := run(0, "yes\n", append([]string{"disconnect"}, as...)...); !strings.Contains(said, "The people and the audit trail of this clinic went with its folder.") {
		t.Errorf("%s", said)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
	if said := run(0, "", "status"); !strings.Contains(said, "Harbour Physio") {
		t.Errorf("the first clinic afterwards: %s", said)
	}
}

// Whoever disconnects the first clinic still has the other one, and is told so.
func TestDisconnectTellsOfTheOtherClinic(t *testing.T) {
	_, run := separateClinic(t)
	if said := run(0, "", "status"); !strings.Contains(said, "Harbour Physio is on this computer as well. Switch to it in the window.\n") {
		t.Errorf("beside the first one: %s", said)
	}
	if err := workspace.ClinicsOf(quick()).Use(""); err != nil {
		t.Fatal(err)
	}
	const other = "Bay Street Clinic is on this computer as well. Switch to it in the window.\n"
	if said := run(0, "yes\n", "disconnect", "--as", "dana@example.com"); strings.Count(said, other) != 1 {
		t.Errorf("%s", said)
	}
	if said := run(0, "", "status"); said != "No clinic is connected. Use telehab connect, or the window.\n"+other {
		t.Errorf("afterwards: %s", said)
	}
}

// Purge erases the clinics that have data of their own too, unless one of them is
// being synced.
func TestPurgeErasesSeparateClinics(t *testing.T) {
	data, run := separateClinic(t)
	for _, folder := range []string{data, filepath.Join(data, "clinics", "4000777")} {
		pass := flock.New(filepath.Join(folder, "sync.lock"))
		if free, err := pass.TryLock(); err != nil || !free {
			t.Fatal(free, err)
		}
		const want = "telehab: TeleHab is syncing right now, so nothing was erased. Wait until it is done, or end it, then try again. (sync_running)\n"
		if said := run(1, "", "purge", "--yes"); said != want {
			t.Errorf("during a sync: %s", said)
		}
		if err := pass.Unlock(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(data, "clinics", "4000777", "telehab.db")); err != nil {
			t.Errorf("during a sync: %v", err)
		}
	}
	run(0, "", "purge", "--yes")
	if left, err := os.ReadDir(data); len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// An open window would still show what is erased: disconnect and purge
// refuse beside it, before anything is asked.
func TestErasingBesideAWindow(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 4, Patients: 10})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	data := t.TempDir()
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", data)
	t.Setenv("TELEHAB_PASSWORD", password)
	run := runsTo(t)
	as := []string{"--as", "dana@example.com"}
	run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	run(0, fake.Key(), append([]string{"connect"}, as...)...)
	inbox, first, err := handover.Listen(data)
	if err != nil || !first {
		t.Fatal(first, err)
	}
	for _, command := range [][]string{append([]string{"disconnect"}, as...), append([]string{"disconnect", "--yes"}, as...), {"purge"}, {"purge", "--yes"}} {
		const want = "telehab: TeleHab is open. Close it, then try again. (store_busy)\n"
		if said := run(1, "yes\n", command...); said != want {
			t.Errorf("%v: %q", command, said)
		}
	}
	if said := run(0, "", "status"); !strings.Contains(said, "Harbour Physio") {
		t.Errorf("afterwards: %s", said)
	}
	if err := inbox.Close(); err != nil {
		t.Fatal(err)
	}
	run(0, "yes\n", append([]string{"disconnect"}, as...)...)
	if free, release := hold(t, data); !free {
		t.Error("no window can be opened afterwards")
	} else {
		release()
	}
}

func hold(t *testing.T, data string) (bool, func()) {
	t.Helper()
	release, free, err := handover.Hold(data)
	if err != nil {
		t.Fatal(err)
	}
	return free, func() {
		if err := release(); err != nil {
			t.Error(err)
		}
	}
}
