package uptime

import (
	"time"

	"golang.org/x/sys/windows"
)

func sinceStart() time.Duration { return windows.DurationSinceBoot() }
