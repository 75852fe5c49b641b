package handover

import (
	"errors"
	"fmt"

	"telehab.io/desktop/backend/datafolder"
)

// Hold keeps windows of a data directory from being opened until release is
// called. free is false while one is open, and then there is nothing to release.
// Unlike Listen it takes no links: they wait for the next window.
func Hold(dir string) (release func() error, free bool, err error) {
	data, err := datafolder.Make(dir)
	if err != nil {
		return nil, false, coded(fmt.Errorf("make the data directory: %w", err))
	}
	lock, err := data.Flock(lockFile)
	if err = errors.Join(err, data.Close()); err != nil {
		return nil, false, coded(fmt.Errorf("ask who has the window: %w", err))
	}
	free, err = lock.TryLock()
	if err == nil && free {
		return lock.Close, true, nil
	}
	if err = errors.Join(err, lock.Close()); err != nil {
		return nil, false, coded(fmt.Errorf("ask who has the window: %w", err))
	}
	return nil, false, nil
}
