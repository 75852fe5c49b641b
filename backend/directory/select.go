package directory

import (
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// Refs returns the refs of the rows that Find would return, in their order.
func (d *Directory) Refs(q Query) []string {
	sorted := d.settle(q.Sort)
	defer d.mu.RUnlock()
	refs := []string{}
	for place := range sorted.page(q.Desc, d.matching(&q), q.Offset, q.Limit) {
		refs = append(refs, d.rows[place].entry.Ref)
	}
	return refs
}

// Some returns the entries with these refs, by name and each once, and how many
// of the refs are no longer here.
func (d *Directory) Some(refs []string) (entries []profile.Entry, gone int) {
	sorted := d.settle(ByName)
	defer d.mu.RUnlock()
	wanted, gone := d.having(refs)
	for place := range sorted.page(false, wanted, 0, len(refs)) {
		entries = append(entries, d.rows[place].entry)
	}
	return entries, gone
}

// Named returns the position, among the rows that match the query, of the next
// one whose name ("Last, First") has this beginning. It searches from Offset on
// and then from the top, and returns -1 if there is none.
func (d *Directory) Named(q Query, beginning string) int {
	keys := spellings(prepare(beginning))
	for i := range keys {
		keys[i] = squeezed(keys[i])
	}
	sorted := d.settle(q.Sort)
	defer d.mu.RUnlock()
	first, at := -1, 0
	for place := range sorted.page(q.Desc, d.matching(&q), 0, len(d.rows)) {
		if d.rows[place].isNamed(keys) {
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

// isNamed reports whether the name begins with one of the keys, whatever is
// between its letters.
func (r *row) isNamed(keys []string) bool {
	for _, key := range keys {
		if key == "" {
			continue
		}
		if beginsWith(r.name, key) {
			return true
		}
		for _, name := range r.otherNames {
			if beginsWith(name, key) {
				return true
			}
		}
	}
	return false
}

func beginsWith(folded, key string) bool {
	for _, r := range folded {
		if key == "" {
			return true
		}
		if !inWord(r) {
			continue
		}
		first, size := utf8.DecodeRuneInString(key)
		if first != r {
			return false
		}
		key = key[size:]
	}
	return key == ""
}
