package workspace

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// A key or a file that cannot be seen now is not taken for one that is gone. A
// keyring may be locked, a password manager may have the wrong database open, a
// folder may lie on a drive that is not connected. So two traces are kept of a
// store: its key, and where in the keyring that was.

// keyFile stores where in the keyring the store's key lies. It stands beside the
// store from the first time that this was opened.
const keyFile = "keyring.json"

type keyPlace struct {
	Place  string `json:"place"`  // see keyring.Find
	Ending string `json:"ending"` // of the key's name; it changes when the folder is moved
}

// sight is what can be seen of the store.
type sight int

const (
	storeNever   sight = iota // nothing
	storeStarted              // an empty file: the first start was cut off, or Begin was called
	storeThere
	storeGone // there was one
)

// look finds out what can be seen of the store, and reads where its key lies.
// StoreUnreadable: that cannot be told.
func (w *Workspace) look() (sight, error) {
	known, err := w.readPlace()
	if err != nil {
		return storeNever, err
	}
	size, exists, err := sizeOf(w.storePath())
	// SQLite writes its log only once the store's own file has something in it.
	log, _, logErr := sizeOf(w.storePath() + "-wal")
	switch err := errors.Join(err, logErr); {
	case err != nil:
		return storeNever, profile.Because(profile.StoreUnreadable, err)
	case size > 0:
		return storeThere, nil
	case known, log > 0, w.options.listed && !exists:
		return storeGone, nil
	case exists:
		return storeStarted, nil
	}
	return storeNever, nil
}

func sizeOf(path string) (size int64, exists bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return info.Size(), true, nil
}

