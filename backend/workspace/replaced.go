package workspace

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// Replaced says that the store is not any more what was opened: its file is gone
// or another one, or its key is, because another program has erased or restored
// it. What cannot be told is not taken for it.
func (w *Workspace) Replaced(ctx context.Context) bool {
	same, err := w.hasSameFile()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true
	case err != nil:
		return false
	case !same:
		return true
	}
	if !w.mu.TryLock() {
		return false // we may be replacing the key ourselves
	}
	defer w.mu.Unlock()
	return profile.CodeOf(w.local.CheckKey(ctx)) == profile.StoreKeyLost
}

// IfReplaced returns StoreMissing in place of what went wrong where the store is
// not any more what was opened: see Replaced.
func (w *Workspace) IfReplaced(ctx context.Context, wrong error) error {
	if !w.Replaced(ctx) {
		return wrong
	}
	return sqlite.Replaced(wrong)
}

// Erased returns nil while the store that was opened is still the one in its
// place, and otherwise StoreMissing: another process erased or replaced it, and
// what was written since is lost. Where open files cannot be deleted, as on
// Windows, that does not happen.
func (w *Workspace) Erased() error {
	same, err := w.hasSameFile()
	if same {
		return nil
	}
	if err == nil {
		err = errors.New("another file is in its place")
	}
	return sqlite.Replaced(err)
}

// hasSameFile says whether the store's file is the one that was opened.
func (w *Workspace) hasSameFile() (bool, error) {
	now, err := os.Stat(w.at.storePath())
	return err == nil && os.SameFile(w.file, now), err
}
