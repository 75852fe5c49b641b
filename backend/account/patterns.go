package account

import (
	"strings"

	"github.com/trustelem/zxcvbn/adjacency"
	"github.com/trustelem/zxcvbn/match"
)

// The places of a match are bytes, as the library's scoring wants them.

// dictionaryMatches finds words: those known of the person before all others.
func dictionaryMatches(password string, known map[string]int) []*match.Match {
	lower := strings.ToLower(password)
	if len(lower) != len(password) {
		lower = password // a letter whose lower case is longer
	}
	var found []*match.Match
	for i := range lower {
		for j := i + 1; j <= len(lower); j++ {
			word := lower[i:j]
			rank, ok := known[word]
			if !ok {
				rank, ok = ranks()[word]
			}
			if ok {
				found = append(found, &match.Match{Pattern: "dictionary", I: i, J: j - 1, Token: password[i:j], MatchedWord: word, Rank: rank})
			}
		}
	}
	return found
}

func reversedMatches(password string, known map[string]int) []*match.Match {
	runes := []rune(password)
	if len(runes) != len(password) {
		return nil // the lists are ASCII
	}
	backwards := make([]byte, len(password))
	for i := range backwards {
		backwards[i] = password[len(password)-1-i]
	}
	found := dictionaryMatches(string(backwards), known)
	for _, m := range found {
		m.I, m.J = len(password)-1-m.J, len(password)-1-m.I
		m.Token, m.Reversed = password[m.I:m.J+1], true
	}
	return found
}

// leet are the signs that stand for letters. Those of two letters are tried
// both ways.
var leet = map[byte]string{'4': "a", '@': "a", '8': "b", '(': "c", '{': "c", '[': "c", '<': "c", '3': "e", '6': "g", '9': "g",
	'1': "il", '!': "i", '|': "il", '0': "o", '$': "s", '5': "s", '+': "t", '7': "tl", '%': "x", '2': "z"}

func leetMatches(password string, known map[string]int) []*match.Match {
	var found []*match.Match
	for choice := range 2 {
		plain := []byte(password)
		signs := map[string]string{}
		for i, c := range plain {
			if letters := leet[c]; letters != "" {
				plain[i] = letters[min(choice, len(letters)-1)]
				signs[string(c)] = string(plain[i])
			}
		}
		if len(signs) == 0 {
			return nil
		}
		for _, m := range dictionaryMatches(string(plain), known) {
			token := password[m.I : m.J+1]
			if len(token) < 2 || strings.ToLower(token) == m.MatchedWord {
				continue
			}
			m.Token, m.L33t, m.Sub = token, true, map[string]string{}
			for sign, letter := range signs {
				if strings.Contains(token, sign) {
					m.Sub[sign] = letter
				}
			}
			found = append(found, m)
		}
	}
	return found
}

const shiftedKeys = `~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?`

// keyboardMatches finds three and more keys beside one another.
func keyboardMatches(password string) []*match.Match {
	var found []*match.Match
	for name, graph := range adjacency.Graphs {
		letters := name == "qwerty" || name == "dvorak"
		for i := 0; i < len(password)-1; {
			walk := match.Match{Pattern: "spatial", Graph: name, I: i}
			if letters && strings.IndexByte(shiftedKeys, password[i]) >= 0 {
				walk.ShiftedCount = 1
			}
			j, last := i+1, -1
			for ; j < len(password); j++ {
				direction, shifted := step(graph.Graph[password[j-1:j]], password[j])
				if direction < 0 {
					break
				}
				walk.ShiftedCount += shifted
				if direction != last {
					walk.Turns, last = walk.Turns+1, direction
				}
			}
			if j-i > 2 {
				walk.J, walk.Token = j-1, password[i:j]
				found = append(found, &walk)
			}
			i = j
		}
	}
	return found
}

// onlyWalks says whether keyboard walks make up the whole password.
func onlyWalks(password string) bool {
	walks := keyboardMatches(password)
	end := 0
	for range walks {
		reached := end
		for _, walk := range walks {
			if walk.I <= end {
				reached = max(reached, walk.J+1)
			}
		}
		if reached == end {
			break
		}
		end = reached
	}
	return end > 0 && end == len(password)
}

// step returns in which direction a key lies, or -1, and 1 if it is shifted.
func step(neighbours []string, key byte) (direction, shifted int) {
	for direction, keys := range neighbours {
		if at := strings.IndexByte(keys, key); at >= 0 {
			return direction, min(at, 1)
		}
	}
	return -1, 0
}

// A number of so many digits is somebody's telephone or record number rather
// than a random one, and whoever knows the clinic has its list of clients, which
// is as long as numberRank at most.
const (
	minNumber, maxNumber = 7, 15
	numberRank           = 20_000
)

// numberMatches finds telephone and record numbers, with and without signs
// between the digits.
func numberMatches(password string) []*match.Match {
	var found []*match.Match
	for i := 0; i < len(password); i++ {
		if !isDigit(password[i]) {
			continue
		}
		digits, last := 0, i
		j := i
		for ; j < len(password) && (isDigit(password[j]) || strings.IndexByte(" ()/.+-", password[j]) >= 0); j++ {
			if isDigit(password[j]) {
				digits, last = digits+1, j
			}
		}
		if digits >= minNumber && digits <= maxNumber {
			found = append(found, &match.Match{Pattern: "dictionary", DictionaryName: "numbers", I: i, J: last,
				Token: password[i : last+1], MatchedWord: password[i : last+1], Rank: numberRank})
		}
		i = j
	}
	return found
}

// maxStep is how far the characters of a sequence may be apart.
const maxStep = 5

// sequenceMatches finds characters that count up or down in equal steps.
func sequenceMatches(password string) []*match.Match {
	var found []*match.Match
	for i := 0; i < len(password)-1; {
		by := int(password[i+1]) - int(password[i])
		j := i + 1
		for j < len(password)-1 && int(password[j+1])-int(password[j]) == by {
			j++
		}
		if size := max(by, -by); size > 0 && size <= maxStep && (j-i > 1 || size == 1) {
			found = append(found, &match.Match{Pattern: "sequence", I: i, J: j, Token: password[i : j+1], Ascending: by > 0})
		}
		i = j
	}
	return found
}

// repeatMatches finds what is repeated at once, as "abcabc".
func repeatMatches(password string, known map[string]int) []*match.Match {
	var found []*match.Match
	for i := 0; i < len(password); {
		size, times := 0, 0
		for unit := 1; i+2*unit <= len(password); unit++ {
			n := 1
			for i+(n+1)*unit <= len(password) && password[i+n*unit:i+(n+1)*unit] == password[i:i+unit] {
				n++
			}
			if n > 1 && n*unit > size*times {
				size, times = unit, n
			}
		}
		if times == 0 {
			i++
			continue
		}
		end, base := i+size*times, password[i:i+size]
		found = append(found, &match.Match{Pattern: "repeat", I: i, J: end - 1, Token: password[i:end], BaseToken: base,
			BaseGuesses: guessesFor(base, known), RepeatCount: times})
		i = end
	}
	return found
}
