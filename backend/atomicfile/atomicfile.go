// Package atomicfile replaces files atomically: a concurrent reader, or one
// after a power failure, finds either the old content or the new.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Pattern matches the names of files that Write has not finished. One is left
// behind only if the program was killed.
const Pattern = ".telehab-*"

// Write writes content to path, with these permissions whatever was there
// before. A symbolic link at path is replaced, not followed. On an error, the
// old file is unchanged.
func Write(path string, content []byte, perm fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), Pattern)
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(perm), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
