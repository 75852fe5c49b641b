package command_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// office is a clinic with several computers: each is a data folder.
type office struct {
	*testing.T
	clinic *fakeclinic.Clinic
	server *postgrestest.Server
	run    func(want int, in string, args ...string) string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 30, Shares: new(fakeclinic.CleanShares())})
	there, err := clinic.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	server, err := postgrestest.Start(func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	t.Setenv("TELEHAB_CLINIKO_URL", there.URL())
	t.Setenv("TELEHAB_PASSWORD", password+"\nanother battery horse")
	return &office{T: t, clinic: clinic, server: server, run: runsTo(t)}
}

// at has the next commands run on a computer.
func (o *office) at(computer string) { o.Setenv("TELEHAB_DATA_DIR", computer) }

// as runs a command of Dana's.
func (o *office) as(want int, in string, args ...string) string {
	o.Helper()
	return o.run(want, in, append(args, "--as", "dana@example.com")...)
}

var joinCode = regexp.MustCompile(`telehab-join-1\.\S+`)

// joins makes a computer one of the clinic's; the code is made on another one.
func (o *office) joins(from string) (computer string) {
	o.Helper()
	o.at(from)
	code := joinCode.FindString(o.as(0, "", "computers", "add"))
	computer = o.TempDir()
	o.at(computer)
	if said := o.run(0, code+"\n", "join"); !strings.Contains(said, "This computer has joined ") || !strings.Contains(said, ": 30 clients.") {
		o.Errorf("joined: %s", said)
	}
	return computer
}

// count is the answer of a copy.
func (o *office) count(computer, query string) (n int) {
	o.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(computer, "telehab.db"))
	if err == nil {
		err = db.QueryRow(query).Scan(&n)
	}
	if err != nil {
		o.Fatal(err)
	}
	_ = db.Close()
	return n
}

// watch has the computer sync until ended is called, and returns once it does.
func (o *office) watch() (ended func()) {
	o.Helper()
	watch := exec.Command("telehab", "sync", "--watch")
	var said bytes.Buffer
	watch.Stderr = &said
	if err := watch.Start(); err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = watch.Process.Kill() })
	for limit := time.Now().Add(time.Minute); !strings.Contains(o.as(0, "", "computers"), "syncs"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(limit) {
			o.Fatal("it does not sync")
		}
	}
	return func() {
		if err := watch.Process.Signal(os.Interrupt); err != nil {
			o.Fatal(err)
		}
		if err := watch.Wait(); err != nil {
			o.Errorf("the watch ended with %v: %s", err, said.String())
		}
	}
}

// first is a computer that has the clinic for itself.
func (o *office) first() (computer string) {
	o.Helper()
	computer = o.TempDir()
	o.at(computer)
	o.run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	o.as(0, o.clinic.Key(), "connect")
	o.run(0, "", "sync")
	return computer
}

// However often a share is killed, the computer has its clinic for itself as before, or
// shares it.
func TestShareKilled(t *testing.T) {
	o := newOffice(t)
	first := o.first()
	address := o.server.Database(t)
	killed := 0
	// Each is killed a little later than the one before, until one has ended.
	for delay := 20 * time.Millisecond; o.count(first, "SELECT count(*) FROM copied") == 0; delay += 40 * time.Millisecond {
		share := exec.Command("telehab", "share", "--database", address, "--as", "dana@example.com")
		if err := share.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay) // a kill may come at any time
		_ = share.Process.Kill()
		if err := share.Wait(); err != nil {
			killed++
		}
		if said := o.run(0, "", "status"); !strings.Contains(said, "30 here") {
			t.Fatalf("status: %s", said)
		}
	}
	if killed == 0 {
		t.Error("none was killed")
	}
	o.joins(first)
	if said := o.as(0, "", "people", "list"); !strings.Contains(said, "dana@example.com") {
		t.Errorf("people: %s", said)
	}
}

