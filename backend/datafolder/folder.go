// Package datafolder opens, replaces and deletes files in the folders that the
// program keeps for itself. No other package does: the linter forbids the
// functions of os that would.
//
// All names are relative to an open directory (os.Root), and single: a folder
// below is opened by itself. What stands under a name is looked at before it is
// used and compared with what was opened. Symbolic links, hard links, pipes,
// devices, sockets, and what belongs to another user are Refused, and nothing is
// done to them.
//
// A data folder has a marker, a file that says that it is ours. Names in it are
// ours from then on, so a folder that has files under such names already is not
// marked, unless an earlier version made them (see judge).
//
// On Windows, access is a matter of inherited access control lists: owners and
// modes are neither checked nor set.
package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Refused is the error for what was not made by this program, or is not what
// the program made.
type Refused struct {
	Name   string // of the file within the folder, or the folder's path
	Reason string // "is a symbolic link"
}

func (e *Refused) Error() string { return e.Name + " " + e.Reason }

// Sentence is for a person to read: see profile.Because.
func (e *Refused) Sentence() string {
	if filepath.IsAbs(e.Name) {
		return fmt.Sprintf("TeleHab cannot keep its data in %s, because that %s, so nothing was changed there. "+
			"Choose an empty folder of your own with TELEHAB_DATA_DIR, then start TeleHab again.", e.Name, e.Reason)
	}
	return fmt.Sprintf("TeleHab's data folder has something that TeleHab did not put there: %s %s. It was not touched. "+
		"Move it out of the folder, then start TeleHab again.", e.Name, e.Reason)
}

// Folder is an open folder. It stays the same one when its path leads elsewhere
// later. It is safe for concurrent use.
type Folder struct {
	root *os.Root
	path string // absolute
}

// Make opens the data folder at path, creates and marks it if missing, and
// closes it to others. Refused: it is not ours.
func Make(path string) (*Folder, error) {
	f, err := makeDirectory(path)
	if err != nil {
		return nil, err
	}
	marked, err := f.judge()
	if err == nil && !marked {
		err = f.mark()
	}
	if err == nil {
		err = errors.Join(f.closeToOthers(), f.closeSmall())
	}
	return f.orClose(err)
}

// Open opens the data folder at path to read in it or to erase it, and changes
// nothing. fs.ErrNotExist: there is none. Refused: it is not ours.
func Open(path string) (*Folder, error) {
	f, err := openDirectory(path)
	if err != nil {
		return nil, err
	}
	_, err = f.judge()
	return f.orClose(err)
}

// OpenMarked is Open for a folder that has been marked as ours. fs.ErrNotExist:
// there is none, or it has no marker yet.
func OpenMarked(path string) (*Folder, error) {
	f, err := openDirectory(path)
	if err != nil {
		return nil, err
	}
	marked, err := f.judge()
	if err == nil && !marked {
		err = fs.ErrNotExist
	}
	return f.orClose(err)
}

// Claim marks the folder at path, which another program is to write into for us,
// such as the web view, and creates it if missing. A folder that has something
// in it already and no marker is somebody else's, and stays as it is.
func Claim(path string) error {
	f, err := makeDirectory(path)
	if err != nil {
		return err
	}
	marked, err := f.marked()
	if err == nil && !marked {
		var all []string
		if all, err = f.Names(); err == nil && len(all) == 0 {
			err = f.mark()
		}
	}
	return errors.Join(err, f.Close())
}

// OpenClaimed opens a folder that Claim has marked, to erase what is in it.
// fs.ErrNotExist: there is none, or it is somebody else's.
func OpenClaimed(path string) (*Folder, error) {
	f, err := openDirectory(path)
	if err != nil {
		return nil, err
	}
	marked, err := f.marked()
	if err == nil && !marked {
		err = fs.ErrNotExist
	}
	return f.orClose(err)
}

// Unclaim takes the marker away if nothing else is left in the folder, which it
// then deletes, and closes it.
func (f *Folder) Unclaim() error {
	all, err := f.Names()
	if err == nil && len(all) == 1 {
		err = f.Remove(Marker)
	}
	return errors.Join(err, f.RemoveIfEmpty())
}

// MakePlain opens the folder at path, creates it if missing, and closes it to
// others. It needs no marker: the caller names the files that are its own.
func MakePlain(path string) (*Folder, error) {
	f, err := makeDirectory(path)
	if err != nil {
		return nil, err
	}
	return f.orClose(f.closeToOthers())
}

// OpenPlain is MakePlain for a folder that exists, and changes nothing.
func OpenPlain(path string) (*Folder, error) { return openDirectory(path) }

