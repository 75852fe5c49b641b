package profile

import "time"

const (
	// clockSlack is by how much two clocks may drift apart before an answer's
	// time is doubted. It lies within what a changes pass reads again.
	clockSlack = 5 * time.Minute
	// confirmAfter is how far apart two answers must lie that agree with each
	// other and with nothing that was believed before.
	confirmAfter = 24 * time.Hour
	// anchorFor is how long one comparison of the two clocks is good for. A
	// server whose clock ran ahead by the slack could gain that much in it, and
	// no more.
	anchorFor = 7 * 24 * time.Hour
)

// Reading is what Cliniko's clock and this computer's said at one moment.
type Reading struct {
	Clinic time.Time // the Date of an answer
	Here   time.Time
}

func (r Reading) isZero() bool { return r.Clinic.IsZero() }

// Clock is what is known of Cliniko's time. Neither of the two clocks is
// trusted by itself: a computer's may be set to any year, and the Date of an
// answer may be a proxy's. They are believed where they agree about how much
// time has passed; where they do not, what Cliniko says is believed once it
// has said so consistently for a day. The zero Clock knows nothing.
type Clock struct {
	// Believed is the newest of Cliniko's times that was believed. It never goes
	// back. Zero: none was.
	Believed time.Time
	// Latest is what the newest answer said, believed or not.
	Latest time.Time
	// Anchor is when the two clocks were last compared and believed, and Reached
	// the newest time that agreed with it, or that a doubt had come to when the
	// next one began. Where there was no doubt, it is Believed, unless that
	// turned out to have been too late.
	Anchor  Reading
	Reached time.Time
	// Doubted is the first of the answers that disagree with Anchor and agree
	// with each other; zero while there is no doubt.
	Doubted Reading
}

// Learn returns what is known after an answer with this reading.
func (c Clock) Learn(r Reading) Clock {
	r.Clinic, r.Here = r.Clinic.UTC(), r.Here.Round(0).UTC()
	before := c
	c.Latest = r.Clinic
	switch {
	case c.Anchor.isZero() && agree(Reading{r.Here, r.Here}, r):
		c.believe(r)
	case !c.Anchor.isZero() && agree(c.Anchor, r):
		if r.Clinic.Sub(c.Anchor.Clinic) < anchorFor {
			c.Believed, c.Reached, c.Doubted = later(c.Believed, r.Clinic), later(c.Reached, r.Clinic), Reading{}
			if c.Reached.After(r.Clinic.Add(clockSlack)) {
				c.Reached = r.Clinic // an answer in doubt had said more
			}
			break
		}
		c.believe(r)
	case c.Doubted.isZero():
		c.Doubted = r
	case !agree(c.Doubted, r):
		// This computer's clock was set once more, or the Date has changed. In
		// the first case the doubt goes on from where it was.
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

// agree says that as much time passed between two readings by the one clock as
// by the other.
func agree(a, b Reading) bool {
	expected := a.Here.Add(b.Clinic.Sub(a.Clinic))
	return b.Here.Sub(expected).Abs() <= clockSlack
}

// Doubts says that the newest answer was not believed.
func (c Clock) Doubts() bool { return !c.Doubted.isZero() }

// Erases returns the time by which it is decided what was kept long enough:
// never later than what is believed, nor than what Cliniko says now. Zero:
// nothing may be erased.
func (c Clock) Erases() time.Time {
	if c.Latest.Before(c.Believed) {
		return c.Latest
	}
	return c.Believed
}

// Estimate returns Cliniko's time when this computer's clock says here, as far
// as it is known. Where the clocks disagree, it is the earlier of what they
// say; a time before what was reached is none of them.
func (c Clock) Estimate(here time.Time) time.Time {
	earliest, _ := c.bounds(here)
	return earliest
}

// AtMost is Estimate for what is erased some days later: where the clocks
// disagree, it is the later of what they say.
func (c Clock) AtMost(here time.Time) time.Time {
	_, latest := c.bounds(here)
	return latest
}

// ReadAt returns when an answer was given whose Date is this one, and which
// was learnt. Of two answers, the one with the later Date was given later,
// whatever time passes and whatever this computer's clock says, until one is
// learnt that starts a doubt or ends it.
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

// atDoubt returns the earliest and the latest time that it can have been when
// the doubt began. That is decided by what was known then and no more: a
// clock that was behind what was reached at that moment is wrong, and is no
// more right once it has passed it.
func (c Clock) atDoubt() (earliest, latest time.Time) {
	// Of several answers at once, an earlier one may come last.
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
