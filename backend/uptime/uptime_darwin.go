package uptime

import (
	"time"

	"golang.org/x/sys/unix"
)

// began replaces the computer's start if the system does not tell it.
var began = time.Now()

// On macOS, CLOCK_MONOTONIC continues while the computer sleeps, unlike
// CLOCK_UPTIME_RAW.
func sinceStart() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