// MakeBelow is MakePlain for a folder in one of ours: neither may be a link.
func MakeBelow(path string) (*Folder, error) {
	above, err := MakePlain(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	f, err := above.Sub(filepath.Base(path))
	return f, errors.Join(err, above.Close())
}

// OpenBelow is MakeBelow for a folder that exists, and changes nothing.
func OpenBelow(path string) (*Folder, error) {
	above, err := OpenPlain(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	f, err := above.OpenSub(filepath.Base(path))
	return f, errors.Join(err, above.Close())
}

func makeDirectory(path string) (*Folder, error) {
	f, err := openDirectory(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	return openDirectory(path)
}

// openDirectory opens a directory of this user. The folders above it may be
// links: they are the person's choice.
func openDirectory(path string) (*Folder, error) {
	path, err := filepath.Abs(path) // clean: "x/" would be what a link x leads to
	if err != nil {
		return nil, err
	}
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if err := checkDirectory(path, before); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f := &Folder{root, path}
	return f.orClose(f.is(before))
}

// is refuses a folder that is not the one that was looked at.
func (f *Folder) is(before fs.FileInfo) error {
	now, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	if !os.SameFile(before, now) {
		return &Refused{f.path, "was replaced while it was opened"}
	}
	return nil
}

func (f *Folder) orClose(err error) (*Folder, error) {
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close closes the folder. Files that were opened in it stay open.
func (f *Folder) Close() error { return f.root.Close() }

// ID returns what identifies the folder wherever it is moved to on its disk. A
// copy has another one.
func (f *Folder) ID() (id string, err error) {
	directory, err := f.root.Open(".")
	if err != nil {
		return "", err
	}
	id, err = identity(directory)
	return id, errors.Join(err, directory.Close())
}

// Path returns where the folder was when it was opened.
func (f *Folder) Path() string { return f.path }

// Sub opens a folder in this one, creates it if missing, and closes it to
// others. Refused: it is not a directory of ours.
func (f *Folder) Sub(name string) (*Folder, error) {
	sub, err := f.OpenSub(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		sub, err = f.OpenSub(name)
	}
	if err != nil {
		return nil, err
	}
	return sub.orClose(sub.closeToOthers())
}

// OpenSub is Sub for a folder that exists, and changes nothing.
func (f *Folder) OpenSub(name string) (*Folder, error) {
	before, err := f.lstat(name)
	if err != nil {
		return nil, err
	}
	if err := checkDirectory(name, before); err != nil {
		return nil, err
	}
	root, err := f.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	sub := &Folder{root, filepath.Join(f.path, name)}
	return sub.orClose(sub.is(before))
}

// Names returns the names of all that is in the folder, sorted.
func (f *Folder) Names() ([]string, error) {
	directory, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	names, err := directory.Readdirnames(-1)
	slices.Sort(names)
	return names, errors.Join(err, directory.Close())
}

// RemoveSub deletes a folder in this one if nothing is left in it. What is not
// a directory of ours stays.
func (f *Folder) RemoveSub(name string) error {
	info, err := f.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if checkDirectory(name, info) == nil {
		err = ignore(unlink(f.root, name), fs.ErrExist, fs.ErrNotExist)
	}
	return err
}

// RemoveTree deletes a folder in this one with all that is in it, or a file.
// Links in it are deleted, not followed. Only for folders whose content another
// program writes for us, such as the web view.
func (f *Folder) RemoveTree(name string) error {
	info, err := f.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return f.Remove(name)
	}
	if err := checkDirectory(name, info); err != nil {
		return err
	}
	return unlinkTree(f.root, name)
}

// RemoveIfEmpty deletes the folder itself if nothing is left in it, and closes
// it.
func (f *Folder) RemoveIfEmpty() error {
	self, err := f.root.Stat(".")
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	above, err := os.OpenRoot(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	now, err := above.Lstat(filepath.Base(f.path))
	if err == nil && os.SameFile(self, now) {
		err = ignore(unlink(above, filepath.Base(f.path)), fs.ErrExist)
	}
	return errors.Join(ignore(err, fs.ErrNotExist), above.Close())
}

func (f *Folder) lstat(name string) (fs.FileInfo, error) {
	if name != filepath.Base(name) || !filepath.IsLocal(name) || name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return f.root.Lstat(name)
}

func ignore(err error, expected ...error) error {
	if slices.ContainsFunc(expected, func(e error) bool { return errors.Is(err, e) }) {
		return nil
	}
	return err
}
