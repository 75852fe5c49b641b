//go:build !windows

package main

// attachConsole does nothing: here every program has the terminal that it was
// started from.
func attachConsole() {}
