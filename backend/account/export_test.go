package account

// Tracked is the number of emails whose wrong tries are remembered.
func Tracked(p *People) int { return len(p.tries) }

// SamePassword says whether two passwords differ in composition only.
func SamePassword(a, b string) bool { return normalPassword(a) == normalPassword(b) }
