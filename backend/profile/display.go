package profile

import (
	"strings"
	"unicode"
)

// Display returns text in a form that is safe beside other text: without
// characters that change the direction or the position of what follows, or
// control a terminal. The stored text keeps them.
func Display(text string) string {
	if !strings.ContainsFunc(text, actsOnOthers) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !actsOnOthers(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, text)
}

// actsOnOthers reports whether r is a control or format character, except for
// the two that choose the form of adjacent letters, as in Persian names.
func actsOnOthers(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner
}

// Displayed returns a copy whose texts are as Display returns them, and no
// longer than what is stored today: a row of an earlier version may hold more.
func (p *Profile) Displayed() Profile {
	shown := *p
	shown.Limit()
	shown.mapTexts(Display)
	shown.ImpossibleBirthDate = Display(shown.ImpossibleBirthDate)
	phones := shown.Phones
	shown.Phones = make([]Phone, len(phones))
	for i, phone := range phones {
		shown.Phones[i] = Phone{Type: Display(phone.Type), Number: Display(phone.Number)}
	}
	return shown
}
