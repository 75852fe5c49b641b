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
	in := func(d time.Duration) string { return strconv.FormatInt(server.Add(d).Unix(), 10) }
	for name, c := range map[string]struct {
		reset  string
		noDate bool
		after  string
		want   time.Duration
	}{
		"until the reset":                       {in(30 * time.Second), false, "", 31 * time.Second},
		"five minutes":                          {in(300 * time.Second), false, "", 301 * time.Second},
		"an hour":                               {in(time.Hour), false, "", time.Hour + time.Second},
		"a day":                                 {in(24*time.Hour - time.Minute), false, "", 24*time.Hour - time.Minute + time.Second},
		"the reset is over":                     {in(-time.Minute), false, "", time.Second},
		"no Date, so no reset to count":         {in(30 * time.Second), true, "", time.Minute},
		"no Date, but a time to wait for":       {in(30 * time.Second), true, "20", 20 * time.Second},
		"nothing":                               {"", false, "", time.Minute},
		"the year 3170843":                      {"99999999999999", false, "", 2 * time.Hour},
		"in milliseconds":                       {in(30*time.Second) + "000", false, "", 2 * time.Hour},
		"more than a number can be":             {"99999999999999999999999999", false, "", 2 * time.Hour},
		"infinite":                              {"1e999", false, "", 2 * time.Hour},
		"not a number":                          {"NaN", false, "20", 20 * time.Second},
		"negative":                              {"-5", false, "", time.Minute},
		"very negative":                         {"-99999999999999999999", false, "15", 15 * time.Second},
		"seconds instead of a time":             {"30", false, "", time.Minute},
		"a fraction":                            {in(30*time.Second) + ".5", false, "", 31*time.Second + 500*time.Millisecond},
		"a date in text":                        {server.Add(90 * time.Second).Format(http.TimeFormat), false, "", 91 * time.Second},
		"another date in text":                  {server.Add(90 * time.Second).Format(time.RFC3339), false, "", 91 * time.Second},
		"a date far away":                       {server.AddDate(900, 0, 0).Format(http.TimeFormat), false, "", 2 * time.Hour},
		"a date long ago":                       {server.AddDate(-900, 0, 0).Format(http.TimeFormat), false, "", time.Minute},
		"text":                                  {"tomorrow", false, "", time.Minute},
		"Retry-After is a date":                 {"", false, server.Add(90 * time.Second).Format(http.TimeFormat), 91 * time.Second},
		"Retry-After is a date without another": {"", true, server.Add(90 * time.Second).Format(http.TimeFormat), time.Minute},
		"Retry-After is far away":               {"", false, "99999999999999", 2 * time.Hour},
		"Retry-After is negative":               {"", false, "-1", time.Minute},
		"Retry-After is now":                    {"", false, "0", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{"X-Ratelimit-Reset": {c.reset}}
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
