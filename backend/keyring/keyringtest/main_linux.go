package keyringtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"telehab.io/desktop/backend/keyring/internal/limit"
)

// stageVariable tells the copies of a test binary apart: unset in the one that
// was started, "session" in the one on the private bus, "ready" in whatever
// that one starts once the keyring answers.
const stageVariable = "KEYRINGTEST_STAGE"

// A bus without service folders starts no services: no second keyring, and no
// window that asks the developer for a password.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Main runs the tests of m in a private D-Bus session with an unlocked
// gnome-keyring and ends the process with their result. Both end with the
// tests. A missing program is a failure, never a skip. Calls to the keyring may
// take as long as a busy computer needs.
func Main(m *testing.M) {
	limit.Call = time.Minute
	var code int
	var err error
	switch os.Getenv(stageVariable) {
	case "":
		code, err = inSession()
	case "session":
		code, err = withKeyring(m)
	default:
		code = m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "keyringtest:", err)
		code = 1
	}
	os.Exit(code)
}

// Fresh is the environment of this process without what Main and the desktop
// put there: a test binary started with it creates a session of its own.
func Fresh() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case stageVariable, "HOME", "DBUS_SESSION_BUS_ADDRESS", "DBUS_STARTER_ADDRESS",
			"GNOME_KEYRING_CONTROL", "GNOME_KEYRING_PID", "XDG_RUNTIME_DIR",
			"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME":
			return true
		}
		return false
	})
}

// OnBareBus returns the command, to be started by the caller, in a private
// D-Bus session without any service. Its files go to dir.
func OnBareBus(dir string, command ...string) (*exec.Cmd, error) {
	run, err := exec.LookPath("dbus-run-session")
	if err != nil {
		return nil, errors.New("dbus-run-session is missing; `make test` installs it (Debian package dbus-daemon)")
	}
	runtimeDir := filepath.Join(dir, "run")
	if err := os.MkdirAll(runtimeDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the session's folder: %w", err)
	}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		return nil, fmt.Errorf("write the bus's configuration: %w", err)
	}
	cmd := exec.CommandContext(context.Background(), run, append([]string{"--config-file=" + config, "--"}, command...)...) //nolint:gosec // the caller is a test
	cmd.Env = append(Fresh(), "HOME="+dir, "XDG_RUNTIME_DIR="+runtimeDir)
	return cmd, nil
}

// inSession starts this binary once more on a private bus and waits for it.
func inSession() (int, error) {
	dir, err := os.MkdirTemp("", "keyringtest-")
	if err != nil {
		return 1, fmt.Errorf("make a home for the tests: %w", err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("find the test binary: %w", err)
	}
	cmd, err := OnBareBus(dir, append([]string{self}, os.Args[1:]...)...)
	if err != nil {
		return 1, err
	}
	cmd.Env = append(cmd.Env, stageVariable+"=session")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, fmt.Errorf("run the tests under dbus-run-session: %w", err)
	}
	return 0, nil
}

func withKeyring(m *testing.M) (int, error) {
	// The daemon receives a signal when the thread that started it ends, so
	// that a test that panics leaves no process behind.
	runtime.LockOSThread()
	daemon, err := startKeyring()
	if err != nil {
		return 1, err
	}
	defer stop(daemon)
	if err := os.Setenv(stageVariable, "ready"); err != nil {
		return 1, fmt.Errorf("mark the session as ready: %w", err)
	}
	return m.Run(), nil
}

func startKeyring() (*exec.Cmd, error) {
	path, err := exec.LookPath("gnome-keyring-daemon")
	if err != nil {
		return nil, errors.New("gnome-keyring-daemon is missing; `make test` installs it (Debian package gnome-keyring)")
	}
	var said bytes.Buffer
	daemon := exec.CommandContext(context.Background(), path, "--unlock", "--components=secrets", "--foreground") //nolint:gosec // found on PATH, by a test
	daemon.Stdin = strings.NewReader(loginPassword)                                                               // a newline would become part of the password
	daemon.Stdout, daemon.Stderr = nil, &said
	daemon.WaitDelay = time.Second
	daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := daemon.Start(); err != nil {
		return nil, fmt.Errorf("start gnome-keyring-daemon: %w", err)
	}
	if err := waitForLogin(time.Minute); err != nil {
		stop(daemon)
		return nil, fmt.Errorf("%w; gnome-keyring-daemon said: %s", err, said.String())
	}
	return daemon, nil
}

// waitForLogin returns when the login collection is there and open.
func waitForLogin(limit time.Duration) error {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return fmt.Errorf("reach the private bus: %w", err)
	}
	defer bus.Close()
	login := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login")
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		locked, err := login.GetProperty("org.freedesktop.Secret.Collection.Locked")
		if err == nil && locked.Value() == false {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("the private keyring did not open in %v", limit), err)
		}
	}
}

// stop ends the daemon that was started here, and only that one.
func stop(daemon *exec.Cmd) {
	_ = daemon.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(5*time.Second, func() { _ = daemon.Process.Kill() })
	defer timer.Stop()
	_ = daemon.Wait() // its exit status is the signal
}
