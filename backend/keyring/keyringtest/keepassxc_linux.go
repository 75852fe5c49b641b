package keyringtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const keePassword = "only for tests"

// KeePassXC shares everything in the group with this id, base64 in its XML.
const sharedGroup = "{54656c65-4861-4274-a573-740000000001}"

var sharedGroupBytes = []byte("\x54\x65\x6c\x65\x48\x61\x42\x74\xa5\x73\x74\x00\x00\x00\x00\x01")

const keeDatabase = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<KeePassFile>
  <Meta>
    <CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>%s</Value></Item></CustomData>
    <RecycleBinEnabled>False</RecycleBinEnabled>
  </Meta>
  <Root><Group><UUID>%s</UUID><Name>Root</Name></Group></Root>
</KeePassFile>
`

const keeSettings = `[General]
ConfigVersion=2
SingleInstance=false
RememberLastDatabases=false
OpenPreviousDatabasesOnStartup=false
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ConfirmAccessItem=false
ConfirmDeleteItem=false
ShowNotification=false
`

// KeePassXC is the real program as the Secret Service of a session that has
// none, without a screen, and with databases created for the test.
type KeePassXC struct {
	t      testing.TB
	dir    string
	daemon *exec.Cmd
	said   bytes.Buffer
}

// NewKeePassXC creates the databases, each of which is a collection of that
// name.
func NewKeePassXC(t testing.TB, databases ...string) *KeePassXC {
	t.Helper()
	k := &KeePassXC{t: t, dir: t.TempDir()}
	k.write("settings.ini", keeSettings)
	k.write("database.xml", fmt.Sprintf(keeDatabase, sharedGroup, base64.StdEncoding.EncodeToString(sharedGroupBytes)))
	for _, name := range databases {
		cli := k.command("keepassxc-cli", "import", "--quiet", "--decryption-time", "100", "--set-password", "database.xml", name+".kdbx")
		cli.Stdin = strings.NewReader(strings.Repeat(keePassword+"\n", 2))
		if out, err := cli.CombinedOutput(); err != nil {
			t.Fatalf("keepassxc-cli (Debian package keepassxc): %v\n%s", err, out)
		}
	}
	return k
}

func (k *KeePassXC) write(name, content string) {
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k *KeePassXC) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(k.t.Context(), name, args...) //nolint:gosec // a test's own programs
	cmd.Dir = k.dir
	cmd.Env = append(os.Environ(), "HOME="+k.dir, "QT_QPA_PLATFORM=offscreen")
	return cmd
}

// Start opens the databases in KeePassXC, unlocked or locked, and returns once
// it offers that many collections. Stop ends it.
func (k *KeePassXC) Start(unlocked bool, databases ...string) {
	k.t.Helper()
	args := []string{"--config", "settings.ini", "--localconfig", "local.ini"}
	if unlocked {
		args = append(args, "--pw-stdin")
	}
	for _, name := range databases {
		args = append(args, name+".kdbx")
	}
	k.said.Reset()
	k.daemon = k.command("keepassxc", args...)
	k.daemon.Stdin = strings.NewReader(strings.Repeat(keePassword+"\n", len(databases)))
	k.daemon.Stdout, k.daemon.Stderr = &k.said, &k.said
	k.daemon.Cancel = func() error { return k.daemon.Process.Signal(syscall.SIGTERM) }
	k.daemon.WaitDelay = 5 * time.Second
	if err := k.daemon.Start(); err != nil {
		k.t.Fatalf("start keepassxc: %v", err)
	}
	k.t.Cleanup(k.Stop)
	k.wait(unlocked, len(databases))
}

// wait returns when KeePassXC shows that many collections in that state.
func (k *KeePassXC) wait(unlocked bool, collections int) {
	k.t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		k.t.Fatalf("reach the private bus: %v", err)
	}
	defer bus.Close()
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ready := 0
		var paths []dbus.ObjectPath
		err := service.StoreProperty("org.freedesktop.Secret.Service.Collections", &paths)
		for _, path := range paths {
			locked, err := bus.Object("org.freedesktop.secrets", path).GetProperty("org.freedesktop.Secret.Collection.Locked")
			if err == nil && locked.Value() == !unlocked {
				ready++
			}
		}
		if err == nil && ready == collections {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("KeePassXC shows %d collections of %d: %v\n%s", ready, collections, err, k.said.String())
		}
	}
}

// Stop ends KeePassXC as the end of the desktop session does.
func (k *KeePassXC) Stop() {
	if k.daemon == nil {
		return
	}
	stop(k.daemon)
	k.daemon = nil
}
