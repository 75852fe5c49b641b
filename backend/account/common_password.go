package account

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/data"
)

// isCommon reports whether a password is one of those that attackers try first,
// or one of them with digits and signs around it, or repeated.
//
// The list is the library's. Its strength meter is not used, since it would
// read all its lists at every start of the program.
func isCommon(password string) (bool, error) {
	common, err := commonPasswords()
	if err != nil {
		return false, err
	}
	whole := strings.ToLower(password)
	bare := strings.TrimFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, part := range []string{whole, bare} {
		if part != "" && (common[part] || common[repeated(part)]) {
			return true, nil
		}
	}
	return false, nil
}

// repeated returns the part that the text repeats, such as "letmein" for
// "letmein letmein", or the text itself.
func repeated(text string) string {
	letters := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), "")
	for size := 1; size <= len(letters)/2; size++ {
		if len(letters)%size == 0 && strings.Repeat(letters[:size], len(letters)/size) == letters {
			return letters[:size]
		}
	}
	return letters
}

var commonPasswords = sync.OnceValues(func() (map[string]bool, error) {
	raw, err := data.Asset("data/Passwords.json")
	if err != nil {
		return nil, err
	}
	var list struct{ List []string }
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	common := make(map[string]bool, len(list.List))
	for _, password := range list.List {
		common[password] = true
	}
	return common, nil
})
