package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// A suggested password is made of groups of syllables, such as
// "kira-fovu-tele-samo": 49 bits that can be read out and typed on any keyboard.
// Letters that look or sound alike are left out.
const (
	consonants        = "bdfgklmnprstvz"
	vowels            = "aeiou"
	suggestedGroups   = 4
	syllablesPerGroup = 2
)

// Suggest returns a new random password for whoever has this name and email. It
// is always accepted for them.
func (p *People) Suggest(ctx context.Context, name, email string) (string, error) {
	known := p.known(ctx, name, email)
	for {
		password, err := randomPassword()
		if err != nil {
			return "", err
		}
		if p.checkPassword(password, name, email, known) == nil {
			return password, nil
		}
	}
}

func randomPassword() (string, error) {
	groups := make([]string, suggestedGroups)
	for i := range groups {
		for range syllablesPerGroup {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(consonants)*len(vowels))))
			if err != nil {
				return "", fmt.Errorf("make a password: %w", err)
			}
			at := int(n.Int64())
			groups[i] += string(consonants[at/len(vowels)]) + string(vowels[at%len(vowels)])
		}
	}
	return strings.Join(groups, "-"), nil
}
