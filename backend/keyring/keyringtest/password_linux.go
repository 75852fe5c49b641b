package keyringtest

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// loginPassword is that of the private session's login collection.
const loginPassword = "only for tests"

const loginCollection dbus.ObjectPath = "/org/freedesktop/secrets/collection/login"

// WithoutPassword takes the password from the private session's login
// collection until the test ends, as a person may in the desktop's own program.
func WithoutPassword(t testing.TB) {
	t.Helper()
	change := func(from, to string) {
		t.Helper()
		callDaemon(t, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.ChangeWithMasterPassword", from, to)
	}
	change(loginPassword, "")
	t.Cleanup(func() { change("", loginPassword) })
}

// Lock locks the private session's login collection, as the desktop may at any
// moment, until unlock is called or the test ends.
func Lock(t testing.TB) (unlock func()) {
	t.Helper()
	callDaemon(t, "org.freedesktop.Secret.Service.Lock")
	unlock = sync.OnceFunc(func() {
		callDaemon(t, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", loginPassword)
	})
	t.Cleanup(unlock)
	return unlock
}

// callDaemon calls a method about the login collection: with these secrets, or
// without any in a list.
func callDaemon(t testing.TB, method string, secrets ...string) {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if len(secrets) == 0 {
		if err := service.Call(method, 0, []dbus.ObjectPath{loginCollection}).Err; err != nil {
			t.Fatal(err)
		}
		return
	}
	var none dbus.Variant
	var session dbus.ObjectPath
	if err := service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&none, &session); err != nil {
		t.Fatal(err)
	}
	args := []any{loginCollection}
	for _, value := range secrets {
		args = append(args, struct {
			Session     dbus.ObjectPath
			Parameters  []byte
			Value       []byte
			ContentType string
		}{session, []byte{}, []byte(value), "text/plain"})
	}
	if err := service.Call(method, 0, args...).Err; err != nil {
		t.Fatal(err)
	}
}
