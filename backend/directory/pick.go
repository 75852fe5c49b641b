package directory

import (
	"strings"

	"telehab.io/desktop/backend/profile"
)

// Refs returns the refs of the rows that Find would return, in their order.
func (d *Directory) Refs(q Query) []string {
	sorted := d.settle(q.Sort)
	defer d.mu.RUnlock()
	refs := []string{}
	for place := range sorted.part(q.Desc, d.matching(&q), q.Offset, q.Limit) {
		refs = append(refs, d.rows[place].entry.Ref)
	}
	return refs
}

// Some returns the entries with these refs in the order of their names, each
// once, and how many of the refs are not here any more.
func (d *Directory) Some(refs []string) (entries []profile.Entry, gone int) {
	sorted := d.settle(ByName)
	defer d.mu.RUnlock()
	wanted := make(bits, len(d.texts)*blockWords)
	for _, ref := range refs {
		place, known := d.places[ref]
		if !known {
			gone++
			continue
		}
		wanted.set(place, true)
	}
	for place := range sorted.part(false, wanted, 0, len(refs)) {
		entries = append(entries, d.rows[place].entry)
	}
	return entries, gone
}

// Named returns where, among the rows that fit the query, the next one stands
// whose name ("Last, First") begins with this, looking from Offset on and then
// from the top; -1 if there is none.
func (d *Directory) Named(q Query, beginning string) int {
	beginning = fold(beginning)
	sorted := d.settle(q.Sort)
	defer d.mu.RUnlock()
	first, at := -1, 0
	for place := range sorted.part(q.Desc, d.matching(&q), 0, len(d.rows)) {
		if strings.HasPrefix(d.rows[place].name, beginning) {
			if at >= q.Offset {
				return at
			}
			if first < 0 {
				first = at
			}
		}
		at++
	}
	return first
}
