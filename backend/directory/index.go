package directory

// index rules out rows of a block that cannot match, so that a search reads few
// texts.
type index struct {
	letters [letterPlaces]blockBits // rows with a word or email that contains it
	pairs   [pairPlaces]blockBits   // of adjacent bytes in any text
}

// blockBits is a set of rows of one block.
type blockBits [blockWords]uint64

// Letters and digits have a place each; other bytes share the rest.
const (
	lettersApart = 36
	letterPlaces = 64
)

// letterOf returns the place of a byte.
func letterOf(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return c - 'a'
	case c >= '0' && c <= '9':
		return c - '0' + 26
	}
	return lettersApart + c%(letterPlaces-lettersApart)
}

// Several pairs share a place, so a row in it only may match.
const pairPlaces = 1 << pairBits

const pairBits = 9

// pairsOf returns the places of a text's pairs, with repetitions.
func pairsOf(text string) []uint16 {
	places := make([]uint16, max(0, len(text)-1))
	for i := range places {
		places[i] = pairAt(text, i)
	}
	return places
}

func pairAt(text string, i int) uint16 {
	pair := uint32(text[i])<<8 | uint32(text[i+1])
	return uint16(pair * 0x9e3779b1 >> (32 - pairBits)) // #nosec G115 -- the top bits of a product of many
}

// add indexes the texts of a row.
func (x *index) add(place int32, r *row) {
	for i := 1; i < len(r.words); i++ {
		if r.words[i-1] == wordMark[0] {
			x.letters[letterOf(r.words[i])].add(place)
		}
	}
	for i := range len(r.email) {
		x.letters[letterOf(r.email[i])].add(place)
	}
	for _, text := range r.parts() {
		for i := range len(*text) - 1 {
			x.pairs[pairAt(*text, i)].add(place)
		}
	}
}

func (b *blockBits) add(place int32) { bits(b[:]).set(place, true) }

// mayHave keeps the rows that may have a text with these pairs.
func (x *index) mayHave(pairs []uint16, rows bits) {
	for _, place := range pairs {
		rows.and(x.pairs[place][:])
	}
}
