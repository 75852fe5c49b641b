package keyring_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/profile"
)

// The libraries look for the bus once, when the program starts. So each fault
// gets a process of its own: the test starts this binary again with the fault's
// name in this variable.
const troubleVariable = "KEYRING_TROUBLE"

func TestMain(m *testing.M) {
	switch os.Getenv(troubleVariable) {
	case "no bus", "no address", "no service", "no collection", "hung", "wallet", "refused wallet", "keepassxc", "secrets":
		os.Exit(m.Run())
	}
	keyringtest.Main(m)
}

// inTrouble reports whether this process is the one for the fault. Otherwise it
// starts that one, prepared by arrange, and reports its failure.
func inTrouble(t *testing.T, trouble string, arrange func(self, run string) (*exec.Cmd, error)) bool {
	t.Helper()
	if os.Getenv(troubleVariable) == trouble {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd, err := arrange(self, "-test.run=^"+t.Name()+"$")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, troubleVariable+"="+trouble)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") || strings.Contains(string(out), "no tests to run") {
		t.Fatalf("with %s: %v\n%s", trouble, err, out)
	}
	return false
}

func onBareBus(t *testing.T) func(self, run string) (*exec.Cmd, error) {
	dir := t.TempDir()
	return func(self, run string) (*exec.Cmd, error) { return keyringtest.OnBareBus(dir, self, run) }
}

// expect checks the code of every call, and that its sentence has the word. A
// call that waited in vain for the keyring would report that it is locked.
func expect(t *testing.T, k *keyring.Keyring, want profile.Code, word string) {
	t.Helper()
	calls := map[string]func() error{
		"Set":    func() error { return k.Set(t.Context(), "key", []byte("s3cret")) },
		"Get":    func() error { _, _, err := k.Get(t.Context(), "key"); return err },
		"Delete": func() error { return k.Delete(t.Context(), "key") },
		"Probe":  func() error { return k.Probe(t.Context()) },
	}
	for name, call := range calls {
		err := call()
		if profile.CodeOf(err) != want || !strings.Contains(profile.MessageOf(err), word) {
			t.Errorf("%s: code %q, sentence %q, error %v", name, profile.CodeOf(err), profile.MessageOf(err), err)
		}
		if err != nil && strings.Contains(err.Error()+profile.MessageOf(err), "s3cret") {
			t.Errorf("%s tells the value: %v", name, err)
		}
	}
}

func TestNoBusIsKeyringMissing(t *testing.T) {
	if inTrouble(t, "no bus", func(self, run string) (*exec.Cmd, error) {
		cmd := exec.Command(self, run)
		cmd.Env = append(keyringtest.Fresh(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus")
		return cmd, nil
	}) {
		expect(t, keyring.Open("TeleHab test"), profile.KeyringMissing, "GNOME Keyring")
	}
}

// Without an address the D-Bus library would run dbus-launch, which leaves a
// daemon behind. The one on this PATH only leaves a file.
func TestNoAddressStartsNoBus(t *testing.T) {
	dir := t.TempDir()
	mark := filepath.Join(dir, "mark")
	script := "#!/bin/sh\necho started > " + mark + "\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if inTrouble(t, "no address", func(self, run string) (*exec.Cmd, error) {
		cmd := exec.Command(self, run)
		cmd.Env = append(keyringtest.Fresh(), "PATH="+dir)
		return cmd, nil
	}) {
		if _, err := os.Stat("/run/user/" + strconv.Itoa(os.Getuid()) + "/bus"); err == nil {
			return // a desktop's own bus is found without an address, and nothing is started
		}
		expect(t, keyring.Open("TeleHab test"), profile.KeyringMissing, "GNOME Keyring")
		return
	}
	if _, err := os.Stat(mark); err == nil {
		t.Fatal("dbus-launch was run: package nolaunch came too late")
	}
}

func TestNoServiceIsKeyringMissing(t *testing.T) {
	if inTrouble(t, "no service", onBareBus(t)) {
		expect(t, keyring.Open("TeleHab test"), profile.KeyringMissing, "GNOME Keyring")
	}
}

