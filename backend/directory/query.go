package directory

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// terms are the words of a search, all of which must be found.
type terms []term

type term struct {
	text   string         // folded; a part of the email, or a whole id
	born   []profile.Date // the dates that it may mean
	keys   []string       // how a word of a name may begin
	letter byte           // the text if it is one letter or digit, otherwise 0

	names  []needle
	email  []needle // one, or none
	phones []needle
	digits []string // of phones, to highlight

	// pair and triple are this word joined with the one or two before it.
	pair, triple []needle
	keysTogether []string
}

// needle is a text that a part of a row's text has to contain.
type needle struct {
	text  string
	pairs []uint16 // see index
}

func needles(texts ...string) []needle {
	all := make([]needle, 0, len(texts))
	for _, text := range texts {
		all = append(all, needle{text: text, pairs: pairsOf(text)})
	}
	return all
}

// pastedScheme matches the beginning of a copied link to an address or a
// number.
var (
	pastedScheme = regexp.MustCompile(`(?i)^[\s<"'(\[]*` + schemes)
	pastedLink   = regexp.MustCompile(`(?i)[<(\[]` + schemes + `[^\s<>()\[\]]+`) // after what it is called
)

const schemes = `(mailto|tel|telprompt|callto|sms|smsto|sip|sips|facetime|skype|whatsapp|im):(//)?`

// asTyped reduces a copied link to its address or number, with escaped
// characters decoded.
func asTyped(search string) string {
	search = strings.Map(func(r rune) rune { // before the link can be recognized
		if alike(r) < 0 {
			return -1
		}
		return r
	}, search)
	if pastedScheme.MatchString(search) {
		return withoutScheme(search)
	}
	return pastedLink.ReplaceAllStringFunc(search, func(link string) string { return " " + withoutScheme(link) + " " })
}

func withoutScheme(link string) string {
	address, _, _ := strings.Cut(link[len(pastedScheme.FindString(link)):], "?")
	if plain, err := url.PathUnescape(address); err == nil {
		return plain
	}
	return address
}

// maxSearch and maxTerms are how much of a search is looked at, in characters and
// in words: no detail is longer, and every word costs time for each row.
const (
	maxSearch = 255
	maxTerms  = 24
)

func parseTerms(search, country string) terms {
	if utf8.RuneCountInString(search) > maxSearch {
		search = string([]rune(search)[:maxSearch])
	}
	prepared := joinDates(prepare(asTyped(search)))
	prepared = extension.ReplaceAllString(prepared, "$1")
	whole := onlyPhone(prepared)
	var out terms
	var run []string
	endRun := func() {
		// "0491 570 156" is one number, not three words.
		if number := strings.Join(run, " "); len(run) > 1 && (whole || len(digitsOf(number)) >= surelyPhone) {
			out = append(out, phoneTerm(number, country))
		} else {
			for _, word := range run {
				out = append(out, phoneTerm(word, country))
			}
		}
		run = nil
	}
	words := strings.FieldsFunc(prepared, separates)
	for i, word := range words {
		if i < len(words)-1 && isLabel(word, words[i+1]) {
			continue
		}
		if said := afterLabel(word); said != "" {
			word = said
		} else if i < len(words)-1 {
			continue
		}
		if onlyPhone(word) && (len(datesOf(word)) == 0 || dottedShort.MatchString(word)) {
			if digitsOf(word) != "" {
				run = append(run, word)
			}
			continue
		}
		endRun()
		for _, piece := range piecesOf(word) {
			out = append(out, wordTerm(piece))
		}
	}
	endRun()
	return out.joined()
}

// titles are of no use beside a name.
var titles = map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "prof": true}

// joined drops what is no word, and joins each word with those before it.
func (ts terms) joined() terms {
	ts = slices.DeleteFunc(ts, func(t term) bool { return t.text == "" })
	if slices.ContainsFunc(ts, term.isSearchable) {
		ts = slices.DeleteFunc(ts, func(t term) bool { return !t.isSearchable() }) // "ann & bob", "• ann"
	}
	if untitled := slices.DeleteFunc(slices.Clone(ts), func(t term) bool { return titles[t.text] }); len(untitled) > 0 {
		ts = untitled // "mr hughes"
	}
	ts = ts[:min(len(ts), maxTerms)]
	for i := range ts {
		ts.joinBefore(i)
		if len(ts) > 1 { // "ann 1964"; alone it is a part of a number
			ts[i].born = append(ts[i].born, yearOf(ts[i].text)...)
		}
	}
	return ts
}

// separates reports whether r separates the words of a search.
func separates(r rune) bool {
	return r <= ' ' || strings.ContainsRune(`,;"“”„«»‹›<>[]{}|、،؛`, r)
}

// afterLabel returns what follows the label of a pasted text such as "Email:
// …", or "" for a label alone.
func afterLabel(word string) string { return word[strings.LastIndexByte(word, ':')+1:] }