// readPlace also says whether there is such a file. One that was written by
// something else names no place.
func (w *Workspace) readPlace() (known bool, err error) {
	raw, err := os.ReadFile(filepath.Join(w.dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, profile.Because(profile.StoreUnreadable, err)
	}
	if err := json.Unmarshal(raw, &w.key); err != nil {
		w.key = keyPlace{Ending: w.ending()}
	}
	return true, nil
}

func (w *Workspace) writePlace(place string) error {
	now := keyPlace{place, w.ending()}
	if _, err := os.Stat(filepath.Join(w.dir, keyFile)); err == nil && now == w.key {
		return nil
	}
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	w.key = now
	return atomicfile.Write(filepath.Join(w.dir, keyFile), raw, 0o600)
}

// openStore opens the store with its key, or makes both.
func (w *Workspace) openStore(ctx context.Context) error {
	seen, err := w.look()
	if err != nil {
		return err
	}
	switch seen {
	case storeThere:
		return w.openOld(ctx)
	case storeGone:
		return profile.Because(profile.StoreMissing, errors.New("no store where one was"))
	}
	return w.openNew(ctx, seen == storeStarted)
}

// openNew makes the store and its key. A key without a store, its own or
// Cliniko's, is that of a store which is not to be seen, unless the first start
// was cut off between the two.
func (w *Workspace) openNew(ctx context.Context, started bool) error {
	key, found, err := w.keyring.Get(ctx, w.item(storeKey))
	if err != nil {
		return err
	}
	if !started {
		some := found
		for _, name := range []string{nextKey, apiKey} {
			_, other, err := w.keyring.Get(ctx, w.item(name))
			if err != nil {
				return err
			}
			some = some || other
		}
		if some {
			return profile.Because(profile.StoreMissing, errors.New("a key whose store is not there"))
		}
	}
	if err := begin(w.dir); err != nil {
		return err
	}
	if !found || len(key) != sqlite.KeySize {
		key = make([]byte, sqlite.KeySize)
		_, _ = rand.Read(key) // never fails: it ends the program instead
		if err := w.keyring.Set(ctx, w.item(storeKey), key); err != nil {
			return err
		}
	}
	_, place, err := w.keyring.Find(ctx, w.item(storeKey), "")
	if err != nil {
		return err
	}
	if w.db, err = sqlite.Open(ctx, w.storePath(), key); err != nil {
		return err
	}
	return w.opened(place)
}

// openOld opens a store that was used, with its key or with the one that was
// about to replace it when the program was cut off.
func (w *Workspace) openOld(ctx context.Context) error {
	before := w.key.Place
	key, place, err := w.keyring.Find(ctx, w.item(storeKey), before)
	if errors.Is(err, keyring.ErrAbsent) && w.key.Ending != w.ending() {
		key, place, err = w.adoptKeys(ctx)
	}
	if errors.Is(err, keyring.ErrAbsent) || err == nil && len(key) != sqlite.KeySize {
		return profile.Because(profile.StoreKeyLost, fmt.Errorf("a key of %d bytes in the keyring", len(key)))
	}
	if err != nil {
		return err
	}
	if w.db, err = sqlite.Open(ctx, w.storePath(), key); err == nil {
		return w.opened(place)
	}
	if profile.CodeOf(err) != profile.StoreKeyLost {
		return err
	}
	if before != "" && place != before {
		err = w.keyring.Hidden(before) // the right one may still lie where it was
	}
	return w.openWithNext(ctx, place, err)
}

// openWithNext opens the store with the key that was about to replace the one
// at place. otherwise is the error where there is none.
func (w *Workspace) openWithNext(ctx context.Context, place string, otherwise error) error {
	next, _, nextErr := w.keyring.Find(ctx, w.item(nextKey), place)
	switch {
	case errors.Is(nextErr, keyring.ErrAbsent), nextErr == nil && len(next) != sqlite.KeySize:
		return otherwise
	case nextErr != nil:
		return nextErr
	}
	var err error
	if w.db, err = sqlite.Open(ctx, w.storePath(), next); err != nil {
		return err
	}
	if err := w.useNextKey(ctx, next); err != nil {
		return errors.Join(err, w.db.Close())
	}
	return w.opened(place)
}

// adoptKeys is for a folder that was moved: the keys are kept under the name of
// its place before. They are copied, for the folder may have been, too.
func (w *Workspace) adoptKeys(ctx context.Context) (key []byte, place string, err error) {
	for _, name := range []string{apiKey, nextKey, storeKey} {
		key, _, err = w.keyring.Find(ctx, name+w.key.Ending, w.key.Place)
		if errors.Is(err, keyring.ErrAbsent) && name != storeKey {
			continue
		}
		if err == nil && len(key) > 0 {
			err = w.keyring.Set(ctx, w.item(name), key)
		}
		if err != nil {
			return nil, "", err
		}
	}
	return w.keyring.Find(ctx, w.item(storeKey), "")
}

func (w *Workspace) opened(place string) error {
	if err := w.writePlace(place); err != nil {
		return errors.Join(profile.Because(profile.StoreUnreadable, err), w.db.Close())
	}
	return nil
}

func (w *Workspace) useNextKey(ctx context.Context, key []byte) error {
	if err := w.keyring.Set(ctx, w.item(storeKey), key); err != nil {
		return err
	}
	return w.keyring.Delete(ctx, w.item(nextKey))
}

// begin marks the folder as one in which a store is about to be made: with an
// empty file, which is what the next start goes by if this one is cut off.
func begin(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = os.Remove(filepath.Join(dir, keyFile))
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		var file *os.File
		if file, err = os.OpenFile(filepath.Join(dir, storeFile), os.O_CREATE|os.O_WRONLY, 0o600); err == nil { // #nosec G304 -- our own data folder
			err = file.Close()
		}
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// Begin lets the next Open make a store where there was one that is not to be
// seen: the answer of a person to StoreMissing. It deletes nothing. The key
// stays, so that the earlier store opens if it comes back.
func Begin(o Options) error {
	dir, err := filepath.Abs(o.DataDir())
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	w := &Workspace{options: o, dir: dir}
	if seen, err := w.look(); err != nil || seen == storeThere {
		return errors.Join(err, profile.Errorf(profile.Invalid, "The data is there again, so nothing was changed. Choose Try again."))
	}
	return begin(dir)
}

// Reset deletes the store of the workspace that the options mean, with its
// keys. It must not be open. Cliniko has the clients that were in it, and
// nothing else of it.
func Reset(ctx context.Context, o Options) error {
	dir, err := filepath.Abs(o.DataDir())
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	w := &Workspace{options: o, dir: dir, keyring: systemKeyring()}
	if err := w.deleteKeys(ctx); err != nil {
		return err
	}
	err = errors.Join(sqlite.Remove(w.storePath()), remove(filepath.Join(dir, keyFile)))
	if err == nil && o.listed {
		err = begin(dir)
	}
	return err
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
