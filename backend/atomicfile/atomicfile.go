// Package atomicfile replaces files atomically, in folders that are not ours: a
// concurrent reader, or one after a power failure, finds either the old content
// or the new.
package atomicfile

import (
	"io/fs"

	"telehab.io/desktop/backend/datafolder"
)

// Write writes content to path, with these permissions whatever was there
// before. A symbolic link at path is replaced, not followed. On an error, the
// old file is unchanged.
func Write(path string, content []byte, perm fs.FileMode) error {
	return datafolder.Replace(path, content, perm)
}
