package cliniko

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// The server's clock decides how long a 429 is waited for, whatever this
// computer's date: the answers here are from 2001.
func TestHowLongARateLimitIsWaitedFor(t *testing.T) {
	server := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for name, c := range map[string]struct {
		reset  time.Duration // from server
		noDate bool
		after  string
		want   time.Duration
	}{
		"until the reset":                 {30 * time.Second, false, "", 31 * time.Second},
		"the reset is over":               {-time.Minute, false, "", time.Second},
		"no Date, so no reset to count":   {30 * time.Second, true, "", time.Minute},
		"no Date, but a time to wait for": {30 * time.Second, true, "20", 20 * time.Second},
		"no longer than two minutes":      {time.Hour, false, "", 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{"X-Ratelimit-Reset": {strconv.FormatInt(server.Add(c.reset).Unix(), 10)}}
			if !c.noDate {
				header.Set("Date", server.Format(http.TimeFormat))
			}
			if c.after != "" {
				header.Set("Retry-After", c.after)
			}
			if got := requestedWait(header); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
