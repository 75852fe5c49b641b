package screenlock

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// askWithin bounds one question: a desktop that hangs must not hold up ours.
const askWithin = time.Second

// On says whether the screen is locked. Desktops tell logind, or answer for
// themselves as org.freedesktop.ScreenSaver; where neither does, it is never on.
func On() bool { return hinted() || saving() }

// hinted asks logind about the session that this process belongs to.
func hinted() bool {
	bus, err := dbus.SystemBus() // one connection for the whole program
	if err != nil {
		return false
	}
	session := mySession(bus)
	if session == "" {
		return false
	}
	var on dbus.Variant
	err = ask(bus.Object("org.freedesktop.login1", session), "org.freedesktop.DBus.Properties.Get", &on, "org.freedesktop.login1.Session", "LockedHint")
	locked, ok := on.Value().(bool)
	return err == nil && ok && locked
}

var found struct {
	sync.Mutex
	session dbus.ObjectPath
}

// mySession is asked for until there is an answer, which then stays.
func mySession(bus *dbus.Conn) dbus.ObjectPath {
	found.Lock()
	defer found.Unlock()
	if found.session == "" {
		// #nosec G115 -- a process id is not negative
		if err := ask(bus.Object("org.freedesktop.login1", "/org/freedesktop/login1"), "org.freedesktop.login1.Manager.GetSessionByPID",
			&found.session, uint32(os.Getpid())); err != nil {
			found.session = ""
		}
	}
	return found.session
}

func saving() bool {
	bus, err := dbus.SessionBus()
	if err != nil {
		return false
	}
	var on bool
	err = ask(bus.Object("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"), "org.freedesktop.ScreenSaver.GetActive", &on)
	return err == nil && on
}

func ask(object dbus.BusObject, method string, answer any, arguments ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	return object.CallWithContext(ctx, method, dbus.FlagNoAutoStart, arguments...).Store(answer)
}
