package profile

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	// MaxText is the length in code points of the longest text that is stored.
	// Cliniko's own texts have at most 255 characters.
	MaxText = 255
	// MaxPhones is how many telephone numbers of a client are stored. Cliniko
	// publishes no limit; nobody has that many.
	MaxPhones = 50
)

// ellipsis ends a text that was cut, so that whoever reads it can see that. No
// email and no date contains one.
const ellipsis = "…"

// Shorten returns a text of at most MaxText code points. A longer one is cut
// between two characters as a person sees them, and ends with an ellipsis.
func Shorten(text string) string {
	if !isLonger(text) {
		return text
	}
	cut, length := 0, 0
	rest, state := text, -1
	for {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		length += utf8.RuneCountInString(cluster)
		if length >= MaxText {
			break
		}
		cut += len(cluster)
	}
	if cut == 0 { // one letter with hundreds of marks
		cut = runeAt(text, MaxText-1)
	}
	return text[:cut] + ellipsis
}

// isLonger reports whether a text has more than MaxText code points.
func isLonger(text string) bool { return len(text) > MaxText && runeAt(text, MaxText) < len(text) }

// runeAt returns where in a text the code point with this index begins, or the
// text's length if it has none.
func runeAt(text string, index int) int {
	for at := range text {
		if index == 0 {
			return at
		}
		index--
	}
	return len(text)
}

// Limit cuts what is too long or too many to be searched and shown: a row of an
// earlier version may hold more than is stored today.
func (d *Details) Limit() { d.limit(nil) }

// limit cuts what is too long or too many, and returns the problems of that.
// known is the failure that the details were stored with, or nil: what was cut
// before is still less than Cliniko has. An email that was cut is no email any
// more, which judge says.
func (d *Details) limit(known *Failure) (cut []Problem) {
	for i := range allFields {
		field := &allFields[i]
		if field.text == nil {
			continue
		}
		text := field.text(d)
		if field.name != FieldEmail && wasLonger(*text, known.kindOf(field.name)) {
			cut = append(cut, Problem{field.name, TooLong})
		}
		*text = Shorten(*text)
	}
	d.ImpossibleBirthDate = Shorten(d.ImpossibleBirthDate)
	if kind := d.limitPhones(known.kindOf(FieldPhones)); kind != "" {
		cut = append(cut, Problem{FieldPhones, kind})
	}
	return cut
}

// wasLonger reports whether Cliniko has more of a text than is stored. known is
// what was wrong with it before.
func wasLonger(text, known string) bool {
	return isLonger(text) || known == TooLong && strings.HasSuffix(text, ellipsis)
}

// limitPhones cuts the list and what is in it, and returns what was wrong, or
// "".
func (d *Details) limitPhones(known string) (kind string) {
	if len(d.Phones) > MaxPhones || len(d.Phones) == MaxPhones && known == TooMany {
		d.Phones, kind = d.Phones[:MaxPhones:MaxPhones], TooMany
	}
	if !slices.ContainsFunc(d.Phones, func(p Phone) bool { return wasLonger(p.Type, known) || wasLonger(p.Number, known) }) {
		return kind
	}
	d.Phones = slices.Clone(d.Phones) // another copy of the profile has them too
	for i := range d.Phones {
		d.Phones[i] = Phone{Type: Shorten(d.Phones[i].Type), Number: Shorten(d.Phones[i].Number)}
	}
	return cmp.Or(kind, TooLong)
}
