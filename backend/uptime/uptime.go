// Package uptime tells how long the computer has been running. No one can set
// that clock, it never goes back while the computer runs, it counts the time
// asleep, and it is the same for every process.
package uptime

import "time"

// Now returns the time since the computer started.
func Now() time.Duration { return sinceStart() }
