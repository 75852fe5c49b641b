//go:build !windows

package console

// Attach does nothing: here every program has the terminal that it was
// started from.
func Attach() {}
