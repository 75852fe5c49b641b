package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// Purge erases everything that TeleHab keeps for this person: the stores of
// all clinics and of the demo, their keys and API keys in the system keyring,
// logs and caches. Nothing of it may be open. It does as much as it can and
// says what it could not; where there is no system keyring and no store,
// there are no keys. What TeleHab did not make stays.
func Purge(ctx context.Context, o Options) error {
	// A folder that is not ours has no store of ours, so no key is touched.
	accounts, err := accountsOf(o)
	if err != nil {
		return fmt.Errorf("erase the data: %w", err)
	}
	keys := systemKeyring()
	errs := []error{o.eraseCopies(), purge(ctx, o, keys)}
	for _, account := range accounts {
		errs = append(errs, purge(ctx, ClinicsOf(o).at(account), keys))
	}
	demo := Options{Dir: demoDir(o)}
	errs = append(errs, purge(ctx, demo, keyring.Open(service+" Demo")))
	var keep []string
	if errors.Join(errs...) != nil {
		keep = []string{clinicsFolder} // the next purge finds the keys by the folders' names
	}
	if errors.Is(errors.Join(errs...), errMoreNames) {
		keep = append(keep, keyFile)
	}
	errs = append(errs, erase(throwawayDir()), erase(demo.DataDir(), keep...), erase(o.DataDir(), keep...))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("erase the data: %w", err)
	}
	return nil
}

// accountsOf returns the accounts of the clinics that have a folder of their
// own.
func accountsOf(o Options) (accounts []string, err error) {
	data, err := datafolder.Open(o.DataDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		accounts, err = accountsIn(data)
		err = errors.Join(err, data.Close())
	}
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	return accounts, nil
}

// erase deletes what we made in a data folder, and the folder if nothing is
// left in it.
func erase(dir string, keep ...string) error {
	folder, err := datafolder.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(folder.Erase(keep...), folder.RemoveIfEmpty())
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// errMoreNames says that the keys have names that only the file beside the store
// tells.
var errMoreNames = errors.New("keys of a folder that was moved")

// purge erases one store and its keys.
func purge(ctx context.Context, o Options, keys *keyring.Keyring) error {
	l, err := locate(o, keys)
	if err != nil {
		return err
	}
	had := l.hasStore()
	err = l.removeDatabase() // the trace of the keys goes with the folder
	keyErr := l.deleteKeys(ctx)
	if keyErr == nil {
		keyErr = l.keyring.Delete(ctx, l.name(servicePassword))
	}
	if keyErr != nil && len(l.key.Earlier)+len(l.earlierNames()) > 0 {
		keyErr = errors.Join(keyErr, errMoreNames)
	}
	switch code := profile.CodeOf(keyErr); {
	case code == profile.KeyringMissing && !had:
		keyErr = nil
	case code == profile.KeyringMissing, code == profile.KeyringLocked:
		keyErr = &profile.Error{Code: code, Cause: keyErr,
			Message: "The data is erased. TeleHab's keys are still in the system keyring, which is locked or does not run. Unlock it, then run telehab purge again."}
	}
	return errors.Join(err, keyErr)
}
