package workspace

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// A service that syncs with nobody signed in has no system keyring. It has copies
// of the keys, encrypted files below the data folder, and is handed their
// password by the system, which keeps that sealed. The person's keyring has the
// password too, so that whoever changes a key changes its copy as well.

const (
	// ServiceCredential is the name under which the system hands the password of
	// the copies to the service: a file in the folder that credentialsVariable
	// names.
	ServiceCredential   = "telehab-keyring"
	credentialsVariable = "CREDENTIALS_DIRECTORY"

	serviceFolder = "service"

	// servicePassword is what the copies are encrypted with.
	servicePassword = secret("service password")
	passwordBytes   = 32
)

// keyringFor is the system's keyring, or in a service that has one the copy.
func keyringFor(o Options) *keyring.Keyring {
	if o.ServicePassword != nil {
		return keyring.OpenCopy(o.openCopies, o.ServicePassword)
	}
	path := filepath.Join(os.Getenv(credentialsVariable), ServiceCredential)
	if os.Getenv(credentialsVariable) == "" || !there(path) {
		return systemKeyring()
	}
	return keyring.OpenCopy(o.openCopies, func() (string, error) {
		password, err := datafolder.ReadRegular(path, 1024)
		return string(password), err
	})
}

// there says that something has the path, even though it cannot be read.
func there(path string) bool {
	_, err := os.Lstat(path) // #nosec G703 -- the service's manager names the folder
	return !errors.Is(err, fs.ErrNotExist)
}

// openCopies opens the folder of the copies. fs.ErrNotExist: there are none.
func (o Options) openCopies() (*datafolder.Folder, error) {
	data, err := datafolder.OpenMarked(o.DataDir())
	if err != nil {
		return nil, err
	}
	copies, err := data.OpenSub(serviceFolder)
	return copies, errors.Join(err, data.Close())
}

// CopyForService makes the copies of the keys of all connected clinics anew, and
// returns the password that opens them.
//
// Errors: NotConnected where there is nothing to sync; those of Open.
func CopyForService(ctx context.Context, o Options) (password []byte, err error) {
	accounts, err := accountsOf(o)
	if err != nil {
		return nil, err
	}
	keys := map[string][]byte{}
	for _, account := range append([]string{""}, accounts...) {
		if err := keysOf(ctx, ClinicsOf(o).at(account), keys); err != nil {
			return nil, err
		}
	}
	if len(keys) == 0 {
		return nil, profile.Refuse(profile.NotConnected, fmt.Sprintf(
			"No clinic is connected in %s, so there is nothing to sync. Connect one first, with telehab connect or in the window.", o.DataDir()))
	}
	root, err := locate(o, systemKeyring())
	if err != nil {
		return nil, err
	}
	if password, err = root.servicePassword(ctx); err != nil {
		return nil, err
	}
	if err := o.emptyCopies(); err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	copies := o.copies(password)
	for name, value := range keys {
		if err := copies.Set(ctx, name, value); err != nil {
			return nil, err
		}
	}
	if err := o.setServiceLost(false); err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	return password, nil
}

// keysOf adds the keys of a store whose clinic is connected.
func keysOf(ctx context.Context, o Options, keys map[string][]byte) (err error) {
	if !HasStore(o) {
		return nil
	}
	w, err := open(ctx, o, systemKeyring())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.settleKey(ctx); err != nil {
		return err
	}
	for _, s := range []secret{apiKey, storeKey} {
		value, _, err := w.at.keyring.Find(ctx, w.at.name(s), w.at.key.Place)
		if errors.Is(err, keyring.ErrAbsent) {
			return nil // of a clinic that was disconnected
		}
		if err != nil {
			return err
		}
		keys[w.at.name(s)] = value
	}
	if access, _, err := w.at.keyring.Find(ctx, w.at.name(databaseAccess), w.at.key.Place); err == nil {
		keys[w.at.name(databaseAccess)] = access
	} else if w.shared.Load() != nil {
		return err
	}
	access, found, err := w.at.keyring.Get(ctx, w.at.name(hubAccess)) // most clinics have none
	if err == nil && found {
		keys[w.at.name(hubAccess)] = access
	}
	return err
}

