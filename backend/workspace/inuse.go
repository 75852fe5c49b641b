package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// syncLock is held by the process that runs a pass on the store beside it, or
// erases that.
const syncLock = "sync.lock"

const runningElsewhere = "Another TeleHab on this computer is syncing right now. Wait until it is done, then try again."

// lockPasses keeps two processes from running a pass on the store in this
// folder, and one from erasing it under a pass of the other.
//
// Errors: SyncRunning, StoreUnreadable.
func (l *location) lockPasses() (unlock func(), err error) {
	folder, err := l.makeFolder()
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	lock, err := takePasses(folder, runningElsewhere)
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil
}

// takePasses takes the lock on passes in a folder, which it closes. running is
// the sentence for a pass of another process.
func takePasses(folder *datafolder.Folder, running string) (*flock.Flock, error) {
	lock, err := folder.Flock(syncLock)
	if err = errors.Join(err, folder.Close()); err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	free, err := lock.TryLock()
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, fmt.Errorf("lock the store for a pass: %w", err))
	}
	if !free {
		return nil, profile.Refuse(profile.SyncRunning, running)
	}
	return lock, nil
}

// withoutPasses does what erases the store, unless a pass of another process
// runs. A folder that is not there has none.
func (l *location) withoutPasses(do func() error) error {
	folder, err := l.openFolder()
	if errors.Is(err, fs.ErrNotExist) {
		return do()
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	lock, err := takePasses(folder, runningElsewhere)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	return do()
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
	for _, store := range purged(o) {
		folder, err := passesOf(store)
		if err == nil && folder == nil {
			continue // nothing was ever synced here
		}
		var lock *flock.Flock
		if err == nil {
			lock, err = takePasses(folder, "TeleHab is syncing right now, so nothing was erased. Wait until it is done, or end it, then try again.")
		}
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, lock)
	}
	return release, nil
}

// passesOf opens the folder of a store for which a pass was run; nil if none was.
func passesOf(o Options) (*datafolder.Folder, error) {
	folder, err := datafolder.OpenPlain(o.DataDir())
	if err == nil && o.Account != "" {
		folder, err = descend(folder, o.Account, (*datafolder.Folder).OpenSub)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	names, err := folder.Names()
	if err == nil && slices.Contains(names, syncLock) {
		return folder, nil
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	return nil, nil
}

// purged returns the options of the stores that Purge erases.
func purged(o Options) []Options {
	stores := []Options{ClinicsOf(o).at(""), {Dir: demoDir(o)}, {Dir: throwawayDir()}}
	accounts, _ := accountsOf(o) // Purge says what is wrong with them
	for _, account := range accounts {
		stores = append(stores, ClinicsOf(o).at(account))
	}
	return stores
}
