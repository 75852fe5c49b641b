package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
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

func newRow(e profile.Entry) *row {
	p := &e.Profile
	names := fold(strings.Join([]string{p.FirstName, p.PreferredFirstName, p.LastName}, " "))
	r := &row{entry: e, name: fold(p.ListName()), words: wordsOf(names), email: fold(p.Email)}
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
	// The transformer keeps state, so each call has its own.
	plain, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		plain = s // not text; found by its bytes at least
	}
	return letters.Replace(strings.ToLower(plain))
}

// wordsOf puts a space before each word. Names joined by a hyphen or an
// apostrophe are found by the whole and by each part.
func wordsOf(folded string) string {
	var out strings.Builder
	for _, word := range strings.Fields(folded) {
		out.WriteString(" " + word)
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

// terms are the words of a search, all of which must be found.
type terms []term

type term struct {
	text   string // folded
	start  string // text as the start of a word
	digits string // of a term that may be a part of a phone number; else ""
}

// A phone number is compared by its last nine digits, which are the same with
// and without a country code or the zero before an area.
const localDigits = 9

func parseTerms(search string) terms {
	folded := fold(search)
	if onlyPhone(folded) {
		// "0491 570 156" is one number, not three words.
		folded = strings.Join(strings.Fields(folded), "")
	}
	var out terms
	for _, word := range strings.Fields(folded) {
		word = strings.Trim(word, ",;")
		if word == "" {
			continue
		}
		t := term{text: word, start: " " + word}
		if onlyPhone(word) {
			if digits := digitsOf(word); len(digits) >= 3 {
				t.digits = strings.TrimPrefix(digits[max(0, len(digits)-localDigits):], "0")
			}
		}
		out = append(out, t)
	}
	return out
}

func onlyPhone(s string) bool {
	return s != "" && strings.Trim(s, "0123456789 +()-./") == ""
}

func (ts terms) match(r *row) bool {
	for _, t := range ts {
		if !t.match(r) {
			return false
		}
	}
	return true
}

// match finds the beginning of a word of the names, any part of the email or
// of a phone number, or the whole id.
func (t term) match(r *row) bool {
	return strings.Contains(r.words, t.start) || strings.Contains(r.email, t.text) ||
		t.digits != "" && strings.Contains(r.digits, t.digits) || r.entry.Ref == t.text
}
