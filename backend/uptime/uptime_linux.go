package uptime

import (
	"time"

	"golang.org/x/sys/unix"
)

// began stands in for the computer's start where the system does not tell it.
var began = time.Now()

// CLOCK_MONOTONIC would stop while the computer sleeps.
func sinceStart() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
