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

// countTry counts an attempt for the email, before the password is checked, or
// returns how long to wait instead: 1, 2, 4, 8, 16 and then 30 seconds after
// the last failed attempt. It counts every email, whether it exists or not, so
// that the delay does not reveal which do. The count is stored, so that other
// processes and a restart respect it. The delay is measured from the computer's
// start, so that setting the clock does not change it.
func (p *People) countTry(ctx context.Context, email string) (wait time.Duration, err error) {
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

// clearTries clears the attempts of an email after a successful one.
func (p *People) clearTries(ctx context.Context, email string) error {
	return p.store.CountTries(ctx, triesKey(email), p.uptime(), forgetAfter, func(staff.Tries) staff.Tries { return staff.Tries{} })
}
