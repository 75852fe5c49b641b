package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"regexp"
	"slices"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/keyring"
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
	id, err := folder.ID()
	if err == nil && l.key.Folder == l.dir && l.key.ID == id {
		l.names = secretNames{l.key.Ending} // another store has the names of this path: see openOld
	}
	return true, err
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
	return errors.Join(l.dropAll(ctx, l.names), l.deleteEarlierKeys(ctx))
}

// deleteEarlierKeys deletes what adoptKeys has copied, where it was made for this
// folder: by another path, or in another place of the same disk. The folder of a
// copy is left its keys wherever it may be now, for one that cannot be seen in
// its place may have been moved as well.
func (l *location) deleteEarlierKeys(ctx context.Context) error {
	id := l.folderID()
	all := slices.Clone(l.key.Earlier)
	for _, n := range l.linked {
		all = append(all, namedIn{n.ending, l.dir, id})
	}
	if l.known {
		all = append(all, l.key.namedIn)
	}
	var errs []error
	for _, n := range all {
		made := n.ID != "" && n.ID == id
		if n.Ending == l.names.ending || !made && n.Folder != l.dir {
			continue
		}
		ours, err := l.haveOurKey(ctx, secretNames{n.Ending}, made)
		if err == nil && ours {
			err = errors.Join(l.dropAll(ctx, secretNames{n.Ending}), l.keyring.Delete(ctx, secretNames{n.Ending}.of(servicePassword)))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// haveOurKey says that these names have no other key than this store has: the
// file that tells them may say anything. otherwise is the answer where this
// store's key is not there to compare with, as it is before a moved folder was
// opened.
func (l *location) haveOurKey(ctx context.Context, names secretNames, otherwise bool) (bool, error) {
	theirs, _, err := l.keyring.Find(ctx, names.of(storeKey), l.key.Place)
	if errors.Is(err, keyring.ErrAbsent) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	ours, _, err := l.keyring.Find(ctx, l.name(storeKey), l.key.Place)
	if errors.Is(err, keyring.ErrAbsent) {
		return otherwise, nil
	}
	return err == nil && bytes.Equal(theirs, ours), err
}

// folderID returns the folder's, or "" if that cannot be told.
func (l *location) folderID() string {
	folder, err := l.openFolder()
	if err != nil {
		return ""
	}
	defer func() { _ = folder.Close() }()
	id, err := folder.ID()
	if err != nil {
		return ""
	}
	return id
}