// Whoever is deactivated on one computer is out on the others.
func TestDeactivatedEverywhere(t *testing.T) {
	o := newOffice(t)
	first := o.first()
	o.run(0, "", "people", "add", "--email", "sam@example.com", "--name", "Sam", "--as", "dana@example.com")
	o.as(0, "", "share", "--database", o.server.Database(t))
	second := o.joins(first)
	w, err := workspace.Open(t.Context(), quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	var window session.Presence
	if err := window.SignIn(t.Context(), w, session.Options{}, "sam@example.com", "another battery horse"); err != nil {
		t.Fatal(second, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Follow(ctx, func() {}); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	o.at(first)
	began := time.Now()
	o.as(0, "", "people", "change", "--email", "sam@example.com", "--deactivate")
	for window.Session() != nil {
		if _, err := window.Renew(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > time.Minute {
			t.Fatal("still signed in")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// From one computer to three, and back to one.
func TestShare(t *testing.T) {
	o := newOffice(t)
	first := o.first()
	events := o.count(first, "SELECT count(*) FROM audit")
	address := o.server.Database(t)

	if said := o.as(1, "", "computers"); !strings.Contains(said, "share it first: telehab share. (invalid)") {
		t.Errorf("before: %s", said)
	}
	if said := o.as(1, "", "share", "--database", "postgres://db.example.com/telehab"); !strings.Contains(said, "Use an address that ends with sslmode=verify-full. (invalid)") {
		t.Errorf("in clear: %s", said)
	}
	if said := o.as(0, address+"\n", "share", "--database", "-"); !strings.Contains(said, "The clinic is shared.") {
		t.Errorf("shared: %s", said)
	}
	if n := o.count(first, "SELECT count(*) FROM audit WHERE outcome <> 'not_finished'"); n < events+2 {
		t.Errorf("of %d events there are %d", events, n)
	}
	if said := o.run(0, "", "status"); !strings.Contains(said, "30 here") || !strings.Contains(said, "Shared with other computers.") {
		t.Errorf("status: %s", said)
	}

	if said := o.as(1, "", "disconnect"); !strings.Contains(said, "telehab share --stop. (invalid)") {
		t.Errorf("disconnected: %s", said)
	}

	second := o.joins(first)
	third := o.joins(second)
	if said := o.as(0, "", "computers"); strings.Count(said, "\n") != 3 || strings.Count(said, "this computer") != 1 {
		t.Errorf("computers: %s", said)
	}
	o.at(second)
	o.run(0, "", "people", "add", "--email", "sam@example.com", "--name", "Sam", "--as", "dana@example.com")
	o.at(first)
	if said := o.as(0, "", "people", "list"); !strings.Contains(said, "sam@example.com") {
		t.Errorf("people: %s", said)
	}

	// The database gets another password, or another name.
	if said := o.as(0, address+" application_name=moved\n", "share", "--database", "-"); !strings.Contains(said, "by this address from now on") {
		t.Errorf("moved: %s", said)
	}
	if said := o.as(1, o.server.Database(t)+"\n", "share", "--database", "-"); !strings.Contains(said, "(store_key_lost)") {
		t.Errorf("another clinic's database: %s", said)
	}

	// Any computer syncs, with the key that none of them has had typed in.
	added := o.clinic.Patients()[0]
	added.ID, added.CreatedAt, added.UpdatedAt = "", time.Time{}, time.Time{}
	if _, err := o.clinic.Create(added); err != nil {
		t.Fatal(err)
	}
	o.at(third)
	if said := o.run(0, "", "sync"); !strings.Contains(said, "1  client read") {
		t.Errorf("synced: %s", said)
	}
	o.at(second)
	if said := o.run(0, "", "status"); !strings.Contains(said, "31 here") {
		t.Errorf("status: %s", said)
	}

	// While one computer syncs, another one says which.
	ended := o.watch()
	o.at(second)
	if said := o.run(1, "", "sync"); !strings.Contains(said, " syncs this clinic, so this computer does not. ") {
		t.Errorf("synced twice: %s", said)
	}
	if said := o.as(0, "", "computers"); strings.Count(said, "syncs") != 1 {
		t.Errorf("computers: %s", said)
	}
	ended()

	// The third is removed.
	id := regexp.MustCompile(`"id":"(\w+)"[^}]*"here":true`)
	o.at(third)
	gone := id.FindStringSubmatch(o.as(0, "", "computers", "--json"))[1]
	o.at(first)
	if said := o.as(0, "", "computers", "remove", gone, "--yes"); !strings.Contains(said, " is removed. ") {
		t.Errorf("removed: %s", said)
	}
	o.at(third)
	if said := o.run(1, "", "status"); !strings.Contains(said, "(computer_removed)") {
		t.Errorf("on the removed one: %s", said)
	}
	if _, err := os.Stat(filepath.Join(third, "telehab.db")); !os.IsNotExist(err) {
		t.Errorf("its copy: %v", err)
	}

	// Who did what is the clinic's.
	o.at(first)
	o.run(0, "", "status")
	lines := auditLines(t, first)
	for _, want := range []string{"shared_clinic", "added_computer", "removed_computer"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %s in %q", want, lines)
		}
	}

	// The database is out of reach: everything is read, nothing is changed.
	o.server.Halt()
	o.at(second)
	if said := o.run(0, "", "status"); !strings.Contains(said, "31 here") || !strings.Contains(said, "(database_unreachable)") {
		t.Errorf("offline: %s", said)
	}
	if said := o.as(1, "", "people", "change", "--email", "sam@example.com", "--name", "Samuel"); !strings.Contains(said, "(database_unreachable)") {
		t.Errorf("offline: %s", said)
	}
	// It is lost: this computer goes on alone.
	if said := o.as(0, "", "share", "--stop"); !strings.Contains(said, "This computer has the clinic for itself again") || !strings.Contains(said, "(database_unreachable)") {
		t.Errorf("stopped: %s", said)
	}
	if said := o.run(0, "", "sync"); !strings.Contains(said, "Up to date") {
		t.Errorf("alone: %s", said)
	}
	if err := o.server.Resume(); err != nil {
		t.Fatal(err)
	}
	o.at(first)
	if said := o.as(0, "", "share", "--stop"); strings.Contains(said, "could not be told") {
		t.Errorf("stopped: %s", said)
	}
	if said := o.run(0, "", "sync"); !strings.Contains(said, "Up to date") {
		t.Errorf("alone: %s", said)
	}
}
