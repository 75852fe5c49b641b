package account

import "time"

const (
	longestWait = 30 * time.Second
	forgetAfter = 15 * time.Minute // since the last wrong try
	maxTracked  = 1000             // emails; whoever tries more only forgets the oldest
)

// tries counts the wrong tries of every email that somebody tried, whether it
// exists or not, so that the delay does not tell them apart. It lives as long
// as the process, whose clock is monotonic: setting the computer's does not
// shorten or lengthen a wait.
type tries map[string]attempt

type attempt struct {
	wrong int
	last  time.Time
}

func triesKey(email string) string {
	key := normalEmail(email)
	return key[:min(len(key), MaxEmail)]
}

// wait says how long the email has to wait from now: 1, 2, 4, 8, 16 and then
// always 30 seconds after the last wrong try.
func (t tries) wait(key string, now time.Time) time.Duration {
	a, ok := t[key]
	if !ok {
		return 0
	}
	delay := longestWait
	if a.wrong <= 5 {
		delay = time.Second << (a.wrong - 1)
	}
	return max(a.last.Add(delay).Sub(now), 0)
}

func (t tries) failed(key string, now time.Time) {
	a := t[key]
	if now.Sub(a.last) > forgetAfter {
		a.wrong = 0
	}
	t[key] = attempt{wrong: a.wrong + 1, last: now}
	if len(t) > maxTracked {
		t.forget(now)
	}
}

func (t tries) succeeded(key string) { delete(t, key) }

// forget drops what is long past, and at least the oldest.
func (t tries) forget(now time.Time) {
	var oldest string
	at := now.Add(time.Nanosecond)
	for key, a := range t {
		if a.last.Before(at) {
			oldest, at = key, a.last
		}
	}
	delete(t, oldest)
	for key, a := range t {
		if now.Sub(a.last) > forgetAfter {
			delete(t, key)
		}
	}
}
