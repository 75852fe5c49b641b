package directory

import (
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// newest are the rows with the latest times, the latest first. Of two with the
// same time the one with the lower ref is first, so that the order is steady.
type newest struct {
	most int
	at   func(*row) time.Time
	rows []*row
}

func (n *newest) add(r *row) {
	place := len(n.rows)
	for place > 0 && n.before(r, n.rows[place-1]) {
		place--
	}
	if place < n.most {
		n.rows = slices.Insert(n.rows, place, r)
		n.rows = n.rows[:min(len(n.rows), n.most)]
	}
}

func (n *newest) before(a, b *row) bool {
	if c := n.at(a).Compare(n.at(b)); c != 0 {
		return c > 0
	}
	return a.entry.Ref < b.entry.Ref
}

func (n *newest) entries() []profile.Entry {
	entries := make([]profile.Entry, len(n.rows))
	for i, r := range n.rows {
		entries[i] = r.entry
	}
	return entries
}

// AddedSince counts the active clients who were first stored then or later, by
// Cliniko's clock, and returns up to most of them, the latest first.
func (d *Directory) AddedSince(since time.Time, most int) (added []profile.Entry, count int) {
	latest := newest{most: most, at: func(r *row) time.Time { return r.entry.Profile.AddedAt }}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, r := range d.rows {
		if r != nil && r.in(All) && !r.entry.Profile.AddedAt.Before(since) {
			count++
			latest.add(r)
		}
	}
	return latest.entries(), count
}

// Attending says what is wrong with those who need attention.
type Attending struct {
	All     int
	Reasons [len(Reasons)]int // how many for each reason; somebody may have several
	Since   int               // how many need it since a time
	Newest  []profile.Entry   // those, the latest first
}

// Attending returns what is wrong with those who need attention, and up to most
// of those who have needed it since then.
func (d *Directory) Attending(since time.Time, most int) Attending {
	var found Attending
	latest := newest{most: most, at: func(r *row) time.Time { return r.entry.Failure.FirstFailedAt }}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, r := range d.rows {
		if r == nil || !r.in(Attention) {
			continue
		}
		found.All++
		for n, reason := range Reasons {
			if r.has(reason) {
				found.Reasons[n]++
			}
		}
		if !r.entry.Failure.FirstFailedAt.Before(since) {
			found.Since++
			latest.add(r)
		}
	}
	found.Newest = latest.entries()
	return found
}
