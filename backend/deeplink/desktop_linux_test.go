package deeplink_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/deeplink"
)

// A desktop is the home folder of a new user of this computer, and what is
// installed on it for all users.
type desktop struct {
	t            *testing.T
	home, system string
}

// newDesktop gives the test a desktop of its own. The tools are the real ones,
// and have to be installed.
func newDesktop(t *testing.T) desktop {
	t.Helper()
	needTools(t, "xdg-mime", "xdg-open", "gio", "update-desktop-database", "desktop-file-validate")
	dir := t.TempDir()
	d := desktop{t, filepath.Join(dir, "home"), filepath.Join(dir, "system")}
	for _, path := range []string{d.home, filepath.Join(d.system, "applications")} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"XDG_CURRENT_DESKTOP", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DESKTOP_SESSION",
		"KDE_FULL_SESSION", "GNOME_DESKTOP_SESSION_ID", "MATE_DESKTOP_SESSION_ID", "DBUS_SESSION_BUS_ADDRESS", "BROWSER"} {
		t.Setenv(name, "") // so that the test restores it
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", d.home)
	t.Setenv("XDG_DATA_DIRS", d.system)
	t.Setenv("XDG_CONFIG_DIRS", filepath.Join(d.system, "config"))
	t.Setenv("DISPLAY", ":4095") // xdg-open asks for one and does not use it
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return d
}

func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is missing. Install the packages xdg-utils, desktop-file-utils and libglib2.0-bin and try again.", name)
		}
	}
}

func (d desktop) write(path, text string) string {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d desktop) read(path string) string {
	d.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func (d desktop) run(name string, arguments ...string) string {
	d.t.Helper()
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (d desktop) entry() string {
	return filepath.Join(d.home, ".local/share/applications/telehab.desktop")
}

func (d desktop) list() string { return filepath.Join(d.home, ".config/mimeapps.list") }

// program puts a program into a folder of the home folder. It writes its
// arguments into a file, one per line.
func (d desktop) program(folder string) (registration deeplink.Registration, record string) {
	d.t.Helper()
	record = filepath.Join(d.home, "record")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + record + ".new' && mv '" + record + ".new' '" + record + "'\n"
	path := d.write(filepath.Join(d.home, folder, "telehab"), script)
	if err := os.Chmod(path, 0o700); err != nil {
		d.t.Fatal(err)
	}
	return deeplink.Registration{Executable: path}, record
}

// other installs another program that opens our links.
func (d desktop) other(name string) {
	d.t.Helper()
	d.write(filepath.Join(d.system, "applications", name+".desktop"),
		"[Desktop Entry]\nType=Application\nName="+name+"\nExec=/bin/true %u\nMimeType=x-scheme-handler/telehab;\n")
}

func (d desktop) choose(id string) {
	d.t.Helper()
	d.run("xdg-mime", "default", id, "x-scheme-handler/telehab")
}

func (d desktop) chosen() string {
	d.t.Helper()
	return d.run("xdg-mime", "query", "default", "x-scheme-handler/telehab")
}

func (d desktop) is(r deeplink.Registration, want deeplink.Condition, owner string) {
	d.t.Helper()
	state, err := r.Check(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if state.Condition != want || state.Owner != owner {
		d.t.Fatalf("it is %s of %q, not %s of %q", state.Condition, state.Owner, want, owner)
	}
	if (state.Message == "") != (want == deeplink.Ready) || !strings.Contains(state.Message, owner) {
		d.t.Errorf("when %s, a person reads %q", want, state.Message)
	}
}

func (d desktop) repaired(r deeplink.Registration, takeOver bool) {
	d.t.Helper()
	if err := r.Repair(d.t.Context(), takeOver); err != nil {
		d.t.Fatal(err)
	}
	d.is(r, deeplink.Ready, "")
}

// received waits for the arguments that a program was started with.
func (d desktop) received(record string) string {
	d.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if text, err := os.ReadFile(record); err == nil {
			if err := os.Remove(record); err != nil {
				d.t.Fatal(err)
			}
			return strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", " | ")
		}
	}
	d.t.Fatal("the link did not reach the program")
	return ""
}
