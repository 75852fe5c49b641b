//go:build unix

package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

const (
	nonblocking = syscall.O_NONBLOCK // opening a pipe does not wait for its other end
	openFlags   = nonblocking | syscall.O_NOFOLLOW
)

func isOwn(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int64(stat.Uid) == int64(os.Geteuid())
}

func identity(file *os.File) (string, error) {
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", nil
	}
	return fmt.Sprintf("%x-%x", stat.Dev, stat.Ino), nil
}

// names returns how many names a file has.
func names(info fs.FileInfo) uint64 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(stat.Nlink) //nolint:unconvert // its type differs between systems
}

func checkOpened(name string, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return checkFile(name, info)
}

// setMode changes a mode that is another one. On a read-only disk it stays.
func setMode(file *os.File, mode fs.FileMode) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	if err := file.Chmod(mode); err != nil && !IsReadOnly(err) {
		return err
	}
	return nil
}

func (f *Folder) closeToOthers() error {
	directory, err := f.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(setMode(directory, 0o700), directory.Close())
}

// access says whether other users can reach what is in the folder, and whether
// it is one that all users share, such as the system's temporary folder.
func (f *Folder) access() (others, shared bool, err error) {
	info, err := f.root.Stat(".")
	if err != nil {
		return false, false, err
	}
	return info.Mode().Perm()&0o077 != 0, info.Mode()&fs.ModeSticky != 0, nil
}

// IsReadOnly says whether an error is that of a disk, or of a file that an
// administrator made immutable, which cannot be written to.
func IsReadOnly(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EPERM)
}

// isOpen: an open file can be deleted all the same.
func isOpen(*os.Root, string) (bool, error) { return false, nil }

func unlink(root *os.Root, name string) error { return root.Remove(name) }

func unlinkTree(root *os.Root, name string) error { return root.RemoveAll(name) }
