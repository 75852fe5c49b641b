package command_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// An export that would leave somebody out writes nothing, and says that a full
// sync fetches what somebody has changed in the file.
func TestFullSyncMendsChangedRows(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 50, Shares: new(fakeclinic.CleanShares())})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	data := t.TempDir()
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", data)
	t.Setenv("TELEHAB_PASSWORD", password)
	run := func(want int, in string, args ...string) (complaint string) {
		t.Helper()
		code, out, errs := runHere(t, in, args...)
		if code != want {
			t.Fatalf("%s: %d, %s", args, code, errs)
		}
		if want != 0 && out != "" {
			t.Errorf("%s failed and printed %d bytes", args, len(out))
		}
		return errs
	}
	export := []string{"export", "--as", "dana@example.com"}
	run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	run(0, fake.Key(), "connect", "--as", "dana@example.com")
	run(0, "", "sync")
	db, err := sql.Open("sqlite3", filepath.Join(data, "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("UPDATE profile SET sealed = zeroblob(length(sealed)) WHERE cliniko_id IN (SELECT cliniko_id FROM profile ORDER BY cliniko_id LIMIT 3)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	const refused = "telehab: 3 saved profiles cannot be read, so nothing was exported. Read them from Cliniko again with telehab sync --full, then export. (store_damaged)\n"
	if said := run(1, "", export...); said != refused {
		t.Errorf("before: %q", said)
	}
	run(0, "", "sync", "--full")
	if said := run(0, "", export...); said != "" {
		t.Errorf("after a full sync: %q", said)
	}
}

// A sync that doubts a clock says what that means, and works.
func TestSyncSaysThatTheClocksDiffer(t *testing.T) {
	ahead := func() time.Time { return time.Now().AddDate(0, 0, 40) }
	fake := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 20, Shares: new(fakeclinic.CleanShares()), Clock: ahead})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", t.TempDir())
	t.Setenv("TELEHAB_PASSWORD", password)
	var errs string
	for _, call := range []struct{ in, args string }{
		{"", "people add --email dana@example.com --name Dana"}, {fake.Key(), "connect --as dana@example.com"}, {"", "sync"},
	} {
		var code int
		if code, _, errs = runHere(t, call.in, strings.Fields(call.args)...); code != 0 {
			t.Fatalf("%s: %d, %s", call.args, code, errs)
		}
	}
	const want = "\ntelehab: This computer's clock and Cliniko's disagree, so nothing that is kept is erased because of its age until that is cleared up. " +
		"Check the date and time of this computer. (clocks_differ)\n"
	if !strings.Contains("\n"+errs, want) {
		t.Errorf("%s", errs)
	}
}
