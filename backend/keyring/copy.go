package keyring

import (
	"errors"
	"io/fs"

	system "github.com/99designs/keyring"

	"telehab.io/desktop/backend/datafolder"
)

const copyPlace = "the service's copy of the keys"

// copyDraft is the end of the name of a file that is not written to its end yet:
// datafolder knows such names, too.
const copyDraft = ".new"

// OpenCopy returns a keyring of files in a folder of ours, each encrypted with a
// password. It is for a service, which syncs where no system keyring is open,
// and for who writes the copies of the keys that it has there. It proves no
// absence: the folder has copies, so what is not in it may be in the system
// keyring. folder opens the folder anew for each call, and password returns the
// password.
//
// Errors: KeyringMissing where the folder or a file in it is missing,
// KeyringLocked where one does not open.
func OpenCopy(folder func() (*datafolder.Folder, error), password func() (string, error)) *Keyring {
	c := &copies{folder, password}
	open := func() (store, error) { return c, nil }
	return &Keyring{openers: []opener{{kind: copyPlace, open: open}}, gate: newGate(Limit())}
}

// IsCopy says that this is a keyring of OpenCopy.
func (k *Keyring) IsCopy() bool { return k != nil && k.openers[0].kind == copyPlace }

// copies is the encrypted-file backend of the library, whose files datafolder
// looks at before.
type copies struct {
	folder   func() (*datafolder.Folder, error)
	password func() (string, error)
}

// copyError means that a copy cannot be read or written.
type copyError struct {
	missing bool
	cause   error
}

func (e *copyError) Error() string { return copyPlace + ": " + e.cause.Error() }

func (e *copyError) Unwrap() error { return e.cause }

func asCopyError(err error) error {
	if err == nil || errors.Is(err, system.ErrKeyNotFound) {
		return err
	}
	return &copyError{errors.Is(err, fs.ErrNotExist), err}
}

// with does something in the open folder.
func (c *copies) with(do func(*datafolder.Folder, system.Keyring) error) error {
	folder, err := c.folder()
	if err != nil {
		return asCopyError(err)
	}
	password, err := c.password()
	var ring system.Keyring
	if err == nil {
		ring, err = system.Open(system.Config{
			AllowedBackends:  []system.BackendType{system.FileBackend},
			FileDir:          folder.Path(),
			FilePasswordFunc: system.FixedStringPrompt(password),
		})
	}
	if err == nil {
		err = do(folder, ring)
	}
	return asCopyError(errors.Join(err, folder.Close()))
}

// get returns the place that was asked for: a copy tells nothing of where the
// key itself is.
func (c *copies) get(name, place string) (found item, err error) {
	err = c.with(func(folder *datafolder.Folder, ring system.Keyring) error {
		if err := find(folder, name); err != nil {
			return err
		}
		kept, err := ring.Get(name)
		found = item{Value: kept.Data, Place: place}
		return err
	})
	return found, err
}

// find returns system.ErrKeyNotFound where there is no such file.
func find(folder *datafolder.Folder, name string) error {
	_, exists, err := folder.Size(name)
	if err == nil && !exists {
		err = system.ErrKeyNotFound
	}
	return err
}

// set replaces the file as a whole.
func (c *copies) set(name string, value []byte) error {
	return c.with(func(folder *datafolder.Folder, ring system.Keyring) error {
		draft := name + copyDraft
		err := folder.Remove(draft)
		if err == nil {
			err = ring.Set(system.Item{Key: draft, Data: value})
		}
		if err == nil {
			err = folder.Rename(draft, name)
		}
		return err
	})
}

func (c *copies) remove(name string) error {
	return c.with(func(folder *datafolder.Folder, _ system.Keyring) error {
		if err := find(folder, name); err != nil {
			return err
		}
		return folder.Remove(name)
	})
}

func (c *copies) proveAbsent(string, string) error {
	return &copyError{true, errors.New("no such copy")}
}

func (c *copies) kind() string { return copyPlace }
