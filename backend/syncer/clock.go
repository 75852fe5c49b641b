package syncer

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	// dateSlack is by how much a time may lie ahead of Cliniko's as it is known,
	// and how much later than others an answer may arrive that was given before
	// them.
	dateSlack = 5 * time.Minute
	// learnEvery is how often the store is told of Cliniko's time during a pass.
	learnEvery = time.Minute
)

// clinicClock is Cliniko's clock as its answers tell it. What is known of it
// lies in the store, for all processes and starts.
type clinicClock struct {
	store  profile.ClockStore
	now    func() time.Time // this computer's clock, which is not trusted
	notice func(Notice)

	mu       sync.Mutex
	known    profile.Clock
	recalled bool
	last     profile.Reading // the answer that was taken last
	newest   answer          // the one with the latest Date
	untold   bool            // the store does not know of it
	stored   time.Time       // when the store was told last, by now
	said     bool            // that the clocks differ
}

// answer is an answer's Date, and the time at which it was given.
type answer struct{ date, readAt time.Time }

// recall reads what the store knows, which another process may have learnt.
func (c *clinicClock) recall(ctx context.Context) error {
	known, err := c.store.Clock(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.recalled = known, true
	return nil
}

// answered takes the Date of an answer, if it had one, and returns the time at
// which it was given: the Date, or where that is not plausible, one that is as
// far from those of other answers as the Dates are. Without a Date, it is the
// estimate.
func (c *clinicClock) answered(ctx context.Context, date time.Time) (time.Time, error) {
	c.mu.Lock()
	recalled := c.recalled
	c.mu.Unlock()
	if !recalled {
		if err := c.recall(ctx); err != nil {
			return time.Time{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if !date.IsZero() {
		c.last, c.untold = profile.Reading{Clinic: date, Here: now}, true
		c.known = c.known.Learn(c.last)
		// Before anything is stored with a time.
		if passed := now.Sub(c.stored); c.stored.IsZero() || passed < 0 || passed >= learnEvery {
			if err := c.keep(ctx); err != nil {
				return time.Time{}, err
			}
		}
	}
	if date.IsZero() {
		return c.known.Estimate(now).Truncate(time.Second), nil
	}
	return c.inOrder(date, c.known.ReadAt(date).Truncate(time.Second)), nil
}

// inOrder returns readAt, or what makes the answers of this process be in the
// order of their Dates though a doubt began or ended between them. A Date that
// is much earlier than the newest was set back, and is in order with none.
func (c *clinicClock) inOrder(date, readAt time.Time) time.Time {
	ahead := date.Sub(c.newest.date)
	if ahead <= 0 && ahead >= -dateSlack { // it was slow on its way
		return c.newest.readAt.Add(ahead)
	}
	// What the store knows of the newest answers may be a little older.
	if short := c.newest.readAt.Sub(readAt); ahead > 0 && short > 0 && short <= dateSlack {
		readAt = c.newest.readAt
	}
	c.newest = answer{date, readAt}
	return readAt
}

// keep tells the store of the newest answer. The caller holds the lock.
func (c *clinicClock) keep(ctx context.Context) error {
	known, err := c.store.Learn(ctx, c.last)
	if err != nil {
		return err
	}
	c.known, c.stored, c.untold = known, c.now(), false
	if known.Doubts() && !c.said {
		c.notice(ClocksDiffer)
	}
	c.said = known.Doubts()
	return nil
}

// flush tells the store of the newest answer at the end of a pass.
func (c *clinicClock) flush(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.untold {
		return nil
	}
	return c.keep(ctx)
}

// time is Cliniko's time as far as it is known.
func (c *clinicClock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.Estimate(c.now())
}

// unchecked is Cliniko's time as its newest answer told it: for what costs a
// request when it is wrong, and nothing else.
func (c *clinicClock) unchecked() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.Clinic.IsZero() {
		return c.known.Estimate(c.now())
	}
	return c.last.Clinic.Add(c.now().Sub(c.last.Here)).UTC()
}

// passed says that at least d have passed between two times. One that lies ahead
// was told by a clock that was wrong, and is as good as none.
func passed(since, now time.Time, d time.Duration) bool {
	age := now.Sub(since)
	return age >= d || age < -dateSlack
}
