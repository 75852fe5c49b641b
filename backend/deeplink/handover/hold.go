package handover

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// Hold keeps windows of a data directory from being opened until release is
// called; more than once does no harm. free is false while one is open, and
// then there is nothing to release. Unlike Listen it takes no links: they wait
// for the next window. It makes no data directory of what is none yet: nothing
// keeps a window from doing that.
//
// Errors: StoreUnreadable.
func Hold(dir string) (release func() error, free bool, err error) {
	data, err := datafolder.OpenMarked(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, true, nil
	}
	if err != nil {
		return nil, false, coded(err)
	}
	lock, err := take(data, (*flock.Flock).TryRLock)
	if err = errors.Join(err, data.Close()); err != nil {
		if lock != nil {
			err = errors.Join(err, lock.Close())
		}
		return nil, false, coded(err)
	}
	if lock == nil {
		return nil, false, nil
	}
	return lock.Close, true, nil
}

// claim takes the lock that the process with the window holds alone, in a data
// directory that it makes if missing. Both results are nil while another
// process has the window; otherwise the caller closes both.
func claim(dir string) (*datafolder.Folder, *flock.Flock, error) {
	data, err := datafolder.Make(dir)
	if err != nil {
		return nil, nil, coded(fmt.Errorf("make the data directory: %w", err))
	}
	lock, err := take(data, (*flock.Flock).TryLock)
	if err == nil && lock != nil {
		return data, lock, nil
	}
	if err == nil {
		// What can be shared is not a window's.
		if lock, err = take(data, (*flock.Flock).TryRLock); err == nil && lock != nil {
			return nil, nil, errors.Join(errHeld, lock.Close(), data.Close())
		}
	}
	if err = errors.Join(err, data.Close()); err != nil {
		return nil, nil, coded(err)
	}
	return nil, nil, nil
}

// errHeld: whoever starts TeleHab must learn why no window opens.
var errHeld = profile.Refuse(profile.StoreBusy, "A command in a terminal is about to erase TeleHab's data: telehab disconnect or telehab purge. "+
	"Answer its question, or end it, then start TeleHab again.")

// take takes the lock on the window, alone or shared as try does. It is nil
// while somebody else's lock stands against that.
func take(data *datafolder.Folder, try func(*flock.Flock) (bool, error)) (*flock.Flock, error) {
	lock, err := data.Flock(lockFile)
	if err != nil {
		return nil, fmt.Errorf("ask who has the window: %w", err)
	}
	taken, err := try(lock)
	if err == nil && taken {
		return lock, nil
	}
	if err = errors.Join(err, lock.Close()); err != nil {
		return nil, fmt.Errorf("ask who has the window: %w", err)
	}
	return nil, nil
}
