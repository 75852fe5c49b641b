package directory

import (
	mathbits "math/bits"
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
// the words of its names, its email, and the digits of its phone numbers.
type text struct {
	all   string
	ends  []int32 // of all parts, one after the other
	marks []marks
	stale bool // some row has changed since
}

const partsOfRow = 3

// parts are in the order in which they stand in a text.
func (r *row) parts() [partsOfRow]*string { return [...]*string{&r.words, &r.email, &r.digits} }

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
	if m.pairs.hasAll(&what.textPairs) &&
		(strings.Contains(t.part(n), what.start) || strings.Contains(t.part(n+1), what.text)) {
		return true
	}
	return what.digits != "" && m.pairs.hasAll(&what.digitsPairs) && strings.Contains(t.part(n+2), what.digits)
}

// search leaves of some those who match all terms. The caller holds the lock.
func (d *Directory) search(ts terms, found bits) bits {
	for i := range ts {
		own, hasOwn := d.places[ts[i].text] // the whole id
		hasOwn = hasOwn && found.has(own)
		born := d.bornOn(ts[i].born, found)
		for n := range d.texts {
			d.texts[n].narrow(&ts[i], found[n*blockWords:(n+1)*blockWords])
		}
		if hasOwn {
			found.set(own, true)
		}
		for _, place := range born {
			found.set(place, true)
		}
	}
	return found
}

// narrow leaves those rows that a term matches.
func (t *text) narrow(what *term, found bits) {
	for i, word := range found {
		for rest := word; rest != 0; rest &= rest - 1 {
			bit := mathbits.TrailingZeros64(rest)
			if !t.match(i*64+bit, what) {
				word &^= 1 << bit
			}
		}
		found[i] = word
	}
}
