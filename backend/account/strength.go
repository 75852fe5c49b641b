package account

import (
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"
	"github.com/trustelem/zxcvbn/match"
	"github.com/trustelem/zxcvbn/scoring"
	"golang.org/x/text/unicode/norm"
)

// How hard a password is to guess is what zxcvbn says: it covers the password
// with words, keyboard walks, sequences, repeats and dates, and counts the
// guesses of whoever tries those first. Its lists, keyboards and counting are
// the library's. The patterns are found here (patterns.go), since the library's
// package for that makes maps of all lists at every start of the program, which
// takes as long as the rest of it; a test holds both to the same scores.

// minScore is the least zxcvbn score that is accepted: safe against somebody
// who has the hash and tries it at leisure.
const minScore = 3

// signsGuesses is how many guesses the signs are worth that stand between and
// around words, with the accents on these: the usual ones, at the usual places.
const signsGuesses = 100

// marksGuesses is how many guesses accents and wide forms of letters are worth
// by themselves: the ones that somebody would add to a word.
const marksGuesses = 10

// signsForLetters are written for an a and an s, as in P@$$w0rd.
const signsForLetters = "@$"

// walksGuesses is how many guesses a password of nothing but keyboard walks is
// worth: zxcvbn counts three of them, such as three columns of keys, as safe.
const walksGuesses = 1e6

// maxJudged is how much of a password is judged, in characters: more takes
// long, and what follows makes it no weaker.
const maxJudged = 100

// scoreOf returns zxcvbn's score of a password, from 0 to 4. known are words
// that others know of the person, lower case.
func scoreOf(password string, known []string) int {
	ranked := rankOf(known)
	guesses := guessesFor(beginning(password), ranked)
	if onlyWalks(beginning(password)) {
		guesses = min(guesses, walksGuesses)
	}
	bare := withoutMarks(password)
	if bare != password {
		guesses = min(guesses, marksGuesses*guessesFor(beginning(bare), ranked))
	}
	// zxcvbn counts three parts as safe, whatever they are. Signs between and
	// around two words that everybody knows are little more than the words.
	for _, but := range []string{"", signsForLetters} {
		plain := withoutSigns(bare, but)
		if plain != password {
			guesses = min(guesses, signsGuesses*guessesFor(beginning(plain), ranked))
		}
		if unit := repeatedUnit(strings.ToLower(plain)); unit != "" {
			guesses = min(guesses, signsGuesses*guessesFor(beginning(unit), ranked))
		}
	}
	score := 0
	for _, limit := range []float64{1e3, 1e6, 1e8, 1e10} {
		if guesses >= limit+5 {
			score++
		}
	}
	return score
}

func guessesFor(password string, known map[string]int) float64 {
	return scoring.MostGuessableMatchSequence(password, patterns(password, known), false).Guesses
}

// beginning returns as much of a text as is judged.
func beginning(text string) string {
	if utf8.RuneCountInString(text) <= maxJudged {
		return text
	}
	return string([]rune(text)[:maxJudged])
}

// ranks are the words of all lists, each with its best place in one of them.
// They are needed once somebody sets a password.
var ranks = sync.OnceValue(func() map[string]int {
	all := make(map[string]int, 90_000)
	for _, list := range frequency.FrequencyLists {
		for i, word := range list {
			if before, ok := all[word]; !ok || i+1 < before {
				all[word] = i + 1
			}
		}
	}
	return all
})

func rankOf(words []string) map[string]int {
	ranks := make(map[string]int, len(words))
	for i, word := range words {
		if _, ok := ranks[word]; !ok {
			ranks[word] = i + 1
		}
	}
	return ranks
}

// ourWords are known to everybody who sees the program, and what it is for.
var ourWords = []string{"telehab", "cliniko", "vald", "clinic", "physio", "practice", "patient", "client",
	"physiotherapy", "physiotherapist", "osteopath", "podiatry", "massage", "pilates", "practitioner", "therapy", "therapist", "rehab", "health", "healthcare", "care", "doctor",
	"reception", "back", "neck", "knee", "pain", "the", "our", "my"}

// ourPairs are two of ourWords in one, such as "backpain".
var ourPairs = sync.OnceValue(func() (pairs []string) {
	for _, first := range ourWords {
		for _, second := range ourWords {
			pairs = append(pairs, first+second)
		}
	}
	return pairs
})

// knownWords are the texts and their parts, lower case: a name, its first and
// last name, in either order, an email and what stands before the @. What is
// known best comes first.
func knownWords(texts ...string) []string {
	words := append([]string(nil), ourWords...)
	for _, text := range texts {
		text = strings.ToLower(strings.TrimSpace(text))
		parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		local, _, _ := strings.Cut(text, "@")
		joined := strings.Join(parts, "")
		slices.Reverse(parts)
		for _, word := range append([]string{text, local, joined, strings.Join(parts, "")}, parts...) {
			if utf8.RuneCountInString(word) > 2 {
				words = append(words, word)
			}
		}
	}
	return append(words, ourPairs()...)
}

// withoutSigns returns the letters and digits of a text, and those of the signs
// in but.
func withoutSigns(text, but string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || strings.ContainsRune(but, r) {
			return r
		}
		return -1
	}, text)
}

// withoutMarks returns a text without accents, in the plain forms of its letters.
func withoutMarks(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

// repeatedUnit returns what a text repeats, such as "letmein" for
// "letmeinletmein"; "" if it repeats nothing.
func repeatedUnit(text string) string {
	runes := []rune(text)
	for size := 1; size <= len(runes)/2; size++ {
		if len(runes)%size != 0 {
			continue
		}
		if unit := string(runes[:size]); strings.Repeat(unit, len(runes)/size) == string(runes) {
			return unit
		}
	}
	return ""
}

func (p *People) known(ctx context.Context, name, email string) []string {
	return knownWords(append(p.clinic(ctx), name, email)...)
}

// Judge returns how hard a password is to guess, from 0 to 4, for whoever has
// this name and email, and why it would not be accepted.
//
// Errors: Invalid.
func (p *People) Judge(ctx context.Context, password, name, email string) (score int, err error) {
	known := p.known(ctx, name, email)
	return scoreOf(normalPassword(password), known), p.checkPassword(password, name, email, known)
}

// patterns are all that an attacker would try before single characters.
func patterns(password string, known map[string]int) []*match.Match {
	found := dictionaryMatches(password, known)
	found = append(found, reversedMatches(password, known)...)
	found = append(found, leetMatches(password, known)...)
	found = append(found, keyboardMatches(password)...)
	found = append(found, sequenceMatches(password)...)
	found = append(found, repeatMatches(password, known)...)
	found = append(found, numberMatches(password)...)
	return append(found, dateMatches(password)...)
}
