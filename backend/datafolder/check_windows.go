package datafolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

const (
	nonblocking = 0
	openFlags   = 0
)

func isOwn(fs.FileInfo) bool { return true }

func identity(file *os.File) (string, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x-%x-%x", info.VolumeSerialNumber, info.FileIndexHigh, info.FileIndexLow), nil
}

// names cannot be told before the file is open: see checkOpened.
func names(fs.FileInfo) uint64 { return 1 }

func checkOpened(name string, file *os.File) error {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return err
	}
	return checkNames(name, uint64(info.NumberOfLinks))
}

func setMode(*os.File, fs.FileMode) error { return nil }

func (f *Folder) closeToOthers() error { return nil }

func (f *Folder) access() (others, shared bool, err error) { return false, false, nil }

// IsReadOnly says whether an error is that of a disk that cannot be written to.
func IsReadOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
