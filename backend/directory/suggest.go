package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

const (
	leastMisspelt  = 4 // letters: almost any shorter word is one edit away from a name
	mostMisspelt   = 3 // words of a search that are compared with all names
	mostSuggested  = 3 // names that are tried for each word
	asciiLowercase = "abcdefghijklmnopqrstuvwxyz"
)

// Suggest returns the search with names in the place of misspelt words, as few as
// find somebody, or "": for a query that finds nobody. A name is one letter more,
// one less, one changed or two swapped away from its word; of several, the one
// that most clients have. Words are compared as they are folded, those in Latin
// letters alone.
func (d *Directory) Suggest(q Query) string {
	words := strings.Fields(q.Search)
	if len(words) > mostMisspelt || utf8.RuneCountInString(q.Search) > maxSearch {
		return ""
	}
	d.settleTexts()
	defer d.mu.RUnlock()
	names := make([][]string, len(words))
	for i, word := range words {
		if folded := fold(word); len(folded) >= leastMisspelt && strings.Trim(folded, asciiLowercase) == "" {
			names[i] = d.namesLike(folded, &q)
		}
	}
	for replaced := range len(words) {
		if found := d.firstFound(&q, words, names, replaced+1); found != "" {
			return found
		}
	}
	return ""
}

// firstFound returns the words with names in the place of so many of them, the
// first that somebody matches, or "". Where words is longer than names, the
// words before those are settled. The caller holds the lock.
func (d *Directory) firstFound(q *Query, words []string, names [][]string, replaced int) string {
	if replaced == 0 {
		tried := *q
		tried.Search = strings.Join(words, " ")
		if d.matching(&tried).count() == 0 {
			return ""
		}
		return tried.Search
	}
	for i := range names {
		for _, name := range names[i] {
			at := len(words) - len(names) + i
			instead := slices.Clone(words)
			instead[at] = name
			if found := d.firstFound(q, instead, names[i+1:], replaced-1); found != "" {
				return found
			}
		}
	}
	return ""
}

// namesLike returns the names one edit away from a folded word, those of most
// clients first, as one of these writes them. The caller holds the lock.
func (d *Directory) namesLike(word string, q *Query) []string {
	type use struct {
		times int
		row   *row
	}
	found := map[string]use{}
	d.narrow(d.members(q.Filter), q.Narrow).filter(func(place int) bool {
		r := d.rows[place]
		for name, rest, more := strings.Cut(r.words, wordMark); more; name, rest, more = strings.Cut(rest, wordMark) {
			name, _, _ = strings.Cut(name, joinedMark) // which is two words
			if oneEdit(word, name) {
				found[name] = use{found[name].times + 1, r}
			}
		}
		return true
	})
	names := slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Or(cmp.Compare(found[b].times, found[a].times), strings.Compare(a, b))
	})
	names = names[:min(len(names), mostSuggested)]
	for i, name := range names {
		names[i] = written(name, &found[name].row.entry.Profile)
	}
	return names
}

// written returns a folded word of the names as it stands in them.
func written(folded string, p *profile.Profile) string {
	shown := p.Displayed()
	for _, name := range []string{shown.LastName, shown.FirstName, shown.PreferredFirstName} {
		for _, piece := range append(strings.Fields(name), strings.FieldsFunc(name, separatesNames)...) {
			if squeezed(fold(piece)) == folded {
				return piece
			}
		}
	}
	return folded
}

func separatesNames(r rune) bool { return strings.ContainsRune(" -/()\",", r) || isDash(r) }

// oneEdit reports whether one letter more, one less, another one, or two
// swapped make the second text of the first.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	same := 0
	for same < len(a) && a[same] == b[same] {
		same++
	}
	a, b = a[same:], b[same:]
	switch {
	case len(a) < len(b):
		return a == b[1:]
	case a == "":
		return false // the same text
	}
	return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}
