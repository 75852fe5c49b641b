package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/keyring"
)

// serviceOf copies the keys of a computer as the installation of a service does,
// and returns the same computer without a system keyring, as a service sees it.
func serviceOf(c *computer) *computer {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "telehab", "service", "keys")
	cmd.Env = withPassword(c.environment)
	out, err := cmd.Output()
	var shared struct{ Password, Setting string }
	if err == nil {
		err = json.Unmarshal(out, &shared)
	}
	if err != nil || len(shared.Password) != 43 || shared.Setting != "TELEHAB_DATA_DIR="+c.data {
		c.t.Fatalf("%q, %v", out, err)
	}
	credentials := c.t.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, "telehab-keyring"), []byte(shared.Password), 0o400); err != nil {
		c.t.Fatal(err)
	}
	service := *c
	service.environment = append(slices.Clone(c.environment), "CREDENTIALS_DIRECTORY="+credentials,
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(credentials, "none"))
	return &service
}

// copies returns the names of the copies of the keys.
func (c *computer) copies() (names []string) {
	c.t.Helper()
	entries, err := os.ReadDir(filepath.Join(c.data, "service"))
	if err != nil && !os.IsNotExist(err) {
		c.t.Fatal(err)
	}
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), " "+endingOf(c.data))
		names = append(names, name)
	}
	return names
}

// hasServicePassword says that the person's keyring has the password of the copies.
func (c *computer) hasServicePassword() bool {
	c.t.Helper()
	_, found, err := keyring.Open("TeleHab").Get(c.t.Context(), "service password "+endingOf(c.data))
	if err != nil {
		c.t.Fatal(err)
	}
	return found
}

// A service has no system keyring, and syncs all the same. What it does leaves the
// person's own keys, and where they are found, as they were.
func TestAServiceSyncsWithoutAKeyring(t *testing.T) {
	c := newComputer(t, 30)
	where, err := os.ReadFile(filepath.Join(c.data, "keyring.json"))
	if err != nil {
		t.Fatal(err)
	}
	service := serviceOf(c)
	service.must("", "sync")
	service.must("", "sync", "--full")
	if now, err := os.ReadFile(filepath.Join(c.data, "keyring.json")); err != nil || string(now) != string(where) {
		t.Errorf("keyring.json was %s and is %s, %v", where, now, err)
	}
	if names := c.copies(); !slices.Equal(names, []string{"Cliniko API key", "store key"}) {
		t.Errorf("copies of %q", names)
	}
	for _, name := range c.copies() {
		content, err := os.ReadFile(filepath.Join(c.data, "service", name+" "+endingOf(c.data)))
		if err != nil || strings.Contains(string(content), c.clinic.Key()) || len(content) < 200 {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	c.must("", "sync")
}

// Whoever changes the keys changes the service's copy of them.
func TestTheServiceFollowsTheKeys(t *testing.T) {
	c := newComputer(t, 30)
	service := serviceOf(c)
	c.must("", "disconnect", "--as", asDana, "--yes")
	if names := c.copies(); !slices.Equal(names, []string{"store key"}) {
		t.Errorf("after disconnect, copies of %q", names)
	}
	if code, said := service.run("", "sync"); code != 1 || !strings.Contains(said, "not_connected") {
		t.Errorf("disconnected: exit %d, %s", code, said)
	}
	c.must(c.clinic.Key(), "connect", "--as", asDana)
	service.must("", "sync") // with the store's key of after the disconnect, and the new API key
	c.must("", "service", "keys", "--forget")
	if names := c.copies(); len(names) > 0 || c.hasServicePassword() {
		t.Errorf("forgotten: copies of %q, a password: %v", names, c.hasServicePassword())
	}
	if code, said := service.run("", "sync"); code != 1 || !strings.Contains(said, "Run telehab service install again") || !strings.Contains(said, "keyring_missing") {
		t.Errorf("without its copy: exit %d, %s", code, said)
	}
	serviceOf(c).must("", "sync")
	c.must("", "purge", "--yes")
	if names := c.copies(); len(names) > 0 || c.hasServicePassword() {
		t.Errorf("purged: copies of %q, a password: %v", names, c.hasServicePassword())
	}
}

// A service makes no store, and takes no copy that it cannot open for a key that
// is lost.
func TestAServiceNeverBeginsAnew(t *testing.T) {
	for name, damage := range map[string]func(c *computer) error{
		"no store":  func(c *computer) error { return os.Remove(filepath.Join(c.data, "telehab.db")) },
		"no folder": func(c *computer) error { return os.RemoveAll(c.data) },
		"no copy": func(c *computer) error {
			return os.Remove(filepath.Join(c.data, "service", "store key "+endingOf(c.data)))
		},
		"half a copy": func(c *computer) error {
			return os.Truncate(filepath.Join(c.data, "service", "store key "+endingOf(c.data)), 99)
		},
		"another's copy": func(c *computer) error {
			return os.Rename(filepath.Join(c.data, "service", "Cliniko API key "+endingOf(c.data)), filepath.Join(c.data, "service", "store key "+endingOf(c.data)))
		},
		"no copy of both": func(c *computer) error { return os.RemoveAll(filepath.Join(c.data, "service")) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newComputer(t, 5)
			service := serviceOf(c)
			if err := damage(c); err != nil {
				t.Fatal(err)
			}
			code, said := service.run("", "sync")
			if code != 1 || strings.Contains(said, "store_key_lost") || strings.Contains(name, "cop") && !strings.Contains(said, "Run telehab service install again") {
				t.Errorf("exit %d: %s", code, said)
			}
			if name == "no folder" || name == "no store" {
				if _, err := os.Stat(filepath.Join(c.data, "telehab.db")); !os.IsNotExist(err) {
					t.Errorf("a store: %v", err)
				}
			}
		})
	}
}

// Where the copy cannot be changed with the keys, it is deleted, and whoever
// changed them is told what to do.
func TestACopyThatCannotFollowGoes(t *testing.T) {
	c := newComputer(t, 30)
	service := serviceOf(c)
	if err := keyring.Open("TeleHab").Delete(t.Context(), "service password "+endingOf(c.data)); err != nil {
		t.Fatal(err)
	}
	code, said := c.run(c.clinic.Key(), "connect", "--as", asDana)
	if code != 0 || !strings.Contains(said, "the service does not sync any more. Run telehab service install again") {
		t.Errorf("exit %d: %s", code, said)
	}
	if names := c.copies(); len(names) > 0 {
		t.Errorf("copies of %q", names)
	}
	if code, said := service.run("", "sync"); code != 1 || !strings.Contains(said, "Run telehab service install again") {
		t.Errorf("exit %d: %s", code, said)
	}
	c.must("", "sync")
}

// There is nothing to sync before a clinic is connected, and nothing is made
// ready.
func TestNoServiceBeforeAClinicIsConnected(t *testing.T) {
	c := newComputer(t, 5)
	c.must("", "disconnect", "--as", asDana, "--yes")
	if code, said := c.run("", "service", "keys"); code != 1 || !strings.Contains(said, "not_connected") {
		t.Errorf("exit %d: %s", code, said)
	}
	if names := c.copies(); len(names) > 0 || c.hasServicePassword() {
		t.Errorf("copies of %q, a password: %v", names, c.hasServicePassword())
	}
}
