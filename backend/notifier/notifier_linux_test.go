package notifier

import (
	"errors"
	"testing"

	"github.com/godbus/dbus/v5"

	"telehab.io/desktop/backend/keyring/keyringtest"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }

type desktop struct{}

func (desktop) GetServerInformation() (name, vendor, version, spec string, _ *dbus.Error) {
	return "desktop", "test", "1", "1.2", nil
}

// The bus of the tests has no desktop on it, and so nobody who shows anything.
func TestNobodyShowsNotifications(t *testing.T) {
	const name = "org.freedesktop.Notifications"
	if err := Check(); !errors.Is(err, ErrNobody) {
		t.Errorf("nobody shows notifications: %v", err)
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Close() }()
	if err := bus.Export(desktop{}, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if err := Check(); err != nil {
		t.Errorf("a desktop shows them: %v", err)
	}
	if _, err := bus.ReleaseName(name); err != nil {
		t.Fatal(err)
	}
	if err := Check(); !errors.Is(err, ErrNobody) {
		t.Errorf("it has gone: %v", err)
	}
}
