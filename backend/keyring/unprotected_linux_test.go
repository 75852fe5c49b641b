package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/adrg/xdg"
	"github.com/godbus/dbus/v5"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/keyring/keyringtest"
)

// secret is a value on the bus, in clear: the session is plain.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// newCollection makes a collection of the real GNOME Keyring with this
// password, as its own dialog does, and makes it the default one.
func newCollection(t *testing.T, label, password string) {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	call := func(method string, into []any, arguments ...any) {
		t.Helper()
		if err := service.Call(method, 0, arguments...).Store(into...); err != nil {
			t.Fatal(method, err)
		}
	}
	var none dbus.Variant
	var session, path dbus.ObjectPath
	call("org.freedesktop.Secret.Service.OpenSession", []any{&none, &session}, "plain", dbus.MakeVariant(""))
	call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.CreateWithMasterPassword", []any{&path},
		map[string]dbus.Variant{"org.freedesktop.Secret.Collection.Label": dbus.MakeVariant(label)}, secret{session, []byte{}, []byte(password), "text/plain"})
	call("org.freedesktop.Secret.Service.SetAlias", nil, "default", path)
	t.Cleanup(func() {
		var question dbus.ObjectPath
		call("org.freedesktop.Secret.Service.SetAlias", nil, "default", dbus.ObjectPath(place("login")))
		if err := bus.Object("org.freedesktop.secrets", path).Call("org.freedesktop.Secret.Collection.Delete", 0).Store(&question); err != nil {
			t.Error(err)
		}
		if err := bus.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A real GNOME keyring without a password keeps its values in clear, and that is
// noticed; of one with a password, nothing is said.
func TestAKeyringWithoutAPasswordIsNoticed(t *testing.T) {
	for _, c := range []struct {
		label, password string
		want            bool
	}{
		{"Blank", "", true}, {"Ohne Kennwort & Zwang", "", true}, {"Closed", "a password", false},
	} {
		newCollection(t, c.label, c.password)
		k := keyring.Open("TeleHab test " + c.label)
		mustSet(t, k, "key", []byte("the value on the disk"))
		_, where, err := k.Find(t.Context(), "key", "")
		if err != nil || where == place("login") {
			t.Fatalf("%s: in %q, %v", c.label, where, err)
		}
		if got, err := k.Unprotected(t.Context(), where); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.label, got, err)
		}
		files, err := filepath.Glob(filepath.Join(xdg.DataHome, "keyrings", "*.keyring"))
		if err != nil {
			t.Fatal(err)
		}
		inClear := false
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			inClear = inClear || strings.Contains(string(content), "display-name="+c.label+"\n")
		}
		if inClear != c.want {
			t.Errorf("%s: a file in clear: %v", c.label, inClear)
		}
	}
	k := keyring.Open("TeleHab test")
	for _, where := range []string{place("login"), place("session"), place("nobody"), place("_2e_2e_2f_2e_2e_2fpasswd"), place("_2"), place("_zz"), place(""), "", "KWallet"} {
		if got, err := k.Unprotected(t.Context(), where); err != nil || got {
			t.Errorf("%q: %v, %v", where, got, err)
		}
	}
	if got, err := keyring.Memory().Unprotected(t.Context(), "memory"); err != nil || got {
		t.Errorf("memory: %v, %v", got, err)
	}
}

// What lies in the place of a keyring's file is not waited for, nor followed.
func TestOnlyAKeyringsOwnFileIsRead(t *testing.T) {
	folder := filepath.Join(xdg.DataHome, "keyrings")
	plain := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(plain, []byte("[keyring]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := keyring.Open("TeleHab test")
	for name, put := range map[string]func(path string) error{
		"fifo":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"link":   func(path string) error { return os.Symlink(plain, path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"empty":  func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"short":  func(path string) error { return os.WriteFile(path, []byte("[key"), 0o600) },
		"other":  func(path string) error { return os.WriteFile(path, []byte("[keyless]"), 0o600) },
	} {
		path := filepath.Join(folder, "planted"+name+".keyring")
		if err := put(path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(path) })
		if got, err := k.Unprotected(t.Context(), place("planted"+name)); err != nil || got {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Another service's collections say nothing.
func TestOnlyGNOMEsFilesAreJudged(t *testing.T) {
	onSecrets(t, []string{"Practice"}, func(t *testing.T, _ *keyringtest.Secrets, k *keyring.Keyring) {
		mustSet(t, k, "key", []byte("value"))
		folder := filepath.Join(xdg.DataHome, "keyrings")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "Practice.keyring"), []byte("[keyring]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Unprotected(t.Context(), place("Practice")); err != nil || got {
			t.Errorf("%v, %v", got, err)
		}
	})
}
