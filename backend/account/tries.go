package account

import (
	"context"
	"time"

	"telehab.io/desktop/backend/staff"
)

const (
	longestWait = 30 * time.Second
	forgetAfter = 15 * time.Minute // since the last wrong try
)

func triesKey(email string) string {
	key := normalEmail(email)
	return key[:min(len(key), MaxEmail)]
}

// heard notes a try for the email, before it is known whether it is right, and
// returns how long the email has to wait instead: 1, 2, 4, 8, 16 and then always
// 30 seconds after the last wrong try. It counts every email that somebody tried,
// whether it exists or not, so that the delay does not tell them apart, and in
// the store, so that another process or another start knows of it. It is timed
// from the computer's start: setting the clock makes it neither shorter nor longer.
func (p *People) heard(ctx context.Context, email string) (wait time.Duration, err error) {
	now := p.uptime()
	err = p.store.CountTries(ctx, triesKey(email), now, forgetAfter, func(t staff.Tries) staff.Tries {
		if wait = max(t.Last+delay(t.Wrong)-now, 0); wait > 0 {
			return t
		}
		return staff.Tries{Wrong: t.Wrong + 1, Last: now}
	})
	return wait, err
}

func delay(wrong int) time.Duration {
	if wrong == 0 {
		return 0
	}
	if wrong <= 5 {
		return time.Second << (wrong - 1)
	}
	return longestWait
}

// forget drops the tries of an email: the last one was right.
func (p *People) forget(ctx context.Context, email string) error {
	return p.store.CountTries(ctx, triesKey(email), p.uptime(), forgetAfter, func(staff.Tries) staff.Tries { return staff.Tries{} })
}
