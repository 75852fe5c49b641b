package profile

import "cmp"

// ID is Cliniko's id of a patient: 1 to 20 decimal digits, always text, since
// today's ids have 19 digits and do not fit a JavaScript number.
type ID string

// ParseID accepts exactly 1 to 20 ASCII digits.
func ParseID(s string) (ID, bool) {
	if len(s) == 0 || len(s) > 20 {
		return "", false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", false
		}
	}
	return ID(s), true
}

// Less orders ids as numbers.
func (id ID) Less(other ID) bool {
	return cmp.Or(cmp.Compare(len(id), len(other)), cmp.Compare(id, other)) < 0
}
