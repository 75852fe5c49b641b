package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"

	"telehab.io/desktop/backend/datafolder"
)

// The password of the service's copy of the keys goes from the person who installs
// it to the Credential Manager of the service's account, which nobody else can
// write to, by a file in the data folder. It is sealed by Windows for this
// computer, and only administrators and the service may read it. The service
// deletes it once its own Credential Manager has the password.
const (
	handOverFile    = "service-password"
	unfinishedFile  = "service-password.new"
	maxHandOver     = 16 << 10
	handOverEntropy = "TeleHab: password for the service, 1"
)

// givePassword writes the file. One that the service has not taken yet is replaced.
func givePassword(dir string, password Named) (err error) {
	plain, err := json.Marshal(password)
	if err != nil {
		return err
	}
	sealed, err := seal(plain)
	clear(plain)
	if err != nil {
		return fmt.Errorf("seal the password for the service: %w", err)
	}
	folder, err := datafolder.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if err := folder.Remove(unfinishedFile); err != nil {
		return err
	}
	file, err := folder.Create(unfinishedFile)
	if err != nil {
		return err
	}
	err = closeHandOver(filepath.Join(folder.Path(), unfinishedFile)) // before there is anything in it
	if err == nil {
		_, err = file.Write(sealed)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = folder.Rename(unfinishedFile, handOverFile)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("hand the password over to the service: %w", err), folder.Remove(unfinishedFile))
	}
	return nil
}

// takePassword has the password of the file stored, where there is one, and then
// deletes it. A file that cannot be opened is of no use to anybody, and is
// deleted too.
func takePassword(ctx context.Context, dir string, keep func(context.Context, Named) error) (taken bool, err error) {
	folder, err := datafolder.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	sealed, err := folder.ReadSmall(handOverFile, maxHandOver)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	password, err := openPassword(sealed)
	if err != nil {
		return false, errors.Join(fmt.Errorf("open the password that was handed over: %w", err), folder.Remove(handOverFile))
	}
	err = keep(ctx, password)
	clear(password.Value)
	if err != nil {
		return false, err
	}
	return true, folder.Remove(handOverFile)
}

// hasPasswordToTake says that the service has not taken the password yet.
func hasPasswordToTake(dir string) (waiting bool, err error) {
	folder, err := datafolder.Open(dir)
	if err != nil {
		return false, err
	}
	_, waiting, err = folder.Size(handOverFile)
	return waiting, errors.Join(err, folder.Close())
}

// removeHandOver deletes what the service has not taken.
func removeHandOver(dir string) error {
	folder, err := datafolder.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(folder.Remove(handOverFile), folder.Remove(unfinishedFile), folder.Close())
}

func openPassword(sealed []byte) (password Named, err error) {
	plain, err := unseal(sealed)
	if err != nil {
		return Named{}, err
	}
	err = json.Unmarshal(plain, &password)
	clear(plain)
	return password, err
}

// seal encrypts with Windows' key of this computer: the service's account can
// decrypt it, and nobody who has only the disk.
func seal(plain []byte) ([]byte, error) {
	var sealed windows.DataBlob
	err := windows.CryptProtectData(blob(plain), nil, blob([]byte(handOverEntropy)), 0, nil,
		windows.CRYPTPROTECT_LOCAL_MACHINE|windows.CRYPTPROTECT_UI_FORBIDDEN, &sealed)
	return taken(&sealed), err
}

func unseal(sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, errors.New("an empty file")
	}
	var plain windows.DataBlob
	err := windows.CryptUnprotectData(blob(sealed), nil, blob([]byte(handOverEntropy)), 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &plain)
	return taken(&plain), err
}

func blob(content []byte) *windows.DataBlob {
	return &windows.DataBlob{Size: uint32(len(content)), Data: unsafe.SliceData(content)} // #nosec G103 G115 -- as Windows wants it; far below 4 GB
}

// taken copies what Windows returned, and wipes and frees that.
func taken(b *windows.DataBlob) []byte {
	if b.Data == nil {
		return nil
	}
	theirs := unsafe.Slice(b.Data, b.Size) // #nosec G103 -- as Windows says
	own := append([]byte(nil), theirs...)
	clear(theirs)
	_, _ = windows.LocalFree(windows.Handle(unsafe.Pointer(b.Data))) // #nosec G103 -- Windows asks for it
	return own
}
