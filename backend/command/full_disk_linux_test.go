package command_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// onAFullDisk runs a command on a disk that is full after so many KiB: a limit
// on the size of files is where it ends.
func (c *computer) onAFullDisk(kib int, passwords string, args ...string) (said string, err error) {
	c.t.Helper()
	limited := exec.CommandContext(c.t.Context(), "bash", append([]string{"-c", `trap "" XFSZ; ulimit -f "$0"; exec telehab "$@"`, fmt.Sprint(kib)}, args...)...)
	limited.Env = append(withPassword(c.environment), "TELEHAB_PASSWORD="+passwords)
	out, err := limited.CombinedOutput()
	return string(out), err
}

// count runs a query that counts on the store.
func (c *computer) count(query string) (n int) {
	c.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(c.data, "telehab.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// The disk becomes full at each moment of what adds a person: wherever the
// person is there, so is the line, and the command does not say that it failed.
func TestAFullDiskHidesNobodyWhoWasAdded(t *testing.T) {
	c := newComputer(t, 5)
	const lines = "SELECT count(*) FROM audit WHERE action = 'added_person' AND person <> ''"
	for kib := 4; kib < 260; kib += 2 {
		people, before := c.count("SELECT count(*) FROM person"), c.count(lines)
		said, err := c.onAFullDisk(kib, password+"\nviolet tractor lemon sky", "people", "add",
			"--email", fmt.Sprintf("sam%d@example.com", kib), "--name", "Sam", "--as", asDana)
		added, left := c.count("SELECT count(*) FROM person")-people, c.count(lines)-before
		if added > left {
			t.Fatalf("at %d KiB: a person was added without a line: %v, %s", kib, err, said)
		}
		if added == 1 && (err != nil || !strings.Contains(said, "Sam")) {
			t.Errorf("at %d KiB: a person was added, and it said: %v, %s", kib, err, said)
		}
		if err == nil && added == 1 && left == 1 {
			return // from here on there is room
		}
	}
	t.Error("it never had room")
}

// The disk becomes full once disconnect has erased the clients, before the file
// is rewritten: what the program has written about them goes all the same.
func TestDisconnectOnAFullDisk(t *testing.T) {
	c := newComputer(t, 300)
	log := filepath.Join(c.data, "logs", "telehab.log")
	for kib := 96; kib < 3000; kib += 12 {
		if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(log, []byte(`{"clients":["1"]}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := c.onAFullDisk(kib, password, "disconnect", "--yes", "--as", asDana)
		if c.count("SELECT count(*) FROM clinic") > 0 {
			continue
		}
		if err == nil {
			t.Fatalf("at %d KiB all went well: the moment was missed", kib)
		}
		content, _ := os.ReadFile(log)
		if _, err := os.Stat(filepath.Join(c.data, "erase-webview")); err != nil || len(content) > 0 {
			t.Errorf("at %d KiB: %.300s; the log still has %q, the web view's mark: %v", kib, said, content, err)
		}
		if !strings.Contains(said, "clients were erased") {
			t.Errorf("it does not say that the clients are gone: %s", said)
		}
		if keys := keysOf(t, c.data); len(keys) != 1 || keys[0] != "data: store key" {
			t.Errorf("keys: %v", keys)
		}
		c.must("", "disconnect", "--yes", "--as", asDana) // there is room now, and it ends what was begun
		c.must(c.clinic.Key(), "connect", "--as", asDana)
		c.must("", "sync")
		return
	}
	t.Error("nothing was ever erased")
}
