package datafolder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/gofrs/flock"
)

// maxSize is the most that ReadFile reads: a hundred times what any of our
// files has.
const maxSize = 1 << 20

// unfinished are the names of files that Write has not finished. One is left
// behind only if the program was killed.
var unfinished = regexp.MustCompile(`^\.telehab-[0-9]{1,20}$`)

// open opens a file of ours. It does not wait for the other end of a pipe.
func (f *Folder) open(name string, flag int) (*os.File, error) {
	before, err := f.lstat(name)
	if err != nil {
		return nil, err
	}
	if err := checkFile(name, before); err != nil {
		return nil, err
	}
	file, err := f.root.OpenFile(name, flag|openFlags, 0)
	if err != nil {
		return nil, err
	}
	now, err := file.Stat()
	if err == nil && !os.SameFile(before, now) {
		err = &Refused{name, "was replaced while it was opened"}
	}
	if err == nil {
		err = checkOpened(name, file)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Open opens a file to read it. fs.ErrNotExist: there is none.
func (f *Folder) Open(name string) (*os.File, error) { return f.open(name, os.O_RDONLY) }

// Append opens a file to write at its end, creates it if missing, and closes it
// to others.
func (f *Folder) Append(name string) (*os.File, error) { return f.make(name, os.O_WRONLY|os.O_APPEND) }

// Create makes a file that must not be there yet. fs.ErrExist: it is.
func (f *Folder) Create(name string) (*os.File, error) {
	if _, err := f.lstat(name); err == nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// make opens a file, creates it if missing, and closes it to others.
func (f *Folder) make(name string, flag int) (*os.File, error) {
	file, err := f.open(name, flag)
	if errors.Is(err, fs.ErrNotExist) {
		// O_EXCL follows no link.
		file, err = f.root.OpenFile(name, flag|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			file, err = f.open(name, flag)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := setMode(file, 0o600); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Touch creates an empty file if it is missing, and closes it to others.
func (f *Folder) Touch(name string) error {
	file, err := f.make(name, os.O_RDONLY)
	if err != nil {
		return err
	}
	return file.Close()
}

// CloseToOthers gives a file that exists the mode that our files have. A
// missing one is no error.
func (f *Folder) CloseToOthers(name string) error {
	file, err := f.open(name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(setMode(file, 0o600), file.Close())
}

// closeSmall closes to others the files that are not opened at every start, and
// the logs of earlier ones. Those of the store are left to whoever opens it: to
// close a file that is open elsewhere in the process ends the locks on it. What
// is not ours is refused where it is used.
func (f *Folder) closeSmall() error {
	errs := []error{f.closeMatching(small.MatchString)}
	logs, err := f.OpenSub("logs")
	if err == nil {
		err = errors.Join(logs.closeToOthers(), logs.closeMatching(folders["logs"].MatchString), logs.Close())
	}
	return errors.Join(append(errs, ignoreRefused(err))...)
}

func (f *Folder) closeMatching(match func(name string) bool) error {
	all, err := f.Names()
	errs := []error{err}
	for _, name := range all {
		if match(name) {
			errs = append(errs, ignoreRefused(f.CloseToOthers(name)))
		}
	}
	return errors.Join(errs...)
}

func ignoreRefused(err error) error {
	var refused *Refused
	if errors.As(err, &refused) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// Truncate empties a file that exists. A missing one is no error.
func (f *Folder) Truncate(name string) error {
	file, err := f.open(name, os.O_WRONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(0), file.Close())
}

// CheckWritable opens a file that exists to write to it, and closes it again.
// See IsReadOnly.
func (f *Folder) CheckWritable(name string) error {
	file, err := f.open(name, os.O_RDWR)
	if err != nil {
		return err
	}
	return file.Close()
}

// Size returns the size of a file, and whether there is one.
func (f *Folder) Size(name string) (size int64, exists bool, err error) {
	info, err := f.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err == nil {
		err = checkFile(name, info)
	}
	if err != nil {
		return 0, false, err
	}
	return info.Size(), true, nil
}

// ReadFile returns the content of a small file. fs.ErrNotExist: there is none.
func (f *Folder) ReadFile(name string) ([]byte, error) { return f.ReadSmall(name, maxSize) }

// ReadSmall is ReadFile for a file that has at most so many bytes.
func (f *Folder) ReadSmall(name string, most int64) ([]byte, error) {
	file, err := f.open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(content)) > most {
		err = ErrTooLarge
	}
	return content, errors.Join(err, file.Close())
}

// ErrTooLarge is the error for a file with more bytes than ours ever has.
var ErrTooLarge = errors.New("larger than any file of this program")

// Write replaces a file as a whole: a concurrent reader, or one after a power
// failure, finds either the old content or the new. On an error, the old file
// is unchanged.
func (f *Folder) Write(name string, content []byte) error {
	if info, err := f.lstat(name); err == nil {
		err = checkFile(name, info)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return f.replace(name, content, 0o600)
}

func (f *Folder) replace(name string, content []byte, perm fs.FileMode) error {
	file, temporary, err := f.createTemporary()
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(perm), file.Sync(), file.Close()); err == nil {
		err = f.root.Rename(temporary, name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, errors.Join(err, unlink(f.root, temporary)))
	}
	return nil
}

func (f *Folder) createTemporary() (file *os.File, name string, err error) {
	for range 100 {
		name = ".telehab-" + strconv.FormatUint(rand.Uint64(), 10) // #nosec G404 -- no secret: it makes names unique
		file, err = f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return file, name, err
}

// Rename gives a file of ours another name. What has that name already must be
// a file of ours, and is replaced.
func (f *Folder) Rename(name, to string) error {
	info, err := f.lstat(name)
	if err == nil {
		err = checkFile(name, info)
	}
	if err != nil {
		return err
	}
	switch info, err := f.lstat(to); {
	case err == nil:
		if err := checkFile(to, info); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return f.root.Rename(name, to)
}

// Remove deletes a regular file of this user. A missing one is no error.
func (f *Folder) Remove(name string) error {
	info, err := f.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = checkOwnRegular(name, info) // another name of it may exist, and stays
	}
	if err != nil {
		return err
	}
	return ignore(unlink(f.root, name), fs.ErrNotExist)
}

// IsHeldOpen says whether a file cannot be deleted because a program has it open,
// which only Windows minds. A missing one is no error.
func (f *Folder) IsHeldOpen(name string) (bool, error) {
	if _, err := f.lstat(name); err != nil {
		return false, ignore(err, fs.ErrNotExist)
	}
	return isOpen(f.root, name)
}

// Flock prepares a lock on a file, which it creates if missing. The lock is not
// held yet.
func (f *Folder) Flock(name string) (*flock.Flock, error) {
	if err := f.Touch(name); err != nil {
		return nil, err
	}
	return f.flock(name), nil
}

// InUse says whether somebody holds the lock on a file. It creates nothing.
func (f *Folder) InUse(name string) (bool, error) {
	file, err := f.open(name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := file.Close(); err != nil {
		return false, err
	}
	lock := f.flock(name)
	free, err := lock.TryLock()
	return !free && err == nil, errors.Join(err, lock.Close())
}

// flock prepares the lock on a file that is there.
func (f *Folder) flock(name string) *flock.Flock {
	return flock.New(filepath.Join(f.path, name), flock.SetFlag(os.O_RDONLY|openFlags))
}
