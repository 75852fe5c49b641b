package directory

import (
	"slices"
	"strings"
)

// blockRows is how many rows share a block of texts: enough for fast sequential
// reading, and few enough to rebuild the block when one of them changes.
const (
	blockRows  = 1024
	blockWords = blockRows / 64
)

// text is the searched text of the rows of one block: for each row the words of
// its names, its email, and the forms of its phone numbers.
type text struct {
	all   string
	ends  []int32 // of all parts, one after the other
	index *index
	stale bool // some row has changed since
}

// The parts of a row's text, in their order.
const (
	namesPart = iota
	emailPart
	phonesPart
	partsOfRow
)

// parts returns the parts of the row's text, in their order.
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

// newText joins the texts of all rows into one, which the rows then share.
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
	t := text{all: all.String(), ends: ends, index: &index{}}
	for i, r := range rows {
		if r == nil {
			continue
		}
		t.index.add(int32(i), r) // #nosec G115 -- of one block
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

// match keeps the rows with this beginning of a word in their names, or this
// part of an email or a phone number.
func (t *text) match(what *term, rows bits) {
	if what.letter != 0 {
		rows.and(t.index.letters[letterOf(what.letter)][:])
		return
	}
	var found blockBits
	t.find(what.names, namesPart, rows, found[:])
	t.find(what.email, emailPart, rows, found[:])
	t.find(what.phones, phonesPart, rows, found[:])
	copy(rows, found[:])
}

// find adds to found those of the rows that have one of the needles in this
// part.
func (t *text) find(wanted []needle, part int, rows, found bits) {
	for i := range wanted {
		var left blockBits
		copy(left[:], rows)
		bits(left[:]).andNot(found)
		t.index.mayHave(wanted[i].pairs, left[:])
		bits(left[:]).filter(func(row int) bool {
			return strings.Contains(t.part(row*partsOfRow+part), wanted[i].text)
		})
		found.or(left[:])
	}
}

// search keeps the rows that match all terms, where two or three words may also
// match one word of a name. The caller holds the lock.
func (d *Directory) search(ts terms, found bits) bits {
	all := append(make([]bits, 0, len(ts)+1), found) // by how many terms are matched
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

// matchTerm keeps the rows that match one term.
func (d *Directory) matchTerm(what *term, found bits) bits {
	own, hasOwn := d.places[what.text] // the whole id
	hasOwn = hasOwn && found.has(own)
	born := d.bornOn(what.born, found)
	for n := range d.texts {
		d.texts[n].match(what, found.block(n))
	}
	if hasOwn {
		found.set(own, true)
	}
	for _, place := range born {
		found.set(place, true)
	}
	return found
}

// matchNames keeps the rows whose names have one of the needles.
func (d *Directory) matchNames(wanted []needle, found bits) bits {
	for n := range d.texts {
		rows, in := found.block(n), blockBits{}
		d.texts[n].find(wanted, namesPart, rows, in[:])
		copy(rows, in[:])
	}
	return found
}
