package account

// SamePassword reports whether two passwords differ only in how their accents
// are composed.
func SamePassword(a, b string) bool { return normalPassword(a) == normalPassword(b) }
