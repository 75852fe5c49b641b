package screenlock

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// callTimeout is the limit of one call, so that a desktop that hangs does not
// block the window.
const callTimeout = time.Second

// On reports whether the screen is locked. Desktops tell logind, or answer as
// org.freedesktop.ScreenSaver; with neither, it is always false.
func On() bool { return lockedHint() || screenSaverActive() }

// lockedHint asks logind about the session of this process.
func lockedHint() bool {
	bus, err := dbus.SystemBus() // one connection for the whole program
	if err != nil {
		return false
	}
	session := mySession(bus)
	if session == "" {
		return false
	}
	var on dbus.Variant
	err = call(bus.Object("org.freedesktop.login1", session), "org.freedesktop.DBus.Properties.Get", &on, "org.freedesktop.login1.Session", "LockedHint")
	locked, ok := on.Value().(bool)
	return err == nil && ok && locked
}

var found struct {
	sync.Mutex
	session dbus.ObjectPath
}

// mySession returns the session of this process, which it remembers once logind
// has answered, or "".
func mySession(bus *dbus.Conn) dbus.ObjectPath {
	found.Lock()
	defer found.Unlock()
	if found.session == "" {
		// #nosec G115 -- a process id is not negative
		if err := call(bus.Object("org.freedesktop.login1", "/org/freedesktop/login1"), "org.freedesktop.login1.Manager.GetSessionByPID",
			&found.session, uint32(os.Getpid())); err != nil {
			found.session = ""
		}
	}
	return found.session
}

func screenSaverActive() bool {
	bus, err := dbus.SessionBus()
	if err != nil {
		return false
	}
	var on bool
	err = call(bus.Object("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"), "org.freedesktop.ScreenSaver.GetActive", &on)
	return err == nil && on
}

func call(object dbus.BusObject, method string, answer any, arguments ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return object.CallWithContext(ctx, method, dbus.FlagNoAutoStart, arguments...).Store(answer)
}
