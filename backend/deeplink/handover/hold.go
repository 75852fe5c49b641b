package handover

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/datafolder"
)

// Hold keeps windows of a data directory from being opened until release is
// called. free is false while one is open, and then there is nothing to release.
// Unlike Listen it takes no links: they wait for the next window.
func Hold(dir string) (release func() error, free bool, err error) {
	data, lock, err := claim(dir)
	if err != nil || lock == nil {
		return nil, false, err
	}
	if err := data.Close(); err != nil {
		return nil, false, coded(fmt.Errorf("ask who has the window: %w", errors.Join(err, lock.Close())))
	}
	return lock.Close, true, nil
}

// claim takes the lock that the process with the window holds, in a data
// directory that it makes if missing. Both results are nil while another
// process holds it; otherwise the caller closes both.
func claim(dir string) (*datafolder.Folder, *flock.Flock, error) {
	data, err := datafolder.Make(dir)
	if err != nil {
		return nil, nil, coded(fmt.Errorf("make the data directory: %w", err))
	}
	lock, err := data.Flock(lockFile)
	if err != nil {
		return nil, nil, coded(fmt.Errorf("ask who has the window: %w", errors.Join(err, data.Close())))
	}
	free, err := lock.TryLock()
	if err == nil && free {
		return data, lock, nil
	}
	if err = errors.Join(err, lock.Close(), data.Close()); err != nil {
		return nil, nil, coded(fmt.Errorf("ask who has the window: %w", err))
	}
	return nil, nil, nil
}
