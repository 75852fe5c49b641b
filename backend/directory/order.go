package directory

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
)

// order is all places in the ascending order of one column, those without a
// value last.
type order struct {
	by     Sort
	places []int32
	valued int     // how many of places have a value; they come first
	moved  []int32 // whose rows have changed since
}

// walk iterates over the places. Those without a value are last in both
// directions.
func (o *order) walk(desc bool) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		rest := o.places
		if desc {
			rest = o.places[o.valued:]
			for _, place := range slices.Backward(o.places[:o.valued]) {
				if !yield(place) {
					return
				}
			}
		}
		for _, place := range rest {
			if !yield(place) {
				return
			}
		}
	}
}

// page iterates over the found places, without the first skip of them, up to
// take of them.
func (o *order) page(desc bool, found bits, skip, take int) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for place := range o.walk(desc) {
			switch {
			case take <= 0:
				return
			case !found.has(place):
			case skip > 0:
				skip--
			case !yield(place):
				return
			default:
				take--
			}
		}
	}
}

// settle moves changed rows to their new positions. If they are few it merges
// them in, so that a changed profile does not cost a sort of all rows.
func (o *order) settle(rows []*row) {
	if len(o.places) == 0 || len(o.moved) > len(rows)/8 {
		o.places, o.moved = nil, nil
		for place, r := range rows {
			if r != nil {
				o.moved = append(o.moved, int32(place)) // #nosec G115 -- see newPlace
			}
		}
	}
	o.merge(o.sortMoved(rows), rows)
	o.moved = nil
	o.valued, _ = slices.BinarySearchFunc(o.places, "", func(place int32, _ string) int {
		if rows[place].key(o.by) == "" {
			return 1
		}
		return -1
	})
}

// keyed is a row with its sort key, computed once.
type keyed struct {
	start uint64 // the key's first eight bytes
	key   string
	row   *row
	place int32
}

// sortMoved returns the moved rows, each once, sorted, and removes their places
// from the old order.
func (o *order) sortMoved(rows []*row) []keyed {
	gone := make(bits, len(rows)/64+1)
	moved := make([]keyed, 0, len(o.moved))
	for _, place := range o.moved {
		if gone.has(place) {
			continue
		}
		gone.set(place, true)
		if r := rows[place]; r != nil {
			moved = append(moved, o.keyed(r, place))
		}
	}
	o.places = slices.DeleteFunc(o.places, func(place int32) bool { return gone.has(place) })
	slices.SortFunc(moved, keyed.compare)
	return moved
}

func (o *order) keyed(r *row, place int32) keyed {
	k := keyed{key: r.key(o.by), row: r, place: place}
	var start [8]byte
	copy(start[:], k.key)
	k.start = binary.BigEndian.Uint64(start[:])
	return k
}

// merge inserts sorted rows between the others.
func (o *order) merge(moved []keyed, rows []*row) {
	if len(moved) == 0 {
		return
	}
	before := o.places
	o.places = make([]int32, 0, len(before)+len(moved))
	for _, k := range moved {
		n, _ := slices.BinarySearchFunc(before, k, func(place int32, k keyed) int {
			return o.keyed(rows[place], place).compare(k)
		})
		o.places = append(append(o.places, before[:n]...), k.place)
		before = before[n:]
	}
	o.places = append(o.places, before...)
}

// compare puts rows without a value last, and equal ones in the order of their
// names.
func (k keyed) compare(other keyed) int {
	if (k.key == "") != (other.key == "") {
		if k.key == "" {
			return 1
		}
		return -1
	}
	if k.start != other.start {
		return cmp.Compare(k.start, other.start)
	}
	if n := strings.Compare(k.key, other.key); n != 0 {
		return n
	}
	return cmp.Or(strings.Compare(k.row.sortedName(), other.row.sortedName()), strings.Compare(k.row.entry.Ref, other.row.entry.Ref))
}
