package datafolder

import (
	"errors"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// unlink deletes a file, or a folder that is empty. os.Root asks for it in a way
// that not every file system knows, such as those of some network drives, and
// then it is asked for in the older one.
func unlink(root *os.Root, name string) error {
	err := root.Remove(name)
	if !errors.Is(err, windows.ERROR_INVALID_FUNCTION) {
		return err
	}
	if err := deleteOnClose(root, name); err != nil {
		return &fs.PathError{Op: "remove", Path: name, Err: err}
	}
	return nil
}

// unlinkTree deletes a folder with all that is in it.
func unlinkTree(root *os.Root, name string) error {
	err := root.RemoveAll(name)
	if !errors.Is(err, windows.ERROR_INVALID_FUNCTION) {
		return err
	}
	folder, err := root.OpenRoot(name)
	if err != nil {
		return err
	}
	err = unlinkAllIn(folder)
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}
	return unlink(root, name)
}

func unlinkAllIn(folder *os.Root) error {
	entries, err := fs.ReadDir(folder.FS(), ".")
	for _, entry := range entries {
		if entry.IsDir() {
			err = errors.Join(err, unlinkTree(folder, entry.Name()))
		} else {
			err = errors.Join(err, unlink(folder, entry.Name()))
		}
	}
	return err
}

// deleteOnClose opens what is under the name, no link followed, so that it goes
// when it is closed.
func deleteOnClose(root *os.Root, name string) error {
	return openAndClose(root, name, windows.DELETE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, windows.FILE_DELETE_ON_CLOSE)
}

// isOpen asks for a file that nobody else may have open meanwhile.
func isOpen(root *os.Root, name string) (bool, error) {
	err := openAndClose(root, name, windows.FILE_GENERIC_READ, 0, windows.FILE_NON_DIRECTORY_FILE)
	switch {
	case errors.Is(err, windows.STATUS_SHARING_VIOLATION):
		return true, nil
	case errors.Is(err, windows.STATUS_OBJECT_NAME_NOT_FOUND), errors.Is(err, windows.STATUS_OBJECT_PATH_NOT_FOUND):
		return false, nil
	}
	return false, err
}

// openAndClose opens what is under the name and closes it; a link by itself.
func openAndClose(root *os.Root, name string, access, share, options uint32) error {
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	text, err := windows.NewNTUnicodeString(name)
	if err != nil {
		return err
	}
	attributes := &windows.OBJECT_ATTRIBUTES{RootDirectory: windows.Handle(folder.Fd()), ObjectName: text}
	attributes.Length = uint32(unsafe.Sizeof(*attributes)) // #nosec G103 -- as Windows wants it
	var handle windows.Handle
	var status windows.IO_STATUS_BLOCK
	err = windows.NtCreateFile(&handle, access|windows.SYNCHRONIZE, attributes, &status, nil, 0, share, windows.FILE_OPEN,
		options|windows.FILE_OPEN_REPARSE_POINT|windows.FILE_SYNCHRONOUS_IO_NONALERT, 0, 0)
	if err != nil {
		return err
	}
	return windows.CloseHandle(handle)
}
