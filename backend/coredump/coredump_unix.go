//go:build unix

// Package coredump keeps the system from writing the program's memory to the
// disk when it crashes: clients' details and keys are in it.
package coredump

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Disable sets the limit of core files to 0, for this process and all that it
// starts, such as those of the web view. They cannot raise it again.
func Disable() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("turn core files off: %w", err)
	}
	return nil
}
