package directory

import mathbits "math/bits"

// bits is a set of places. It has a bit for each place of all blocks.
type bits []uint64

// block returns the part of the set for one block.
func (b bits) block(n int) bits { return b[n*blockWords : (n+1)*blockWords] }

func (b bits) has(place int32) bool { return b[place>>6]&(1<<(place&63)) != 0 }

func (b bits) set(place int32, in bool) {
	if in {
		b[place>>6] |= 1 << (place & 63)
	} else {
		b[place>>6] &^= 1 << (place & 63)
	}
}

func (b bits) count() int {
	n := 0
	for _, word := range b {
		n += mathbits.OnesCount64(word)
	}
	return n
}

// and keeps the places that are in the other set too.
func (b bits) and(other bits) {
	for i := range b {
		b[i] &= other[i]
	}
}

// andNot keeps the places that are not in the other set.
func (b bits) andNot(other bits) {
	for i := range b {
		b[i] &^= other[i]
	}
}

// countWith counts the places that are in both sets.
func (b bits) countWith(other bits) int {
	n := 0
	for i := range b {
		n += mathbits.OnesCount64(b[i] & other[i])
	}
	return n
}

// or adds the places of the other set.
func (b bits) or(other bits) {
	for i := range b {
		b[i] |= other[i]
	}
}

// filter keeps the places for which holds is true.
func (b bits) filter(holds func(place int) bool) {
	for i, word := range b {
		for rest := word; rest != 0; rest &= rest - 1 {
			bit := mathbits.TrailingZeros64(rest)
			if !holds(i*64 + bit) {
				word &^= 1 << bit
			}
		}
		b[i] = word
	}
}
