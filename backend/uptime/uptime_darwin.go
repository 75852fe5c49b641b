package uptime

import (
	"time"

	"golang.org/x/sys/unix"
)

// began stands in for the computer's start where the system does not tell it.
var began = time.Now()

// On macOS, CLOCK_MONOTONIC goes on while the computer sleeps; CLOCK_UPTIME_RAW
// is the one that does not.
func sinceStart() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
