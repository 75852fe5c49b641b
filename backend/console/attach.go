//go:build !windows

// Package console is the terminal that a command was started from.
package console

// Attach does nothing: here every program has the terminal that it was
// started from.
func Attach() {}
