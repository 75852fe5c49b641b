// Package atomicfile replaces files as a whole: whoever reads one meanwhile, or
// after the power failed, finds the old content or the new.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Pattern is what the files are called that Write has not finished. One is left
// behind only where the program was killed.
const Pattern = ".telehab-*"

// Write puts content at path, with these rights whatever lies there. A link at
// path is replaced, not followed. An error leaves what was there.
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
