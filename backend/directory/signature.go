package directory

// marks say of a row what cannot be found in it, without a look at its texts.
type marks struct {
	letters uint64 // that words begin with, or that are in the email
	pairs   pairs  // of neighbouring bytes in all texts
}

// pairs is a set of pairs of bytes, in which several pairs share a place: who
// is in it may be meant.
type pairs [2]uint64

func (p *pairs) add(text string) {
	for i := 1; i < len(text); i++ {
		place := (uint32(text[i-1])<<8 | uint32(text[i])) * 0x9e3779b1 >> 25 // the top seven bits of a product of many
		p[place>>6] |= 1 << (place & 63)
	}
}

func (p *pairs) hasAll(other *pairs) bool {
	return p[0]&other[0] == other[0] && p[1]&other[1] == other[1]
}

// lettersApart is how many letters and digits have a place of their own.
const lettersApart = 36

// letterOf returns the place of a letter or digit; other bytes share the rest.
func letterOf(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return c - 'a'
	case c >= '0' && c <= '9':
		return c - '0' + 26
	}
	return lettersApart + c%(64-lettersApart)
}

func marksOf(r *row) marks {
	var m marks
	for i := 1; i < len(r.words); i++ {
		if r.words[i-1] == ' ' {
			m.letters |= 1 << letterOf(r.words[i])
		}
	}
	for i := range len(r.email) {
		m.letters |= 1 << letterOf(r.email[i])
	}
	m.pairs.add(r.words)
	m.pairs.add(r.email)
	m.pairs.add(r.phones)
	return m
}
