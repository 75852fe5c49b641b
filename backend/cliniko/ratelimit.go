package cliniko

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

// unbelievedWait is how long to wait after a reset that is too far away to be
// meant: long enough that a pass ends with an error instead of waiting.
const unbelievedWait = 2 * time.Hour

// waitAfter returns how long to wait after a 429. One that is not Cliniko's, such
// as a web filter's page, knows nothing of Cliniko's limit and counts for at
// most a minute.
func waitAfter(response *http.Response, body []byte) time.Duration {
	wait := requestedWait(response.Header)
	ofCliniko := response.Header.Get("X-RateLimit-Reset") != "" || bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
	if isPage(body) || !ofCliniko {
		return min(wait, window)
	}
	return wait
}

// requestedWait returns how long a 429 asks to wait: until X-RateLimit-Reset,
// measured by the server's clock and never by this computer's, otherwise
// Retry-After, otherwise a minute. Either may also be a date in text. It is at
// least a second and at most believedReset.
func requestedWait(header http.Header) time.Duration {
	date := reach.ServerTime(header)
	wait, ok := untilReset(header.Get("X-RateLimit-Reset"), date)
	if !ok {
		wait, ok = retryAfter(header.Get("Retry-After"), date)
	}
	switch {
	case !ok:
		return window
	case wait > believedReset:
		return unbelievedWait
	}
	return max(wait, time.Second)
}

// untilReset reads the time of a reset. One that is long over is not meant.
func untilReset(text string, date time.Time) (wait time.Duration, ok bool) {
	if date.IsZero() {
		return 0, false
	}
	seconds, ok := number(text)
	if ok {
		// In floating point, which does not overflow.
		wait = duration(seconds - float64(date.Unix()))
	} else if wait, ok = untilDate(text, date); !ok {
		return 0, false
	}
	// Date is truncated to whole seconds, so add one to be never too early.
	return wait + time.Second, wait >= -time.Hour
}

func retryAfter(text string, date time.Time) (wait time.Duration, ok bool) {
	if seconds, ok := number(text); ok {
		return duration(seconds), seconds >= 0
	}
	if date.IsZero() {
		return 0, false
	}
	wait, ok = untilDate(text, date)
	return wait + time.Second, ok && wait >= -time.Hour
}

func untilDate(text string, date time.Time) (wait time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	at, err := http.ParseTime(text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	return duration(at.Sub(date).Seconds()), err == nil
}

func number(text string) (seconds float64, ok bool) {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	// A number that is too large is infinite, and far away.
	return seconds, !math.IsNaN(seconds) && (err == nil || math.IsInf(seconds, 0))
}

// duration returns a duration of at most two days in either direction.
func duration(seconds float64) time.Duration {
	const most = 2 * believedReset
	return time.Duration(min(max(seconds, -most.Seconds()), most.Seconds()) * float64(time.Second))
}

// rateLimited is the error of a request that was not sent, or was refused,
// because Cliniko asks to wait.
func rateLimited(wait time.Duration) error {
	limited := profile.Because(profile.RateLimited, nil)
	limited.Until = time.Now().Add(wait)
	if wait > maxPersonWait {
		limited.Message = fmt.Sprintf("Cliniko has received many requests and asks TeleHab to send no more until %s. Try again then; the profiles on this computer stay available.",
			clockTime(limited.Until))
	}
	return limited
}

// clockTime is today's hour, or also the day.
func clockTime(t time.Time) string {
	t = t.Local()
	if now := time.Now(); t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("15:04 on 2 January")
}
