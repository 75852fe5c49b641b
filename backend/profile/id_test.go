package profile_test

import (
	"testing"

	"telehab.io/desktop/backend/profile"
)

func TestParseID(t *testing.T) {
	for _, text := range []string{"0", "1", "9", "42", "1001", "007", "836447129235883061", "9007199254740993", "12345678901234567890", "99999999999999999999"} {
		if id, ok := profile.ParseID(text); !ok || string(id) != text {
			t.Errorf("%q: %q, %v", text, id, ok)
		}
	}
	for _, text := range []string{"", " 1", "1 ", "-1", "+1", "1.5", "1e5", "0x1f", "abc", "12a", "a12", "1,000", "1_000", "/", ":", "1:", "1/", "\x001", "١٢٣", "１２", "1\u200b",
		"123456789012345678901", "000000000000000000001", "12345678901234567890123456789012345678901234567890123456789012345678901234567890" +
			"12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"} {
		if id, ok := profile.ParseID(text); ok || id != "" {
			t.Errorf("%.30q: %q, %v", text, id, ok)
		}
	}
}

func TestIDsAreOrderedAsNumbers(t *testing.T) {
	order := []profile.ID{"1", "2", "9", "10", "11", "99", "100", "9007199254740992", "9007199254740993", "10000000000000000000"}
	for i, one := range order {
		for j, other := range order {
			if got := one.Less(other); got != (i < j) {
				t.Errorf("%s before %s: %v", one, other, got)
			}
		}
	}
}
