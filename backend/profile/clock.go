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
	// the newest time that agreed with it. It is Believed, unless that turned out
	// to have been too late.
	Anchor  Reading
	Reached time.Time
	// Doubted is the first of the answers that disagree with Anchor and agree
	// with each other; zero while there is no doubt.
	Doubted Reading
}

// Learn returns what is known after an answer with this reading.
func (c Clock) Learn(r Reading) Clock {
	r.Clinic, r.Here = r.Clinic.UTC(), r.Here.Round(0).UTC()
	c.Latest = r.Clinic
	switch {
	case c.Anchor.isZero() && agree(Reading{r.Here, r.Here}, r):
		c.believe(r)
	case !c.Anchor.isZero() && agree(c.Anchor, r):
		if r.Clinic.Sub(c.Anchor.Clinic) < anchorFor {
			c.Believed, c.Reached, c.Doubted = later(c.Believed, r.Clinic), later(c.Reached, r.Clinic), Reading{}
			break
		}
		c.believe(r)
	case c.Doubted.isZero() || !agree(c.Doubted, r):
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

func (c Clock) bounds(here time.Time) (earliest, latest time.Time) {
	here = here.Round(0).UTC()
	if c.Anchor.isZero() && c.Doubted.isZero() {
		return here, here
	}
	for _, known := range []Reading{c.Anchor, c.Doubted} {
		t := known.Clinic.Add(here.Sub(known.Here))
		if known.isZero() || t.Before(c.Reached) {
			continue
		}
		if earliest.IsZero() || t.Before(earliest) {
			earliest = t
		}
		latest = later(latest, t)
	}
	if earliest.IsZero() {
		return c.Reached, c.Reached
	}
	return earliest, latest
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