// servicePassword returns the password that the copies have, or makes one.
func (l *location) servicePassword(ctx context.Context) ([]byte, error) {
	password, found, err := l.keyring.Get(ctx, l.name(servicePassword))
	if err != nil || found && len(password) == base64.RawURLEncoding.EncodedLen(passwordBytes) {
		return password, err
	}
	random := make([]byte, passwordBytes)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	password = []byte(base64.RawURLEncoding.EncodeToString(random))
	return password, l.keyring.Set(ctx, l.name(servicePassword), password)
}

func (o Options) copies(password []byte) *keyring.Keyring {
	return keyring.OpenCopy(o.openCopies, func() (string, error) { return string(password), nil })
}

// emptyCopies makes the folder of the copies, and deletes those that are there.
func (o Options) emptyCopies() error {
	data, err := datafolder.Make(o.DataDir())
	if err != nil {
		return err
	}
	err = data.EraseFolder(serviceFolder)
	if err == nil {
		var copies *datafolder.Folder
		if copies, err = data.Sub(serviceFolder); err == nil {
			err = copies.Close()
		}
	}
	return errors.Join(err, data.Close())
}

// ForgetServiceCopy deletes the copies and their password. It does as much as it
// can.
func ForgetServiceCopy(ctx context.Context, o Options) error {
	l, err := locate(o, systemKeyring())
	if err != nil {
		return err
	}
	err = o.eraseCopies()
	gone := l.keyring.Delete(ctx, l.name(servicePassword))
	if code := profile.CodeOf(gone); code == profile.KeyringMissing || code == profile.KeyringLocked {
		gone = nil // what is left opens nothing any more
	}
	return errors.Join(err, gone)
}

func (o Options) eraseCopies() error {
	data, err := datafolder.OpenMarked(o.DataDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(data.EraseFolder(serviceFolder), data.Remove(serviceLost), data.Close())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// put stores a secret under a name, and in the service's copy.
func (l *location) put(ctx context.Context, name string, value []byte) error {
	if err := l.keyring.Set(ctx, name, value); err != nil {
		return err
	}
	return l.changeCopy(ctx, func(copies *keyring.Keyring) error { return copies.Set(ctx, name, value) })
}

// drop deletes a secret under a name, and the service's copy of it.
func (l *location) drop(ctx context.Context, name string) error {
	if err := l.keyring.Delete(ctx, name); err != nil {
		return err
	}
	return l.changeCopy(ctx, func(copies *keyring.Keyring) error { return copies.Delete(ctx, name) })
}

// changeCopy changes the service's copy of the keys, where there is one. If that
// cannot be done, the copy is deleted, and Options.OnService and the window are
// told: a service without its copy stops and says what to do, which is better than
// one with a key that was deleted or replaced.
func (l *location) changeCopy(ctx context.Context, change func(*keyring.Keyring) error) error {
	if l.keyring.IsCopy() {
		return nil
	}
	all := l.options
	all.Account = ""
	copies, err := all.openCopies()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = copies.Close()
	}
	if err == nil {
		err = all.changeCopy(ctx, l.keyring, change)
	}
	if err == nil {
		return nil
	}
	if gone := all.eraseCopies(); gone != nil {
		return &profile.Error{Code: profile.StoreUnreadable, Cause: errors.Join(err, gone), Message: fmt.Sprintf(
			"The service's copy of the keys, in %s, can be neither changed nor deleted. Run telehab service remove, then try again.",
			filepath.Join(all.DataDir(), serviceFolder))}
	}
	lost := errServiceLost(errors.Join(err, all.setServiceLost(true)))
	if l.options.OnService != nil {
		l.options.OnService(lost)
	}
	return nil
}

func (o Options) changeCopy(ctx context.Context, keys *keyring.Keyring, change func(*keyring.Keyring) error) error {
	root, err := locate(o, keys)
	if err != nil {
		return err
	}
	password, found, err := keys.Get(ctx, root.name(servicePassword))
	if err == nil && !found {
		err = errors.New("its password is not in the system keyring")
	}
	if err != nil {
		return err
	}
	return change(o.copies(password))
}

// ForService returns the path of the data folder with no links in it, and the
// variable by which a service of this user finds it there, as NAME=VALUE.
func (o Options) ForService() (dir, setting string, err error) {
	o.Account = ""
	path, err := o.storeDir()
	if err != nil {
		return "", "", err
	}
	dir = withoutLinks(path) // as the keys are named
	if o.Dir != "" {
		return dir, "TELEHAB_DATA_DIR=" + dir, nil
	}
	return dir, "XDG_DATA_HOME=" + filepath.Dir(dir), nil
}
