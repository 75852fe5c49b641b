package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/workspace"
)

// nightlyVariable is set where tests may take minutes.
const nightlyVariable = "TELEHAB_CHAOS"

// service starts a computer's service, as a process of its own.
func (o *office) service(computer string) *os.Process {
	o.Helper()
	c := exec.Command("telehab", "sync", "--watch")
	c.Env = append(os.Environ(), "TELEHAB_DATA_DIR="+computer)
	if err := c.Start(); err != nil {
		o.Fatal(err)
	}
	go func() { _ = c.Wait() }()
	o.Cleanup(func() { _ = c.Process.Kill() })
	return c.Process
}

var syncsHere = regexp.MustCompile(`"syncs":true,"here":true`)

// untilSyncs waits until a computer syncs, and returns how long that took.
func (o *office) untilSyncs(computer string) time.Duration {
	o.Helper()
	o.at(computer)
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		took := time.Since(began)
		if syncsHere.MatchString(o.as(0, "", "computers", "--json")) {
			return took
		}
		if took > 3*time.Minute {
			o.Fatal("it does not sync")
		}
	}
}

// When the computer that syncs is killed, or stops without a word, another one takes over
// within a minute.
func TestTakeOver(t *testing.T) {
	if os.Getenv(nightlyVariable) == "" {
		t.Skip("it takes a minute: make nightly")
	}
	o := newOffice(t)
	first := o.first()
	o.as(0, "", "share", "--database", o.server.Database(t))
	second := o.joins(first)
	leads := o.service(first)
	o.untilSyncs(first)
	next := o.service(second)
	if err := leads.Kill(); err != nil {
		t.Fatal(err)
	}
	if took := o.untilSyncs(second); took > time.Minute {
		t.Errorf("after a kill: %s", took)
	}
	o.service(first)
	if err := next.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if took := o.untilSyncs(first); took > time.Minute {
		t.Errorf("after a stop: %s", took)
	}
	if err := next.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	o.untilSyncs(first)
}

// A service has no system keyring: it reaches the database of a shared clinic by its
// copies of the keys, whether it was there before the clinic was shared or since.
func TestTheServiceOfASharedClinic(t *testing.T) {
	o := newOffice(t)
	first := o.first()
	before := o.serviceKeys()
	o.as(0, "", "share", "--database", o.server.Database(t))
	second := o.joins(first)
	for computer, credentials := range map[string]string{first: before, second: o.serviceKeys()} {
		sync := exec.Command("telehab", "sync")
		sync.Env = append(os.Environ(), "TELEHAB_DATA_DIR="+computer, "CREDENTIALS_DIRECTORY="+credentials, "DBUS_SESSION_BUS_ADDRESS=unix:path="+credentials+"/none")
		if said, err := sync.CombinedOutput(); err != nil || !strings.Contains(string(said), "Up to date.") {
			t.Errorf("%v: %s", err, said)
		}
	}
}

// serviceKeys copies the keys of a computer for its service, and returns the folder that
// the system would hand their password over in.
func (o *office) serviceKeys() (credentials string) {
	o.Helper()
	var shared struct{ Password string }
	if err := json.Unmarshal([]byte(o.run(0, "", "service", "keys")), &shared); err != nil {
		o.Fatal(err)
	}
	credentials = o.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, workspace.ServiceCredential), []byte(shared.Password), 0o600); err != nil {
		o.Fatal(err)
	}
	return credentials
}
