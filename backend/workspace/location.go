package workspace

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// storeFile is the store within its folder.
const storeFile = "telehab.db"

// location is a folder that has a store, had one, or is to get one, and the
// keyring with its secrets.
//
// A key or a file that cannot be seen now is not taken for one that is gone. A
// keyring may be locked, a password manager may have the wrong database open, a
// folder may lie on a drive that is not connected. So two traces are kept of a
// store: its key, and where in the keyring that was.
type location struct {
	dir     string // absolute
	names   secretNames
	keyring *keyring.Keyring
	listed  bool     // the list of clinics has it: it had a store once
	key     keyPlace // where the store's key was found last
}

// locate returns the location that the options mean. It reads nothing yet.
func locate(o Options, keys *keyring.Keyring) (*location, error) {
	dir, err := o.storeDir()
	if err != nil {
		return nil, err
	}
	return &location{dir: dir, names: namesFor(o, dir), keyring: keys}, nil
}

// locateListed is locate where it matters whether the list of clinics has it.
func locateListed(o Options, keys *keyring.Keyring) (*location, error) {
	l, err := locate(o, keys)
	if err != nil {
		return nil, err
	}
	l.listed, err = ClinicsOf(o).has(o.Account)
	return l, err
}

func (l *location) storePath() string { return filepath.Join(l.dir, storeFile) }

func (l *location) keyPath() string { return filepath.Join(l.dir, keyFile) }

// name returns what a secret of this store is called in the keyring.
func (l *location) name(s secret) string { return l.names.of(s) }

// sight is what can be seen of the store.
type sight int

const (
	storeNever   sight = iota // nothing
	storeStarted              // an empty file: the first start was cut off, or Begin was called
	storeThere
	storeGone // there was one
)

// see finds out what can be seen of the store, and reads where its key lies.
// StoreUnreadable: that cannot be told.
func (l *location) see() (sight, error) {
	known, err := l.readKeyPlace()
	if err != nil {
		return storeNever, err
	}
	size, exists, err := sizeOf(l.storePath())
	// SQLite writes its log only once the store's own file has something in it.
	log, _, logErr := sizeOf(l.storePath() + "-wal")
	switch err := errors.Join(err, logErr); {
	case err != nil:
		return storeNever, profile.Because(profile.StoreUnreadable, err)
	case size > 0:
		return storeThere, nil
	case known, log > 0, l.listed && !exists:
		return storeGone, nil
	case exists:
		return storeStarted, nil
	}
	return storeNever, nil
}

// hasStore says that there is something to open, or that there was: a store
// that cannot be seen now is not taken for none.
func (l *location) hasStore() bool {
	seen, err := l.see()
	return err != nil || seen == storeThere || seen == storeGone
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

// keyFile stores where in the keyring the store's key lies. It stands beside
// the store from the first time that this was opened.
const keyFile = "keyring.json"

type keyPlace struct {
	Place  string `json:"place"`  // see keyring.Find
	Ending string `json:"ending"` // of the key's name; it changes when the folder is moved
}

// readKeyPlace also says whether there is such a file. One that was written by
// something else names no place.
func (l *location) readKeyPlace() (known bool, err error) {
	raw, err := os.ReadFile(l.keyPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, profile.Because(profile.StoreUnreadable, err)
	}
	if err := json.Unmarshal(raw, &l.key); err != nil {
		l.key = keyPlace{Ending: l.names.ending}
	}
	return true, nil
}

func (l *location) writeKeyPlace(place string) error {
	now := keyPlace{place, l.names.ending}
	if _, err := os.Stat(l.keyPath()); err == nil && now == l.key {
		return nil
	}
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	l.key = now
	return atomicfile.Write(l.keyPath(), raw, 0o600)
}

// begin marks the folder as one in which a store is about to be made: with an
// empty file, which is what the next start goes by if this one is cut off.
func (l *location) begin() error {
	err := os.MkdirAll(l.dir, 0o700)
	if err == nil {
		err = os.Remove(l.keyPath())
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		var file *os.File
		if file, err = os.OpenFile(l.storePath(), os.O_CREATE|os.O_WRONLY, 0o600); err == nil { // #nosec G304 -- our own data folder
			err = file.Close()
		}
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// removeStore deletes the store's files, and the trace of its key.
func (l *location) removeStore() error {
	return errors.Join(sqlite.Remove(l.storePath()), remove(l.keyPath()))
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
