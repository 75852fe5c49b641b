package uptime

import (
	"time"

	"golang.org/x/sys/unix"
)

// began replaces the computer's start if the system does not tell it.
var began = time.Now()

// CLOCK_BOOTTIME includes time asleep, unlike CLOCK_MONOTONIC.
func sinceStart() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