// A real gnome-keyring without a password, and without a person to choose one:
// it runs, but has no collection to store anything in.
func TestNoCollectionIsKeyringMissing(t *testing.T) {
	if !inTrouble(t, "no collection", onBareBus(t)) {
		return
	}
	daemon := exec.CommandContext(t.Context(), "gnome-keyring-daemon", "--components=secrets", "--foreground")
	daemon.Stdout, daemon.Stderr = os.Stderr, os.Stderr // kept, and shown if the test fails
	if err := daemon.Start(); err != nil {
		t.Fatalf("start gnome-keyring-daemon: %v", err)
	}
	defer func() { _ = daemon.Process.Kill(); _ = daemon.Wait() }()
	bus := connect(t)
	for deadline, owned := time.Now().Add(time.Minute), false; !owned; time.Sleep(10 * time.Millisecond) {
		if err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned); err != nil || time.Now().After(deadline) {
			t.Fatalf("wait for gnome-keyring-daemon: %v", err)
		}
	}
	k := keyring.Open("TeleHab test")
	for range 2 {
		if err := k.Set(t.Context(), "key", []byte("s3cret")); profile.CodeOf(err) != profile.KeyringMissing {
			t.Errorf("Set: %v", err)
		}
		if err := k.Probe(t.Context()); profile.CodeOf(err) != profile.KeyringMissing {
			t.Errorf("Probe: %v", err)
		}
	}
}

// A real gnome-keyring whose login collection was locked again, without a
// person to type its password.
func TestLockedKeyringIsKeyringLocked(t *testing.T) {
	if !inTrouble(t, "locked", func(self, run string) (*exec.Cmd, error) {
		cmd := exec.Command(self, run)
		cmd.Env = keyringtest.Fresh()
		return cmd, nil
	}) {
		return
	}
	k := keyring.Open("TeleHab test")
	mustSet(t, k, "key", []byte("s3cret"))
	login := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	service := connect(t).Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if err := service.Call("org.freedesktop.Secret.Service.Lock", 0, login).Err; err != nil {
		t.Fatalf("lock the collection: %v", err)
	}
	for _, call := range []func() error{
		func() error { _, _, err := k.Get(t.Context(), "key"); return err },
		func() error { return k.Set(t.Context(), "key", []byte("s3cret")) },
		func() error { return k.Probe(t.Context()) },
	} {
		if err := call(); profile.CodeOf(err) != profile.KeyringLocked || !strings.Contains(profile.MessageOf(err), "Unlock") {
			t.Errorf("code %q, sentence %q, error %v", profile.CodeOf(err), profile.MessageOf(err), err)
		}
	}
}

func TestHungKeyringIsKeyringLocked(t *testing.T) {
	if !inTrouble(t, "hung", onBareBus(t)) {
		return
	}
	release := claimAndNeverAnswer(t)
	k := keyring.Open("TeleHab test")
	began := time.Now()
	err := k.Probe(t.Context())
	if took := time.Since(began); took < keyring.Limit()-100*time.Millisecond {
		t.Errorf("the first call gave up after %v", took)
	}
	if profile.CodeOf(err) != profile.KeyringLocked {
		t.Errorf("the first call: %v", err)
	}
	// While one call hangs, others do not wait: four that did would take the
	// limit each, while these take almost no time, even on a busy computer.
	began = time.Now()
	expect(t, k, profile.KeyringLocked, "Unlock")
	if took := time.Since(began); took >= 4*keyring.Limit() {
		t.Errorf("four calls took %v", took)
	}

	// Once the keyring answers, even by refusing, calls are made again.
	close(release)
	for deadline := time.Now().Add(time.Minute); profile.CodeOf(k.Probe(t.Context())) != profile.KeyringMissing; {
		if time.Now().After(deadline) {
			t.Fatal("the keyring answers again, but calls still fail as locked")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// stuck is a Secret Service that makes every caller wait until it is released,
// as one does that waits for a person to type a password.
type stuck struct{ release chan struct{} }

func (s stuck) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	<-s.release
	return dbus.Variant{}, "/", dbus.NewError("org.example.Refused", nil)
}

func claimAndNeverAnswer(t *testing.T) chan struct{} {
	t.Helper()
	bus, service := connect(t), stuck{release: make(chan struct{})}
	if err := bus.Export(service, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"); err != nil {
		t.Fatalf("export the service: %v", err)
	}
	claim(t, bus, "org.freedesktop.secrets")
	return service.release
}

func claim(t *testing.T, bus *dbus.Conn, name string) {
	t.Helper()
	if reply, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("claim %s: %v, %v", name, reply, err)
	}
}

func connect(t *testing.T) *dbus.Conn {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatalf("reach the bus: %v", err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	return bus
}
