package datafolder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// These are for files in folders that are not ours: where a person saves an
// export, and where the desktop has its lists.

// Replace writes content to path as a whole, with these permissions whatever
// was there before. A link at path is replaced, not followed. On an error, the
// old file is unchanged.
func Replace(path string, content []byte, perm fs.FileMode) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	f := &Folder{root, filepath.Dir(path)}
	return errors.Join(f.replace(filepath.Base(path), content, perm), f.Close())
}

// ReadRegular returns the content of a regular file of anybody, of at most so
// many bytes; links are followed. Other files are Refused: a pipe is not waited
// for.
func ReadRegular(path string, most int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0) // #nosec G304 -- for callers that name files of the system
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &Refused{filepath.Base(path), "is not a regular file"}
	}
	var content []byte
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(file, most+1))
	}
	if err == nil && int64(len(content)) > most {
		err = ErrTooLarge
	}
	return content, errors.Join(err, file.Close())
}

// RemoveElsewhere deletes a regular file of this user. A missing one is no
// error.
func RemoveElsewhere(path string) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f := &Folder{root, filepath.Dir(path)}
	return errors.Join(f.Remove(filepath.Base(path)), f.Close())
}

// MakeElsewhere creates a folder with those above it, for this user alone.
func MakeElsewhere(path string) error { return os.MkdirAll(path, 0o700) }

// MakeTemporary creates a data folder with a name that nobody can know before,
// in the system's temporary folder.
func MakeTemporary(pattern string) (*Folder, error) {
	path, err := os.MkdirTemp("", pattern)
	if err != nil {
		return nil, err
	}
	return Make(path)
}
