package directory

import (
	"slices"
	"strings"
	"unicode"
)

// A stored number stays as it is written, since parsing all numbers of a clinic
// would take seconds. What is typed is parsed by the numbering plans, once for
// each search, into all the forms in which the same number may be stored. Each
// form follows a mark.
const (
	worldMark    = "+" // country code and number
	nationalMark = "=" // the same number as dialled within its country
	localMark    = "~" // a number that names no country
	wholeMark    = "#" // everything in a field with several numbers, or an extension
)

// longestNumber is the most digits that a number has, with its country code.
const longestNumber = 15

// surelyPhone is how many digits make one number, whatever is between them.
const surelyPhone = 6

// phoneForms returns the forms of a stored number, each after its mark.
func phoneForms(number string) string {
	folded := fold(number)
	if digits := digitsOf(folded); digits == "" {
		return ""
	} else if strings.Trim(folded, "0123456789 ()-.") == "" && !strings.HasPrefix(digits, "00") {
		return localMark + digits // true of most numbers
	}
	pieces := phonePieces(folded)
	if len(pieces) > 1 && onlyPhone(folded) && len(digitsOf(folded)) <= longestNumber {
		pieces = append(pieces, folded) // 012-345/6789 may be one number or two
	}
	var out strings.Builder
	for i, piece := range pieces {
		digits := digitsOf(piece)
		rest, abroad := digits, hasPlus(piece)
		if !abroad {
			rest, abroad = afterDialOut(digits, "")
		}
		switch {
		case i > 0 && len(digits) < surelyPhone: // an extension
		case abroad:
			out.WriteString(worldForms(rest))
		default:
			out.WriteString(localMark + digits)
		}
	}
	if len(pieces) > 1 {
		out.WriteString(wholeMark + digitsOf(folded))
	}
	return out.String()
}

// hasPlus reports whether a number names its country.
func hasPlus(piece string) bool { return strings.Contains(piece, "+") }

// phonePieces splits a field with several numbers, or with an extension.
func phonePieces(folded string) []string {
	if strings.IndexFunc(folded, endsNumber) < 0 {
		if digitsOf(folded) == "" {
			return nil
		}
		return []string{folded}
	}
	var pieces []string
	complete := false
	for _, piece := range strings.FieldsFunc(folded, endsNumber) {
		if n := len(digitsOf(piece)); n > 0 {
			pieces = append(pieces, piece)
			complete = complete || n >= surelyPhone
		}
	}
	if len(pieces) > 1 && (!complete || len(digitsOf(pieces[0])) < surelyPhone) {
		return []string{strings.Join(pieces, "")} // 030/123456 is one number
	}
	return pieces
}

func endsNumber(r rune) bool {
	return unicode.IsLetter(r) || strings.ContainsRune(",;/|#:&", r)
}

func worldForms(digits string) string {
	code, rest := splitCode(digits)
	if code == nil {
		return worldMark + digits
	}
	canonical := code.withoutTrunk(rest)
	forms := worldMark + code.digits + canonical + nationalMark + code.trunk + canonical
	if !code.moves {
		return forms
	}
	if n := code.fromWorld(rest); n != nil {
		forms += worldMark + code.digits + n.significant + nationalMark + strings.Join(n.dialled(), nationalMark)
	}
	return forms
}

// phoneTerm is a number, a part of one, or an id. A word of digits may also
// occur in a name or an email.
func phoneTerm(typed, country string) term {
	t := term{text: strings.Join(strings.Fields(typed), "")}
	t.born = append(datesOf(t.text), datesOfNumber(strings.TrimSpace(typed))...)
	t.email = needles(t.text)
	if len(t.text) == 1 && letterOf(t.text[0]) < lettersApart {
		t.letter = t.text[0]
	}
	if digits := digitsOf(t.text); digits == t.text {
		t.names = needles(wordMark + digits)
	}
	search := phoneSearch{home: codeOf(country), country: country}
	search.number(typed)
	t.phones, t.digits = needles(search.needles...), search.digits
	return t
}

// phoneSearch collects the forms in which a typed number may be stored.
type phoneSearch struct {
	country string // of the clinic; "" if unknown
	home    *callingCode
	needles []string
	digits  []string // to highlight
}

const (
	leastDigits = 3 // of a part of a number
	sureDigits  = 7 // of a number without its area code or leading zero
	mostDigits  = 17
)

func (s *phoneSearch) add(mark, digits string) {
	if needle := mark + digits; digits != "" && !slices.Contains(s.needles, needle) {
		s.needles = append(s.needles, needle)
	}
	if len(digits) >= leastDigits && !slices.Contains(s.digits, digits) {
		s.digits = append(s.digits, digits)
	}
}

func (s *phoneSearch) number(typed string) {
	digits := digitsOf(typed)
	if len(digits) < leastDigits {
		return
	}
	rest, abroad := digits, strings.HasPrefix(strings.TrimLeft(typed, " ("), "+")
	if !abroad {
		rest, abroad = afterDialOut(digits, dialOutOf(s.country))
	}
	if len(rest) > mostDigits {
		return
	}
	if code, number := splitCode(rest); abroad && code != nil {
		s.world(code, number)
		return
	}
	s.add("", digits)
	s.national(digits)
	if code, number := splitCode(digits); code != nil && len(number) >= sureDigits && code.fromWorld(number) != nil {
		s.world(code, number) // without its plus
	}
	if short, ok := strings.CutPrefix(digits, "0"); ok {
		s.add(localMark, short)
		if len(short) >= sureDigits {
			s.add("", short)
		}
	}
}

// national adds the forms of a number as dialled in the clinic's country.
func (s *phoneSearch) national(digits string) {
	if s.home == nil {
		return
	}
	if n := fromCountry(digits, s.country); n != nil {
		s.forms(s.home, n.significant, n.dialled()...)
		return
	}
	if rest, ok := strings.CutPrefix(digits, s.home.trunk); ok && s.home.trunk != "" {
		s.forms(s.home, rest)
	}
}

// world adds the forms of a number with a country code.
func (s *phoneSearch) world(code *callingCode, number string) {
	s.add(worldMark, code.digits+number)
	if n := code.fromWorld(number); n != nil {
		s.forms(code, n.significant, n.dialled()...)
		return
	}
	// A number stored without a country is probably of the clinic's.
	number = code.withoutTrunk(number)
	if code == s.home || len(number) >= leastDigits && !s.isOfClinic(code.trunk+number) {
		s.forms(code, number)
	} else {
		s.add(worldMark, code.digits+number)
	}
}

// forms adds the forms in which a number of this country may be stored:
// significant follows the country code, dialled are its forms within the
// country.
func (s *phoneSearch) forms(code *callingCode, significant string, dialled ...string) {
	s.add(worldMark, code.digits+significant)
	s.add(localMark, code.trunk+significant)
	s.add(localMark, code.digits+significant)
	if prefix := dialOutOf(s.country); prefix != "" {
		s.add(localMark, prefix+code.digits+significant)
	}
	if len(significant) >= leastDigits {
		s.add(localMark, significant)
	}
	for _, digits := range dialled {
		s.add(localMark, digits)
	}
}

// isOfClinic reports whether digits are a number of the clinic's own country.
func (s *phoneSearch) isOfClinic(digits string) bool {
	return fromCountry(digits, s.country) != nil
}
