//go:build !linux && !windows && !darwin

package screenlock

// On is always false on systems that are not supported.
func On() bool { return false }
