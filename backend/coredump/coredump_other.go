//go:build !unix

// Package coredump keeps the system from writing the program's memory to the
// disk when it crashes: clients' details and keys are in it.
package coredump

// Disable does nothing here: Windows writes no core files. What its error
// reporting keeps is the administrator's to decide.
func Disable() error { return nil }
