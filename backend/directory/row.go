package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"telehab.io/desktop/backend/profile"
)

// row is an entry with what it is found and sorted by, folded once.
type row struct {
	entry  profile.Entry
	name   string // "last, first"
	words  string // every word of the names, each after a space
	email  string
	digits string // of the phone numbers, each after a space
}

func newRow(e *profile.Entry) *row {
	p := &e.Profile
	folded := profile.Profile{FirstName: fold(p.FirstName), LastName: fold(p.LastName)}
	names := folded.FirstName + " " + fold(p.PreferredFirstName) + " " + folded.LastName
	r := &row{entry: *e, name: folded.ListName(), words: wordsOf(names), email: fold(p.Email)}
	for _, phone := range p.Phones {
		if digits := digitsOf(phone.Number); digits != "" {
			r.digits += " " + digits
		}
	}
	return r
}

func (r *row) in(f Filter) bool {
	state := r.entry.Profile.State
	switch f {
	case Attention:
		return r.entry.Failure != nil
	case Archived:
		return state == profile.Archived || state == profile.Merged
	}
	return state == profile.Active
}

// key is what the row is sorted by; "" has no value.
func (r *row) key(by Sort) string {
	p := &r.entry.Profile
	switch by {
	case ByBorn:
		return p.DateOfBirth.String()
	case BySex:
		return strings.ToLower(p.Sex)
	case ByEmail:
		return r.email
	case ByPhone:
		return digitsOf(p.MainPhone())
	case ByUpdated:
		if p.UpdatedAt.IsZero() {
			return ""
		}
		return p.UpdatedAt.Format("2006-01-02T15:04:05.000000000")
	}
	return r.name
}

// letters that Unicode does not take apart into a letter and a mark.
var letters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ß", "ss", "ı", "i", "’", "'")

// fold makes text comparable without regard to case and accents.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	letterByLetter := strings.Map(func(r rune) rune {
		if r >= 0x80 && unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return letters.Replace(strings.ToLower(norm.NFC.String(letterByLetter)))
}

// wordsOf puts a space before each word. Names joined by a hyphen or an
// apostrophe are found by the whole and by each part.
func wordsOf(folded string) string {
	var out strings.Builder
	for _, word := range strings.Fields(folded) {
		out.WriteString(" " + word)
		if strings.IndexFunc(word, notInWord) < 0 {
			continue
		}
		for i, part := range strings.Split(word, "-") {
			if i > 0 {
				out.WriteString(" " + part)
			}
			if pieces := strings.FieldsFunc(part, notInWord); len(pieces) > 1 {
				out.WriteString(" " + strings.Join(pieces, " ") + " " + strings.Join(pieces, ""))
			}
		}
	}
	return out.String()
}

func notInWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
