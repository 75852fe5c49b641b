package syncer

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	// dateSlack is how far a time may be ahead of what is known of Cliniko's
	// clock, and how much later an answer may arrive than others that Cliniko
	// gave after it.
	dateSlack = 5 * time.Minute
	// learnEvery is how often Cliniko's time is saved during a pass.
	learnEvery = time.Minute
)

// clinicClock is Cliniko's clock, as learnt from the Date of its answers. What
// is known of it is stored, and shared by all processes.
type clinicClock struct {
	store  profile.ClockStore
	now    func() time.Time // this computer's clock, which is not trusted
	notice func(Notice)

	mu      sync.Mutex
	known   profile.Clock
	loaded  bool
	last    profile.Reading // the answer that was observed last
	newest  answer          // the one with the latest Date
	unsaved bool            // last is not in the store
	stored  time.Time       // when save last succeeded, by now
	warned  bool            // that the clocks differ, with a notice
}

// answer is an answer's Date, and the time at which it was given.
type answer struct{ date, readAt time.Time }

// load reads the stored state, which another process may have advanced.
func (c *clinicClock) load(ctx context.Context) error {
	known, err := c.store.Clock(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.loaded = known, true
	return nil
}

// observe takes the Date of an answer and returns the time at which the answer
// was given: the Date, or if that is not plausible, a time as far from those of
// other answers as their Dates are. For an answer without a Date it returns the
// estimate.
func (c *clinicClock) observe(ctx context.Context, date time.Time) (time.Time, error) {
	c.mu.Lock()
	loaded := c.loaded
	c.mu.Unlock()
	if !loaded {
		if err := c.load(ctx); err != nil {
			return time.Time{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if !date.IsZero() {
		before := c.known
		c.last, c.unsaved = profile.Reading{Clinic: date, Here: now}, true
		c.known = c.known.Learn(c.last)
		// Before anything is stored with a time: the store compares it with its
		// own estimate, which a doubt that begins or ends changes.
		turned := c.known.Doubted != before.Doubted || c.known.Anchor != before.Anchor
		if passed := now.Sub(c.stored); turned || c.stored.IsZero() || passed < 0 || passed >= learnEvery {
			if err := c.save(ctx); err != nil {
				return time.Time{}, err
			}
		}
	}
	if date.IsZero() {
		return c.known.Estimate(now).Truncate(time.Second), nil
	}
	return c.inOrder(date, c.known.ReadAt(date).Truncate(time.Second)), nil
}

// inOrder returns readAt, adjusted so that the answers of this process stay in
// the order of their Dates even if the clock came into doubt, or out of it,
// between them. A Date much earlier than the newest comes from a clock that was
// set back, and is left alone.
func (c *clinicClock) inOrder(date, readAt time.Time) time.Time {
	ahead := date.Sub(c.newest.date)
	if ahead <= 0 && ahead >= -dateSlack { // it was slow to arrive
		return c.newest.readAt.Add(ahead)
	}
	// The stored state may be a little older than the newest answer.
	if short := c.newest.readAt.Sub(readAt); ahead > 0 && short > 0 && short <= dateSlack {
		readAt = c.newest.readAt
	}
	c.newest = answer{date, readAt}
	return readAt
}

// save stores the newest answer. The caller holds the lock.
func (c *clinicClock) save(ctx context.Context) error {
	known, err := c.store.Learn(ctx, c.last)
	if err != nil {
		return err
	}
	c.known, c.stored, c.unsaved = known, c.now(), false
	if known.Doubts() && !c.warned {
		c.notice(ClocksDiffer)
	}
	c.warned = known.Doubts()
	return nil
}

// flush saves the newest answer at the end of a pass.
func (c *clinicClock) flush(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.unsaved {
		return nil
	}
	return c.save(ctx)
}

// time is the best estimate of Cliniko's time.
func (c *clinicClock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.Estimate(c.now())
}

// doubts reports whether the newest answer's Date was not believed.
func (c *clinicClock) doubts() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.Doubts()
}

// newestAnswer is Cliniko's time by its newest answer alone, plausible or not.
// Use it only where a wrong time costs no more than a request.
func (c *clinicClock) newestAnswer() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.Clinic.IsZero() {
		return c.known.Estimate(c.now())
	}
	return c.last.Clinic.Add(c.now().Sub(c.last.Here)).UTC()
}

// elapsed reports whether at least d lies between since and now. A since in the
// future came from a wrong clock and counts as long ago.
func elapsed(since, now time.Time, d time.Duration) bool {
	age := now.Sub(since)
	return age >= d || age < -dateSlack
}
