package deeplink_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows/registry"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

// recordVariable names the file to which this program, started as the handler
// of our links, writes its arguments.
const recordVariable = "TELEHAB_LINK_RECORD"

// registryVariable allows the tests to change the current user's registry.
// build/scripts/wine-test.sh sets it, for a temporary registry.
const registryVariable = "TELEHAB_TEST_REGISTRY"

func TestMain(m *testing.M) {
	if record := os.Getenv(recordVariable); record != "" && len(os.Args) > 1 && os.Args[1] == "--link" {
		err := os.WriteFile(record+".new", []byte(strings.Join(os.Args[1:], " | ")), 0o600)
		if err := errors.Join(err, os.Rename(record+".new", record)); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const class = `Software\Classes\telehab`

const otherCommand = `"C:\Program Files\Other\other.exe" "%1"`

// newRegistry lets a test begin with a registry without our keys.
func newRegistry(t *testing.T) {
	t.Helper()
	if os.Getenv(registryVariable) == "" {
		t.Skip("it changes the registry; build/scripts/wine-test.sh runs it on one of its own")
	}
	clean := func() {
		for _, root := range []registry.Key{registry.CURRENT_USER, registry.LOCAL_MACHINE} {
			for _, key := range []string{`\shell\open\command`, `\shell\open\ddeexec`, `\shell\open`, `\shell`, `\DefaultIcon`, ``} {
				if err := registry.DeleteKey(root, class+key); err != nil && !errors.Is(err, registry.ErrNotExist) {
					t.Fatal(err)
				}
			}
		}
	}
	clean()
	t.Cleanup(clean)
}

func set(t *testing.T, root registry.Key, key, name, value string) {
	t.Helper()
	k, _, err := registry.CreateKey(root, class+key, registry.SET_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.SetStringValue(name, value), k.Close()); err != nil {
		t.Fatal(err)
	}
}

// get returns a value of the registry, and whether there is one.
func get(t *testing.T, root registry.Key, key, name string) (string, bool) {
	t.Helper()
	k, err := registry.OpenKey(root, class+key, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = k.Close() }()
	value, kind, err := k.GetStringValue(name)
	if errors.Is(err, registry.ErrNotExist) {
		return "", false
	}
	if err != nil || kind != registry.SZ {
		t.Fatalf("%s %s is of kind %d, %v", key, name, kind, err)
	}
	return value, true
}

// other is another program's registration.
func other(t *testing.T, root registry.Key) {
	t.Helper()
	set(t, root, "", "", "URL:Other")
	set(t, root, "", "URL Protocol", "")
	set(t, root, `\shell\open\command`, "", otherCommand)
}

func is(t *testing.T, r deeplink.Registration, want deeplink.Condition) {
	t.Helper()
	state, err := r.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state.Condition != want || (state.Owner == "other.exe") != (want == deeplink.Foreign) {
		t.Fatalf("it is %s of %q, not %s", state.Condition, state.Owner, want)
	}
}

func repaired(t *testing.T, r deeplink.Registration, takeOver bool) {
	t.Helper()
	if err := r.Repair(t.Context(), takeOver); err != nil {
		t.Fatal(err)
	}
	is(t, r, deeplink.Ready)
}

func removed(t *testing.T, r deeplink.Registration) {
	t.Helper()
	if err := r.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var ours = deeplink.Registration{Executable: `C:\Program Files\Tele Hab\telehab.exe`}

const ourCommand = `"C:\Program Files\Tele Hab\telehab.exe" --link "%1"`

func TestRegister(t *testing.T) {
	newRegistry(t)
	is(t, ours, deeplink.Missing)
	removed(t, ours)
	repaired(t, ours, false)
	for name, want := range map[[2]string]string{
		{``, ``}:                    `URL:TeleHab`,
		{``, `URL Protocol`}:        ``,
		{``, `TeleHabCommand`}:      ourCommand,
		{`\DefaultIcon`, ``}:        `"C:\Program Files\Tele Hab\telehab.exe",0`,
		{`\shell\open\command`, ``}: ourCommand,
	} {
		if got, ok := get(t, registry.CURRENT_USER, name[0], name[1]); !ok || got != want {
			t.Errorf("%q is %q, %v", name, got, ok)
		}
	}
	if _, ok := get(t, registry.LOCAL_MACHINE, "", "URL Protocol"); ok {
		t.Error("something was written for the whole computer")
	}
	removed(t, ours)
	if _, ok := get(t, registry.CURRENT_USER, "", "URL Protocol"); ok {
		t.Error("it is still there")
	}
	is(t, ours, deeplink.Missing)
}

func TestRepairBroken(t *testing.T) {
	newRegistry(t)
	older := deeplink.Registration{Executable: `D:\Old\telehab.exe`}
	repaired(t, older, false)
	set(t, registry.CURRENT_USER, `\shell\open\ddeexec`, "", "left behind")
	is(t, ours, deeplink.Broken)
	repaired(t, ours, false)
	if _, ok := get(t, registry.CURRENT_USER, `\shell\open\ddeexec`, ""); ok {
		t.Error("what the older one left behind is still there")
	}
	for _, command := range []string{
		ours.Executable + ` --link "%1"`, ours.Executable + ` "%1"`, `"` + ours.Executable + `" "%1"`,
	} {
		set(t, registry.CURRENT_USER, `\shell\open\command`, "", command)
		is(t, ours, deeplink.Broken)
		repaired(t, ours, false)
		if got, _ := get(t, registry.CURRENT_USER, `\shell\open\command`, ""); got != ourCommand {
			t.Errorf("%s became %s", command, got)
		}
	}
}

func TestForeignOwner(t *testing.T) {
	for name, root := range map[string]registry.Key{"person": registry.CURRENT_USER, "computer": registry.LOCAL_MACHINE} {
		t.Run(name, func(t *testing.T) {
			newRegistry(t)
			other(t, root)
			is(t, ours, deeplink.Foreign)
			if err := ours.Repair(t.Context(), false); profile.CodeOf(err) != deeplink.SchemeTaken {
				t.Errorf("without being asked to take over: %v", err)
			}
			removed(t, ours)
			if got, _ := get(t, root, `\shell\open\command`, ""); got != otherCommand {
				t.Fatalf("the other program's command is %q", got)
			}
			repaired(t, ours, true)
			removed(t, ours)
			if root == registry.LOCAL_MACHINE {
				is(t, ours, deeplink.Foreign) // theirs is unchanged
			} else {
				is(t, ours, deeplink.Missing)
			}
		})
	}
}

// A program that overwrites our command owns the scheme, and Remove leaves it
// alone.
func TestTakenFromUs(t *testing.T) {
	newRegistry(t)
	repaired(t, ours, false)
	other(t, registry.CURRENT_USER)
	is(t, ours, deeplink.Foreign)
	removed(t, ours)
	is(t, ours, deeplink.Foreign)
}

// The shell starts what was registered, with the link as one argument.
func TestOpenThroughTheShell(t *testing.T) {
	newRegistry(t)
	dir, err := os.MkdirTemp("", "link test ")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	r := deeplink.Registration{Executable: filepath.Join(dir, "telehab.exe")}
	if err := os.WriteFile(r.Executable, program, 0o700); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(dir, "record")
	t.Setenv(recordVariable, record)
	repaired(t, r, false)
	// Wine's shell reads only the computer's part, Windows' reads both.
	command, _ := get(t, registry.CURRENT_USER, `\shell\open\command`, "")
	set(t, registry.LOCAL_MACHINE, "", "URL Protocol", "")
	set(t, registry.LOCAL_MACHINE, `\shell\open\command`, "", command)

	start := time.Now()
	if err := deeplink.OpenTest(t.Context(), deeplink.Link{Kind: deeplink.Test, Nonce: "42"}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		got, err := os.ReadFile(record)
		if err == nil {
			if string(got) != "--link | telehab://test?n=42" {
				t.Errorf("it was started with %q", got)
			}
			t.Logf("started after %v", time.Since(start).Round(time.Millisecond))
			break
		}
		if time.Now().After(end) {
			t.Fatal("the link did not reach the program")
		}
	}
}
