package cliniko

import (
	"cmp"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// believedReset is how far away a reset may be. One that is further away is
// taken for a mistake: see requestedWait.
const believedReset = 24 * time.Hour

// ledger keeps the rules of profile.Traffic for one process. It has no state of
// its own.
type ledger struct {
	holder int64         // this process
	hold   time.Duration // for how long a place is taken if nothing more is said about it
}

// settle removes what is over. Times that are too far away are from before the
// computer's start, or were changed from outside: then the wait begins again,
// so that it is never too short and always ends.
func (l ledger) settle(t *profile.Traffic, now time.Duration) {
	for i := range t.Places {
		if p := &t.Places[i]; p.Until > now+l.hold {
			p.Until = now + window
		}
	}
	t.Places = slices.DeleteFunc(t.Places, func(p profile.Place) bool { return p.Until <= now })
	slices.SortFunc(t.Places, func(a, b profile.Place) int { return cmp.Compare(a.Until, b.Until) })
	t.Closing = bounded(t.Closing, now)
	if t.Person > now+2*window {
		t.Person = 0
	}
}

// report records when this process's requests have ended, and gives back the
// places that it does not use.
func (l ledger) report(t *profile.Traffic, now time.Duration, finished []time.Duration, unused int) {
	for _, at := range finished {
		l.drop(t)
		if until := at + window; until > now {
			t.Places = append(t.Places, profile.Place{Until: min(until, now+window)})
		}
	}
	for range unused {
		l.drop(t)
	}
	slices.SortFunc(t.Places, func(a, b profile.Place) int { return cmp.Compare(a.Until, b.Until) })
}

// drop removes one place of this process: the one that would be free first,
// since any other may be that of a request that is under way.
func (l ledger) drop(t *profile.Traffic) {
	if i := slices.IndexFunc(t.Places, func(p profile.Place) bool { return p.Holder == l.holder }); i >= 0 {
		t.Places = slices.Delete(t.Places, i, i+1)
	}
}

// reserve reserves up to n places and returns how many, or how long to wait.
func (l ledger) reserve(t *profile.Traffic, now time.Duration, n int, urgent bool) (got int, wait time.Duration) {
	if wait := l.closedFor(t.Closing, now); wait > 0 {
		return 0, wait
	}
	if !urgent && t.Person > now {
		return 0, t.Person - now
	}
	allowed := windowRequests
	if t.For > 0 && now < t.At+t.For+cautionFor {
		allowed /= 2
	}
	if !urgent {
		allowed -= forPeople
	}
	if got = min(n, allowed-len(t.Places)); got <= 0 {
		wait = l.untilFree(t, now, allowed, urgent)
		if urgent {
			t.Person = now + wait + pollEvery
		}
		return 0, wait
	}
	if urgent {
		t.Person = 0
	}
	for range got {
		t.Places = append(t.Places, profile.Place{Until: now + l.hold, Holder: l.holder})
	}
	return got, 0
}

// untilFree returns how long it takes until fewer places are taken than
// allowed, at most. What other processes have reserved may be free earlier.
func (l ledger) untilFree(t *profile.Traffic, now time.Duration, allowed int, urgent bool) time.Duration {
	wait := t.Places[len(t.Places)-allowed].Until - now
	if !slices.ContainsFunc(t.Places, func(p profile.Place) bool { return p.Holder != 0 && p.Holder != l.holder }) {
		return wait
	}
	if urgent {
		return min(wait, pollEvery/4)
	}
	return min(wait, pollEvery)
}

// closedFor returns how long a closing lasts yet.
func (l ledger) closedFor(c profile.Closing, now time.Duration) time.Duration {
	c = bounded(c, now)
	return max(0, c.At+c.For-now)
}

// bounded returns a closing that has begun and is not too long.
func bounded(c profile.Closing, now time.Duration) profile.Closing {
	return profile.Closing{At: min(max(c.At, 0), now), For: min(max(c.For, 0), believedReset)}
}
