package account

import (
	"context"
	"slices"
	"strings"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Limits of PINs.
const (
	MinPIN = 4 // digits
	MaxPIN = 8
)

// pin is a quick unlock by four to eight digits. What is kept of it is hashed at
// the cost of a password; that does not keep 10,000 of them from being tried, so
// it must lie sealed with a key that is elsewhere.
type pin struct{ cost Cost }

// Enroll returns the hash of a PIN.
func (x pin) Enroll(_ context.Context, _ *staff.Person, typed string) (string, error) {
	if err := checkPIN(typed); err != nil {
		return "", err
	}
	return x.cost.hash(typed)
}

// Verify compares a PIN with a hash.
func (pin) Verify(_ context.Context, kept, typed string) (bool, error) {
	if len(typed) > MaxPIN {
		return false, nil
	}
	return verify(typed, kept)
}

// checkPIN refuses what is no PIN, and those that people try first.
func checkPIN(typed string) error {
	if len(typed) < MinPIN || len(typed) > MaxPIN || strings.Trim(typed, "0123456789") != "" {
		return profile.Errorf(profile.Invalid, "A PIN has %d to %d digits. Type it again.", MinPIN, MaxPIN)
	}
	if isTrivial(typed) {
		return invalid("This PIN is one of the first that others would try. Choose digits without a pattern, and no year.")
	}
	return nil
}

// column is the middle of a keypad, from top to bottom.
const column = "2580"

// isTrivial says that the digits are a pattern, such as 1212, 4321, 112233 or
// 123321, or a year.
func isTrivial(digits string) bool {
	different := slices.Compact(slices.Sorted(slices.Values([]byte(digits))))
	if len(different) < 3 {
		return true // 1111, 1222, 1212, 1221
	}
	back := reversed(digits)
	if len(digits) == MinPIN && (strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20") || digits == column || back == column) {
		return true
	}
	return isRun(digits) || back == digits || isRepeated(digits)
}

// isRun says that each digit differs from the one before by the same step, past 9
// as well, whether each stands there once or more often: 2468, 7890, 112233.
func isRun(digits string) bool {
	run := slices.Compact([]byte(digits))
	step := func(i int) int { return (int(run[i]) - int(run[i-1]) + 10) % 10 }
	for i := 2; i < len(run); i++ {
		if step(i) != step(1) {
			return false
		}
	}
	return true
}

// isRepeated says that a shorter part is there several times: 123123.
func isRepeated(digits string) bool {
	for part := 1; part <= len(digits)/2; part++ {
		if len(digits)%part == 0 && strings.Repeat(digits[:part], len(digits)/part) == digits {
			return true
		}
	}
	return false
}

func reversed(digits string) string {
	back := []byte(digits)
	slices.Reverse(back)
	return string(back)
}
