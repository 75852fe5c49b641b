package nolaunch

import "os"

const address = "DBUS_SESSION_BUS_ADDRESS"

func init() {
	if set := os.Getenv(address); set != "" && set != "autolaunch:" || runningBus() {
		return
	}
	// An address of an unknown kind: connecting fails at once, here and in
	// processes that this one starts.
	_ = os.Setenv(address, "disabled:")
}

// runningBus looks for a bus in the places where the D-Bus library does when it
// has no address.
func runningBus() bool {
	dir := "/run/user/" + decimal(os.Getuid())
	for _, name := range []string{"/bus", "/dbus-session"} {
		if _, err := os.Stat(dir + name); err == nil {
			return true
		}
	}
	return false
}

// decimal replaces strconv, see the package's comment.
func decimal(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return decimal(n/10) + decimal(n%10)
}
