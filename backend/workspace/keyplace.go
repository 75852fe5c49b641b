package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"telehab.io/desktop/backend/datafolder"
)

// keyFile stores where in the keyring the store's key lies. It stands beside
// the store from the first time that this was opened.
const keyFile = "keyring.json"

type keyPlace struct {
	Place string `json:"place"` // see keyring.Find
	namedIn
	Earlier []namedIn `json:"earlier,omitempty"` // names that the keys have, too, since the folder was moved or copied
}

// namedIn is a name of the keys, and the folder that it was made for.
type namedIn struct {
	Ending string `json:"ending"`           // of the names
	Folder string `json:"folder,omitempty"` // its path; "" was written by an earlier version
	ID     string `json:"id,omitempty"`     // see datafolder.Folder.ID
}

var endings = regexp.MustCompile(`^( [0-9a-f]{12})?$`)

// readKeyPlace also says whether there is such a file. One that was written by
// something else names no place.
func (l *location) readKeyPlace(folder *datafolder.Folder) (known bool, err error) {
	raw, err := folder.ReadFile(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	l.key, l.known = keyPlace{}, true
	notOurs := func(n namedIn) bool { return !endings.MatchString(n.Ending) }
	if err := json.Unmarshal(raw, &l.key); err != nil || notOurs(l.key.namedIn) || slices.ContainsFunc(l.key.Earlier, notOurs) {
		l.key = keyPlace{namedIn: namedIn{Ending: l.names.ending}}
	}
	if l.key.Folder == l.dir {
		l.names = secretNames{l.key.Ending} // another store has the names of this path: see openOld
	}
	return true, nil
}

func (l *location) writeKeyPlace(place string) (err error) {
	folder, err := l.makeFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	now := keyPlace{place, namedIn{l.names.ending, l.dir, ""}, slices.Clone(l.key.Earlier)}
	if now.ID, err = folder.ID(); err != nil {
		return err
	}
	for _, n := range l.linked {
		if !now.names(n) {
			now.Earlier = append(now.Earlier, namedIn{n.ending, l.dir, now.ID})
		}
	}
	if l.known && !now.names(secretNames{l.key.Ending}) {
		now.Earlier = append(now.Earlier, l.key.namedIn)
	}
	now.Earlier = slices.DeleteFunc(now.Earlier, func(n namedIn) bool { return n.Ending == now.Ending })
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	if before, err := folder.ReadFile(keyFile); err == nil && bytes.Equal(before, raw) {
		return folder.CloseToOthers(keyFile)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l.key = now
	if err := folder.Write(keyFile, raw); !datafolder.IsReadOnly(err) {
		return err
	}
	return nil // the next start on a disk that can be written to does it
}

func (k *keyPlace) names(n secretNames) bool {
	return k.Ending == n.ending || slices.ContainsFunc(k.Earlier, func(e namedIn) bool { return e.Ending == n.ending })
}

// earlierNames returns the names that the keys of a store that was used may
// have instead of its own.
func (l *location) earlierNames() (earlier []secretNames) {
	if l.known && l.key.Ending != l.names.ending {
		earlier = append(earlier, secretNames{l.key.Ending})
	}
	return append(earlier, l.linked...)
}

// deleteKeys deletes the keys of the store under each name that they have.
func (l *location) deleteKeys(ctx context.Context) error {
	return errors.Join(l.names.deleteFrom(ctx, l.keyring), l.deleteEarlierKeys(ctx))
}

// deleteEarlierKeys deletes what adoptKeys has copied, unless the folder was
// copied as well and the other one may still need its keys.
func (l *location) deleteEarlierKeys(ctx context.Context) error {
	all := slices.Clone(l.key.Earlier)
	for _, n := range l.linked {
		all = append(all, namedIn{Ending: n.ending, Folder: l.dir})
	}
	if l.known {
		all = append(all, l.key.namedIn)
	}
	var errs []error
	for _, n := range all {
		if n.Ending != l.names.ending && l.isAbandoned(n) {
			errs = append(errs, secretNames{n.Ending}.deleteFrom(ctx, l.keyring))
		}
	}
	return errors.Join(errs...)
}

// isAbandoned says that no folder is left that these names were made for: it is
// this one, by another path or moved, or there is none where it was. A folder on
// a drive that is not there now is not taken for gone.
func (l *location) isAbandoned(n namedIn) bool {
	if n.Folder == l.dir {
		return true
	}
	if n.Folder == "" {
		return false
	}
	if folder, err := l.openFolder(); err == nil {
		id, err := folder.ID()
		if err = errors.Join(err, folder.Close()); err == nil && n.ID != "" && n.ID == id {
			return true
		}
	}
	if _, err := os.Lstat(filepath.Dir(n.Folder)); err != nil {
		return false
	}
	_, err := os.Lstat(filepath.Join(n.Folder, storeFile))
	return errors.Is(err, fs.ErrNotExist)
}
