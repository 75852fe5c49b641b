package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// syncLock is held by the process that runs a pass on the store beside it.
const syncLock = "sync.lock"

// Erased returns nil while the store that was opened is still the one in its
// place, and otherwise StoreMissing: another process erased or replaced it, and
// what was written since is lost. Where open files cannot be deleted, as on
// Windows, that does not happen.
func (w *Workspace) Erased() error {
	now, err := os.Stat(w.at.storePath())
	if err == nil && os.SameFile(now, w.file) {
		return nil
	}
	if err == nil {
		err = errors.New("another file is in its place")
	}
	return &profile.Error{Code: profile.StoreMissing, Cause: err,
		Message: "TeleHab's data was erased from this computer meanwhile, so nothing of this was kept. Start again if that was not meant."}
}

// HoldPasses keeps other processes from syncing what Purge erases, until
// release is called. It creates nothing.
//
// Errors: SyncRunning, StoreUnreadable.
func HoldPasses(o Options) (release func(), err error) {
	var held []*flock.Flock
	release = func() {
		for _, lock := range held {
			_ = lock.Unlock() // more than once does no harm
		}
	}
	for _, dir := range purged(o) {
		lock, err := passLockIn(dir)
		if err == nil && lock == nil {
			continue // nothing was ever synced here
		}
		var free bool
		if err == nil {
			free, err = lock.TryLock()
		}
		if err != nil {
			release()
			return nil, profile.Because(profile.StoreUnreadable, fmt.Errorf("lock the store for a pass: %w", err))
		}
		if !free {
			release()
			return nil, profile.Refuse(profile.SyncRunning, "TeleHab is syncing right now, so nothing was erased. Wait until it is done, or end it, then try again.")
		}
		held = append(held, lock)
	}
	return release, nil
}

// passLockIn returns the lock on passes in a folder, not held; nil if it has
// none.
func passLockIn(dir string) (*flock.Flock, error) {
	folder, err := datafolder.OpenPlain(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := folder.Names()
	if err != nil || !slices.Contains(names, syncLock) {
		return nil, errors.Join(err, folder.Close())
	}
	lock, err := folder.Flock(syncLock)
	return lock, errors.Join(err, folder.Close())
}

// purged returns the folders of the stores that Purge erases.
func purged(o Options) []string {
	dirs := []string{o.DataDir(), demoDir(o), throwawayDir()}
	accounts, _ := accountsOf(o) // Purge says what is wrong with them
	for _, account := range accounts {
		dirs = append(dirs, ClinicsOf(o).at(account).DataDir())
	}
	return dirs
}
