package profile

import "time"

const (
	// clockSlack is how far two clocks may drift apart before an answer's time
	// is doubted. It is less than the overlap of a changes pass.
	clockSlack = 5 * time.Minute
	// confirmAfter is how long answers that contradict the believed time have
	// to agree with each other before they are believed.
	confirmAfter = 24 * time.Hour
	// anchorFor is how long one comparison of the two clocks is valid. In this
	// time a server's clock can gain no more than the slack.
	anchorFor = 7 * 24 * time.Hour
)

// Reading is the time by Cliniko's clock and by this computer's at one moment.
type Reading struct {
	Clinic time.Time // the Date of an answer
	Here   time.Time
}

func (r Reading) isZero() bool { return r.Clinic.IsZero() }

// Clock is what is known of Cliniko's time. Neither of the two clocks is
// trusted alone: a computer's may be set to any year, and the Date of an answer
// may be a proxy's. They are believed while they agree about how much time has
// passed; otherwise Cliniko's clock is believed once it has been consistent for
// a day. The zero Clock knows nothing.
type Clock struct {
	// Believed is the newest of Cliniko's times that was believed, or zero. It
	// never goes back.
	Believed time.Time
	// Latest is the time of the newest answer, believed or not.
	Latest time.Time
	// Anchor is when the two clocks were last compared and believed. Reached is
	// the newest time that agreed with it or, when one doubt follows another,
	// the time that the earlier one had reached. Without a doubt it equals
	// Believed, unless Believed turned out to be too late.
	Anchor  Reading
	Reached time.Time
	// Doubted is the first of the answers that disagree with Anchor and agree
	// with each other; zero if there is no doubt.
	Doubted Reading
}

// Learn returns what is known after an answer with this reading.
func (c Clock) Learn(r Reading) Clock {
	r.Clinic, r.Here = r.Clinic.UTC(), r.Here.Round(0).UTC()
	before := c
	c.Latest = r.Clinic
	switch {
	case !c.Anchor.isZero() && agree(c.Anchor, r):
		if r.Clinic.Sub(c.Anchor.Clinic) < anchorFor {
			c.Believed, c.Reached, c.Doubted = later(c.Believed, r.Clinic), later(c.Reached, r.Clinic), Reading{}
			if c.Reached.After(r.Clinic.Add(clockSlack)) {
				c.Reached = r.Clinic // a doubted answer was later
			}
			break
		}
		c.believe(r)
	case agree(Reading{r.Here, r.Here}, r):
		// Both show the same time, whatever one of them showed before. So a
		// wrong Date that was believed after a day ends with the next good one.
		c.believe(r)
	case c.Doubted.isZero():
		c.Doubted = r
	case !agree(c.Doubted, r):
		// This computer's clock was set again, or the Date has changed. In the
		// first case the doubt continues from where it was.
		if reached := before.ReadAt(before.Latest); !reached.After(r.Clinic.Add(clockSlack)) {
			c.Reached = later(c.Reached, earlier(reached, r.Clinic))
		}
		c.Doubted = r
	case r.Clinic.Sub(c.Doubted.Clinic) >= confirmAfter:
		c.believe(r)
	}
	return c
}

func (c *Clock) believe(r Reading) {
	c.Believed, c.Anchor, c.Reached, c.Doubted = later(c.Believed, r.Clinic), r, r.Clinic, Reading{}
}

// agree reports whether both clocks measured the same time between two
// readings.
func agree(a, b Reading) bool {
	expected := a.Here.Add(b.Clinic.Sub(a.Clinic))
	return b.Here.Sub(expected).Abs() <= clockSlack
}

// Certain returns the time that Cliniko's clock has certainly passed, as far as
// anybody can know: a time at which the two clocks agreed, and not later than
// the newest answer. A cursor must not be later.
func (c Clock) Certain() time.Time {
	return earlier(earlier(c.Believed, c.Reached), c.Latest)
}

// Doubts reports whether the newest answer was not believed.
func (c Clock) Doubts() bool { return !c.Doubted.isZero() }

// Erases returns the time that decides what has been stored long enough to be
// erased: never later than Believed, nor than Cliniko's latest answer. Zero
// means that nothing may be erased.
func (c Clock) Erases() time.Time {
	if c.Latest.Before(c.Believed) {
		return c.Latest
	}
	return c.Believed
}

// Estimate returns the best estimate of Cliniko's time when this computer's
// clock shows here. Where the clocks disagree, it is the earlier of the two
// that is not before Reached.
func (c Clock) Estimate(here time.Time) time.Time {
	earliest, _ := c.bounds(here)
	return earliest
}

// AtMost is the latest that Cliniko's time can be, for what is erased a number
// of days later: where the clocks disagree, it is the later of the two.
func (c Clock) AtMost(here time.Time) time.Time {
	_, latest := c.bounds(here)
	return latest
}

// ReadAt returns when an answer with this Date was given; the answer has to be
// learnt already. An answer with a later Date was given later, whatever this
// computer's clock shows, until an answer is learnt that starts or ends a
// doubt.
func (c Clock) ReadAt(date time.Time) time.Time {
	if c.Doubted.isZero() {
		return date
	}
	earliest, _ := c.atDoubt()
	return earliest.Add(date.Sub(c.Doubted.Clinic))
}

func (c Clock) bounds(here time.Time) (earliest, latest time.Time) {
	here = here.Round(0).UTC()
	switch {
	case !c.Doubted.isZero():
		earliest, latest = c.atDoubt()
		passed := here.Sub(c.Doubted.Here)
		earliest, latest = earliest.Add(passed), latest.Add(passed)
	case c.Anchor.isZero():
		return here, here
	default:
		earliest = c.Anchor.Clinic.Add(here.Sub(c.Anchor.Here))
		latest = earliest
	}
	return later(c.Reached, earliest), later(c.Reached, latest)
}

// atDoubt returns the earliest and the latest time at which the doubt can have
// begun, by what was known then and no more: a clock that was behind Reached at
// that moment is wrong, and does not become right by passing it.
func (c Clock) atDoubt() (earliest, latest time.Time) {
	// Of several concurrent answers, an earlier one may arrive last.
	dateFits := !c.Doubted.Clinic.Before(c.Reached.Add(-clockSlack))
	here := c.Anchor.Clinic.Add(c.Doubted.Here.Sub(c.Anchor.Here))
	hereFits := !c.Anchor.isZero() && !here.Before(c.Reached)
	switch {
	case dateFits && hereFits:
		return earlier(c.Doubted.Clinic, here), later(c.Doubted.Clinic, here)
	case dateFits:
		return c.Doubted.Clinic, c.Doubted.Clinic
	case hereFits:
		return here, here
	}
	return c.Reached, c.Reached
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
