package directory

import mathbits "math/bits"

// bits is a set of places, as long as all blocks are.
type bits []uint64

// block returns the part of the set that is about one block.
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

// and leaves those that are in the other set too.
func (b bits) and(other bits) {
	for i := range b {
		b[i] &= other[i]
	}
}

// andNot leaves those that are not in the other set.
func (b bits) andNot(other bits) {
	for i := range b {
		b[i] &^= other[i]
	}
}

// countWith counts those that are in both sets.
func (b bits) countWith(other bits) int {
	n := 0
	for i := range b {
		n += mathbits.OnesCount64(b[i] & other[i])
	}
	return n
}

// or adds those that are in the other set.
func (b bits) or(other bits) {
	for i := range b {
		b[i] |= other[i]
	}
}

// leave drops the places of which the function is false.
func (b bits) leave(holds func(place int) bool) {
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
