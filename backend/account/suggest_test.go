package account_test

import (
	"regexp"
	"testing"
)

// Each suggestion is another one, is easy to read out, and is accepted.
func TestSuggestedPasswords(t *testing.T) {
	people, _, _ := clinic(t)
	shape := regexp.MustCompile(`^([bdfgklmnprstvz][aeiou]){2}(-([bdfgklmnprstvz][aeiou]){2}){3}$`)
	const name, email = "Nina Bodega", "nina.bodega@clinic.example"
	seen, letters := map[string]bool{}, map[rune]bool{}
	for range 500 {
		password, err := people.Suggest(t.Context(), name, email)
		if err != nil {
			t.Fatal(err)
		}
		if !shape.MatchString(password) || seen[password] {
			t.Fatalf("%q, seen before: %v", password, seen[password])
		}
		if score, err := people.Judge(t.Context(), password, name, email); err != nil || score < 3 {
			t.Fatalf("%q: %d, %v", password, score, err)
		}
		seen[password] = true
		for _, letter := range password {
			letters[letter] = true
		}
	}
	if len(letters) != 14+5+1 {
		t.Errorf("%d different characters", len(letters))
	}
}
