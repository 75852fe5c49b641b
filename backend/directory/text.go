package directory

import (
	"slices"
	"strings"
)

// blockRows is how many rows have their texts together: enough to read them one
// after the other, and few enough to write them anew when one of them changes.
const (
	blockRows  = 1024
	blockWords = blockRows / 64
)

// text is what the rows of one block are searched by, in one piece: for each row
// the words of its names, its email, and the forms of its phone numbers.
type text struct {
	all   string
	ends  []int32 // of all parts, one after the other
	marks []marks
	stale bool // some row has changed since
}

const partsOfRow = 3

// parts are in the order in which they stand in a text.
func (r *row) parts() [partsOfRow]*string { return [...]*string{&r.words, &r.email, &r.phones} }

func (d *Directory) textsStale() bool {
	return slices.ContainsFunc(d.texts, func(t text) bool { return t.stale })
}

func (d *Directory) renewTexts() {
	for i := range d.texts {
		if d.texts[i].stale {
			d.texts[i] = newText(d.rows[i*blockRows : min((i+1)*blockRows, len(d.rows))])
		}
	}
}

// newText puts the texts of all rows into one, and lets the rows share it.
func newText(rows []*row) text {
	var all strings.Builder
	ends := make([]int32, 0, partsOfRow*len(rows))
	for _, r := range rows {
		if r == nil {
			r = &row{}
		}
		for _, part := range r.parts() {
			all.WriteString(*part)
			ends = append(ends, int32(all.Len())) // #nosec G115 -- of one block
		}
	}
	t := text{all: all.String(), ends: ends, marks: make([]marks, len(rows))}
	for i, r := range rows {
		if r == nil {
			continue
		}
		t.marks[i] = marksOf(r)
		for j, part := range r.parts() {
			*part = t.part(i*partsOfRow + j)
		}
	}
	return t
}

func (t *text) part(n int) string {
	start := int32(0)
	if n > 0 {
		start = t.ends[n-1]
	}
	return t.all[start:t.ends[n]]
}

// match finds the beginning of a word of the names, or any part of the email or
// of a phone number.
func (t *text) match(row int, what *term) bool {
	m := &t.marks[row]
	if what.letter != 0 {
		return m.letters&what.letter != 0
	}
	n := row * partsOfRow
	return m.pairs.hasAll(&what.inText) && (t.contains(m, n, what.names) || t.contains(m, n+1, what.email)) ||
		m.pairs.hasAll(&what.inPhone) && t.contains(m, n+2, what.phones)
}

// contains reports whether a part of a row's text has one of the needles.
func (t *text) contains(m *marks, part int, wanted []needle) bool {
	for i := range wanted {
		if m.pairs.hasAll(&wanted[i].pairs) && strings.Contains(t.part(part), wanted[i].text) {
			return true
		}
	}
	return false
}

// search leaves of some those who match all terms, where two or three words may
// also be one of a name. The caller holds the lock.
func (d *Directory) search(ts terms, found bits) bits {
	all := append(make([]bits, 0, len(ts)+1), found) // by how many words are matched
	for i := range ts {
		left := d.matchTerm(&ts[i], slices.Clone(all[i]))
		for back, together := range [][]needle{ts[i].pair, ts[i].triple} {
			if len(together) > 0 {
				left.or(d.matchNames(together, slices.Clone(all[i-1-back])))
			}
		}
		all = append(all, left)
	}
	return all[len(ts)]
}

// matchTerm leaves those who match one word of a search.
func (d *Directory) matchTerm(what *term, found bits) bits {
	own, hasOwn := d.places[what.text] // the whole id
	hasOwn = hasOwn && found.has(own)
	born := d.bornOn(what.born, found)
	for n := range d.texts {
		t := &d.texts[n]
		found[n*blockWords : (n+1)*blockWords].leave(func(row int) bool { return t.match(row, what) })
	}
	if hasOwn {
		found.set(own, true)
	}
	for _, place := range born {
		found.set(place, true)
	}
	return found
}

// matchNames leaves those whose names have one of the needles.
func (d *Directory) matchNames(wanted []needle, found bits) bits {
	common := commonPairs(wanted)
	for n := range d.texts {
		t := &d.texts[n]
		found[n*blockWords : (n+1)*blockWords].leave(func(row int) bool {
			m := &t.marks[row]
			return m.pairs.hasAll(&common) && t.contains(m, row*partsOfRow, wanted)
		})
	}
	return found
}
