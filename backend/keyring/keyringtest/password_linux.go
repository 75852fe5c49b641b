package keyringtest

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

// loginPassword is that of the private session's login collection.
const loginPassword = "only for tests"

// WithoutPassword takes the password from the private session's login
// collection until the test ends, as a person may in the desktop's own program.
func WithoutPassword(t testing.TB) {
	t.Helper()
	change := func(from, to string) {
		t.Helper()
		bus, err := dbus.ConnectSessionBus()
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
		var none dbus.Variant
		var session dbus.ObjectPath
		if err := service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&none, &session); err != nil {
			t.Fatal(err)
		}
		secret := func(value string) any {
			return struct {
				Session     dbus.ObjectPath
				Parameters  []byte
				Value       []byte
				ContentType string
			}{session, []byte{}, []byte(value), "text/plain"}
		}
		if err := service.Call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.ChangeWithMasterPassword", 0,
			dbus.ObjectPath("/org/freedesktop/secrets/collection/login"), secret(from), secret(to)).Err; err != nil {
			t.Fatal(err)
		}
	}
	change(loginPassword, "")
	t.Cleanup(func() { change("", loginPassword) })
}
