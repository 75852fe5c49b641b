package account

// SamePassword says whether two passwords differ in composition only.
func SamePassword(a, b string) bool { return normalPassword(a) == normalPassword(b) }
