package logging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"sync"
	"time"

	"telehab.io/desktop/backend/datafolder"
)

// olderName are the names of older log files, which sort by time.
var olderName = regexp.MustCompile(`^telehab-[0-9T.-]{10,30}\.log$`)

// olderLayout is the time in them.
const olderLayout = "2006-01-02T15-04-05.000"

// File is the log file, with the older ones beside it. It is safe for
// concurrent use.
type File struct {
	mu     sync.Mutex
	folder *datafolder.Folder
	out    *os.File // nil: closed
	size   int64
}

func openFile(dir string) (*File, error) {
	folder, err := datafolder.MakeBelow(dir)
	if err != nil {
		return nil, fmt.Errorf("make the log's folder: %w", err)
	}
	f := &File{folder: folder}
	if err := f.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("make the log file: %w", err), folder.Close())
	}
	return f, nil
}

func (f *File) open() error {
	out, err := f.folder.Append(FileName)
	if err != nil {
		return err
	}
	info, err := out.Stat()
	if err != nil {
		return errors.Join(err, out.Close())
	}
	f.out, f.size = out, info.Size()
	return nil
}

// Write appends whole lines, and begins a new file once this one is full.
func (f *File) Write(lines []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == nil {
		return 0, fs.ErrClosed
	}
	if f.size > 0 && f.size+int64(len(lines)) > fileMiB<<20 {
		if err := f.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := f.out.Write(lines)
	f.size += int64(n)
	return n, err
}

// rotate begins a new file, and deletes the oldest. The caller holds the lock.
func (f *File) rotate() error {
	err := f.out.Close()
	f.out = nil
	older := "telehab-" + time.Now().UTC().Format(olderLayout) + ".log"
	if err := errors.Join(err, f.folder.Rename(FileName, older)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("logging: begin a new file: %w", err), f.open())
	}
	return errors.Join(f.open(), f.prune(oldFiles))
}

// prune deletes all older files but the newest.
func (f *File) prune(keep int) error {
	names, err := f.folder.Names() // sorted
	if err != nil {
		return err
	}
	var older []string
	for _, name := range names {
		if olderName.MatchString(name) {
			older = append(older, name)
		}
	}
	var errs []error
	for _, name := range older[:max(len(older)-keep, 0)] {
		errs = append(errs, f.folder.Remove(name))
	}
	return errors.Join(errs...)
}

// Close closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == nil {
		return nil
	}
	err := errors.Join(f.out.Close(), f.folder.Close())
	f.out = nil
	return err
}

// Erase removes everything that was logged so far.
func (f *File) Erase() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == nil {
		return fs.ErrClosed
	}
	err := f.out.Truncate(0)
	f.size = 0
	if err = errors.Join(err, f.prune(0)); err != nil {
		return fmt.Errorf("logging: empty the log: %w", err)
	}
	return nil
}

// Erase removes everything that was logged to dir. A program that has the log
// open continues to use it.
func Erase(dir string) error {
	folder, err := datafolder.OpenBelow(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(folder.Truncate(FileName), folder.EraseMatching(olderName.MatchString), folder.Close())
	}
	if err != nil {
		return fmt.Errorf("logging: empty the log: %w", err)
	}
	return nil
}
