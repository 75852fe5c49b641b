package keyring

import (
	"errors"
	"syscall"
)

func saysLocked(err error) bool { return credentialsState(errno(err)) == stateLocked }

func saysMissing(err error) bool { return credentialsState(errno(err)) == stateMissing }

func errno(err error) uint32 {
	var code syscall.Errno
	if !errors.As(err, &code) {
		return 0
	}
	return uint32(code) // #nosec G115 -- Windows' codes have 32 bits
}
