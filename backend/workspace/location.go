package workspace

import (
	"errors"
	"io/fs"
	"path/filepath"

	"telehab.io/desktop/backend/datafolder"
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
	options Options
	dir     string // absolute, without links
	names   secretNames
	linked  []secretNames // where the path has a link: those that an earlier version used
	keyring *keyring.Keyring
	listed  bool     // the list of clinics has it: it had a store once
	key     keyPlace // where the store's key was found last
	known   bool     // there is a file that says so
}

// locate returns the location that the options mean. It reads nothing yet.
func locate(o Options, keys *keyring.Keyring) (*location, error) {
	dir, err := o.storeDir()
	if err != nil {
		return nil, err
	}
	path := withoutLinks(dir)
	l := &location{options: o, dir: path, names: namesFor(o, path), keyring: keys}
	if linked := namesFor(o, dir); linked != l.names {
		l.linked = []secretNames{linked}
	}
	return l, nil
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

// withoutLinks returns the path that the folders above dir lead to, so that one
// folder has one name whichever way it is reached. dir itself is no link, or
// datafolder refuses it.
func withoutLinks(dir string) string {
	above, name := filepath.Dir(dir), filepath.Base(dir)
	if above == dir {
		return dir
	}
	if path, err := filepath.EvalSymlinks(above); err == nil {
		return filepath.Join(path, name)
	}
	return filepath.Join(withoutLinks(above), name)
}

func (l *location) storePath() string { return filepath.Join(l.dir, storeFile) }

// openFolder opens the folder to read in it or to erase it. fs.ErrNotExist:
// there is none.
func (l *location) openFolder() (*datafolder.Folder, error) {
	data, err := datafolder.Open(l.options.DataDir())
	if err != nil || l.options.Account == "" {
		return data, err
	}
	return descend(data, l.options.Account, (*datafolder.Folder).OpenSub)
}

// makeFolder opens the folder, and creates it if missing.
func (l *location) makeFolder() (*datafolder.Folder, error) {
	data, err := datafolder.Make(l.options.DataDir())
	if err != nil || l.options.Account == "" {
		return data, err
	}
	return descend(data, l.options.Account, (*datafolder.Folder).Sub)
}

// descend opens the folder of a further clinic and closes data.
func descend(data *datafolder.Folder, account string, open func(*datafolder.Folder, string) (*datafolder.Folder, error)) (*datafolder.Folder, error) {
	clinics, err := open(data, clinicsFolder)
	_ = data.Close()
	if err != nil {
		return nil, err
	}
	folder, err := open(clinics, account)
	_ = clinics.Close()
	return folder, err
}

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
func (l *location) see() (seen sight, err error) {
	folder, err := l.openFolder()
	if errors.Is(err, fs.ErrNotExist) {
		if l.listed {
			return storeGone, nil
		}
		return storeNever, nil
	}
	if err != nil {
		return storeNever, profile.Because(profile.StoreUnreadable, err)
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	known, err := l.readKeyPlace(folder)
	size, exists, sizeErr := folder.Size(storeFile)
	// SQLite writes its log only once the store's own file has something in it.
	log, _, logErr := folder.Size(storeFile + "-wal")
	switch err := errors.Join(err, sizeErr, logErr); {
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

// begin marks the folder as one in which a store is about to be made: with an
// empty file, which is what the next start goes by if this one is cut off.
func (l *location) begin() error {
	folder, err := l.makeFolder()
	if err == nil {
		err = errors.Join(folder.Remove(keyFile), folder.Touch(storeFile), folder.Close())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// has says whether the folder has this file.
func (l *location) has(name string) (exists bool, err error) {
	folder, err := l.openFolder()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		_, exists, err = folder.Size(name)
		err = errors.Join(err, folder.Close())
	}
	if err != nil {
		return false, profile.Because(profile.StoreUnreadable, err)
	}
	return exists, nil
}

// touch makes an empty file in the folder, where it has none of this name.
func (l *location) touch(name string) error {
	folder, err := l.makeFolder()
	if err == nil {
		err = errors.Join(folder.Touch(name), folder.Close())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// removeStore deletes the store's files, and the trace of its key.
func (l *location) removeStore() error {
	return l.inFolder(func(folder *datafolder.Folder) error {
		return errors.Join(sqlite.Remove(folder, storeFile), folder.Remove(keyFile))
	})
}

// removeDatabase is removeStore, and leaves the trace of the key.
func (l *location) removeDatabase() error {
	return l.inFolder(func(folder *datafolder.Folder) error { return sqlite.Remove(folder, storeFile) })
}

// requireClosed keeps the keys of a store that could not be deleted, because
// another process has it open: on Windows the service between two syncs, say.
func (l *location) requireClosed() error {
	open := false
	err := l.inFolder(func(folder *datafolder.Folder) (err error) {
		open, err = folder.IsHeldOpen(storeFile)
		return err
	})
	if open {
		return profile.Refuse(profile.StoreBusy, "TeleHab's data is open in another program, so nothing was erased. Close other TeleHab windows and commands. "+
			"Where a service syncs, an administrator ends it with telehab service remove. Then try again.")
	}
	return err
}

// inFolder does something in the store's folder, if there is one.
func (l *location) inFolder(do func(*datafolder.Folder) error) error {
	folder, err := l.openFolder()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(do(folder), folder.Close())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}
