package directory

import (
	"slices"
	"time"
)

// Narrow restricts a filter's rows. All set conditions apply together.
type Narrow struct {
	NoPhone bool
	NoEmail bool
	Since   time.Time // changed in Cliniko then or later; zero for any time
	Reason  Reason    // "" for any, or none
	Refs    []string  // only these; nil for any
}

// Counts has the number of rows of each filter and, within the filter of the
// query, the number that each condition of Narrow alone would leave. The search
// makes no difference.
type Counts struct {
	All, Attention, Archived int

	NoPhone, NoEmail int
	Week, Month      int // changed in the last 7 and 30 days; 0 in a query without Now

	Reasons [len(Reasons)]int // by the order of Reasons
}

const day = 24 * time.Hour

// WeekBefore returns the time since which Counts.Week counts changes.
func WeekBefore(now time.Time) time.Time { return now.Add(-7 * day) }

// MonthBefore returns the time since which Counts.Month counts changes.
func MonthBefore(now time.Time) time.Time { return now.Add(-30 * day) }

// What a row may lack.
const (
	lacksPhone = iota
	lacksEmail
	traits
)

// indexTraits records what Narrow needs of a row, or clears it for nil. The
// caller holds the lock.
func (d *Directory) indexTraits(place int32, r *row) {
	d.lacks[lacksPhone].set(place, r != nil && len(r.entry.Profile.Phones) == 0)
	d.lacks[lacksEmail].set(place, r != nil && r.entry.Profile.Email == "")
	for i, reason := range Reasons {
		d.wrong[i].set(place, r != nil && r.has(reason))
	}
	d.edited[place] = 0
	if r != nil && !r.entry.Profile.UpdatedAt.IsZero() {
		d.edited[place] = r.entry.Profile.UpdatedAt.Unix()
	}
}

// narrow returns which of the rows satisfy n. The caller holds the lock.
func (d *Directory) narrow(among bits, n Narrow) bits {
	left := slices.Clone(among)
	if n.NoPhone {
		left.and(d.lacks[lacksPhone])
	}
	if n.NoEmail {
		left.and(d.lacks[lacksEmail])
	}
	if !n.Since.IsZero() {
		left.and(d.since(n.Since))
	}
	if n.Reason != "" {
		if i := slices.Index(Reasons[:], n.Reason); i >= 0 {
			left.and(d.wrong[i])
		} else {
			clear(left) // nobody has a reason that there is not
		}
	}
	if n.Refs != nil {
		wanted, _ := d.having(n.Refs)
		left.and(wanted)
	}
	return left
}

// having returns the rows with these refs, and how many of the refs are not
// here. The caller holds the lock.
func (d *Directory) having(refs []string) (rows bits, gone int) {
	rows = make(bits, len(d.texts)*blockWords)
	for _, ref := range refs {
		if place, known := d.places[ref]; known {
			rows.set(place, true)
		} else {
			gone++
		}
	}
	return rows, gone
}

// since returns the rows that were changed then or later.
func (d *Directory) since(then time.Time) bits {
	changed, from := make(bits, len(d.texts)*blockWords), then.Unix()
	for place, at := range d.edited {
		if at >= from && at != 0 {
			changed[place>>6] |= 1 << (place & 63)
		}
	}
	return changed
}

func (d *Directory) counts(q *Query) Counts {
	members := d.members(q.Filter)
	c := Counts{
		All: d.member[All].count(), Attention: d.member[Attention].count(), Archived: d.member[Archived].count(),
		NoPhone: members.countWith(d.lacks[lacksPhone]), NoEmail: members.countWith(d.lacks[lacksEmail]),
	}
	for i := range Reasons {
		c.Reasons[i] = members.countWith(d.wrong[i])
	}
	if !q.Now.IsZero() {
		c.Week, c.Month = members.countWith(d.since(WeekBefore(q.Now))), members.countWith(d.since(MonthBefore(q.Now)))
	}
	return c
}