// isLabel reports whether a word is the label of a number or a birth date that
// follows it, without a colon.
func isLabel(word, next string) bool {
	switch strings.TrimSuffix(word, ".") {
	case "ph", "phone", "tel", "telephone", "mob", "mobile", "cell", "home", "work":
		return onlyPhone(next) && len(digitsOf(next)) > 2
	case "dob", "d.o.b", "born":
		return len(datesOf(next)) > 0
	}
	return false
}

// isSearchable reports whether a word is more than decoration between others.
func (t term) isSearchable() bool { return squeezed(t.text) != "" || t.text == "@" }

// piecesOf splits a word further, unless it may be an email or a date.
func piecesOf(word string) []string {
	if strings.Contains(word, "@") || len(datesOf(word)) > 0 {
		return []string{word}
	}
	pieces := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(`/\()`, r) })
	var out []string
	for _, piece := range pieces {
		// Initials are one word, and a name after them another.
		dotted := strings.FieldsFunc(piece, func(r rune) bool { return r == '.' })
		if len(dotted) > 1 && slices.ContainsFunc(dotted, func(s string) bool { return utf8.RuneCountInString(s) > 2 }) {
			out = append(out, dotted...)
		} else {
			out = append(out, piece)
		}
	}
	return out
}

func wordTerm(prepared string) term {
	prepared = strings.Trim(prepared, ".:!?'-()")
	spelt := spellings(prepared)
	t := term{text: spelt[0], born: datesOf(spelt[0])}
	if t.text == "" {
		return t
	}
	t.email = needles(t.text)
	if len(t.text) == 1 && letterOf(t.text[0]) < lettersApart {
		t.letter = t.text[0]
	}
	if strings.Contains(t.text, "@") {
		return t
	}
	written := false // as one word that contains something other than a letter
	for _, s := range spelt {
		if key := squeezed(s); key != "" && !slices.Contains(t.keys, key) {
			t.keys = append(t.keys, key)
			written = written || len(key) < len(s)
		}
	}
	t.names = nameNeedles(t.keys, written)
	return t
}

// surelyJoined is how many letters of two words with a space between them have
// to be typed as one: "anne" does not match Ann Elizabeth.
const surelyJoined = 6

func nameNeedles(keys []string, written bool) []needle {
	var all []string
	for _, key := range keys {
		all = append(all, wordMark+key)
		if written || utf8.RuneCountInString(key) >= surelyJoined {
			all = append(all, joinedMark+key)
		} else if utf8.RuneCountInString(key) > 2 {
			all = append(all, joinedMark+key+joinedMark)
		}
	}
	return needles(all...)
}

// joinBefore adds what a word makes when joined to those before it: "de sample"
// finds Desample.
func (ts terms) joinBefore(i int) {
	t := &ts[i]
	if i == 0 || len(t.keys) == 0 || len(ts[i-1].keys) == 0 {
		return
	}
	before := &ts[i-1]
	ends := []string{""} // what comes after the words in a name: anything
	if !joinable(before.keys[0], t.keys[0]) {
		if !joinsWhole(before.keys[0], t.keys[0]) {
			return
		}
		ends = []string{wordMark, joinedMark}
	}
	pairs := together(before.keys, t.keys)
	t.pair = joinedNeedles(pairs, ends)
	t.keysTogether = pairs
	if i > 1 && len(ts[i-2].keys) > 0 && joinable(ts[i-2].keys[0], before.keys[0]) {
		triples := together(ts[i-2].keys, pairs)
		t.triple = joinedNeedles(triples, ends)
		t.keysTogether = append(slices.Clone(pairs), triples...)
	}
}

// joinable prevents "ann e", typed on the way to a last name, from finding
// every Anne.
func joinable(first, second string) bool {
	switch letters := utf8.RuneCountInString(second); {
	case letters == 1 && utf8.RuneCountInString(first) == 1:
		return isSpaceless(first)
	default:
		return letters >= 3 || isParticle(first) || isSpaceless(first)
	}
}

// joinsWhole reports whether two short words may be a whole name: "min su" is
// Minsu but not Minsuk; "j r" is JR.
func joinsWhole(first, second string) bool {
	return utf8.RuneCountInString(second) == 2 || utf8.RuneCountInString(first) == 1
}

func together(first, second []string) []string {
	var all []string
	for _, a := range first {
		for _, b := range second {
			if len(all) < mostSpellings {
				all = append(all, a+b)
			}
		}
	}
	return all
}

func joinedNeedles(keys, ends []string) []needle {
	var all []string
	for _, key := range keys {
		for _, end := range ends {
			all = append(all, wordMark+key+end)
		}
	}
	return needles(all...)
}

// extension matches a number with its extension, as in a tel: link.
var extension = regexp.MustCompile(`(\d[\d ()./-]{3,}\d)\s*[;,]?\s*(?:ext(?:ension|n)?|x|#)\b?[.:=]?\s*\d{1,7}\b`)

func onlyPhone(s string) bool {
	return s != "" && strings.Trim(s, "0123456789 +()-./") == ""
}
