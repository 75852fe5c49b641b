// Package uptime tells how long the computer has been running. It is a
// monotonic clock that includes time asleep and is the same for every process.
package uptime

import "time"

// Now returns the time since the computer started.
func Now() time.Duration { return sinceStart() }
