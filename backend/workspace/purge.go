package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// kept is what lies in a data folder beside the store. By name, so that a
// folder which holds other things as well keeps those.
var kept = []string{clinicsFolder, "clinics.json", "demo", "links", "logs", "webview", "erase-webview", keyFile, "sync.lock", "telehab.db.lock", "window.lock", "window.json"}

// Purge erases everything that TeleHab keeps for this person: the stores of
// all clinics and of the demo, their keys and API keys in the system keyring,
// logs and caches. Nothing of it may be open. It does as much as it can and
// says what it could not; where there is no system keyring and no store,
// there are no keys.
func Purge(ctx context.Context, o Options) error {
	keys := systemKeyring()
	errs := []error{purge(ctx, o, keys)}
	clinics, err := os.ReadDir(filepath.Join(o.DataDir(), clinicsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, err)
	}
	for _, clinic := range clinics {
		errs = append(errs, purge(ctx, ClinicsOf(o).at(clinic.Name()), keys))
	}
	demo := Options{Dir: filepath.Join(xdg.DataHome, "TeleHab Demo")}
	if o.Dir != "" {
		demo.Dir = filepath.Join(o.Dir, "demo")
	}
	errs = append(errs, purge(ctx, demo, keyring.Open(service+" Demo")))
	left := errors.Join(errs...) != nil
	for _, dir := range []string{demo.DataDir(), o.DataDir()} {
		for _, name := range append(unfinished(dir), kept...) {
			if left && name == clinicsFolder {
				continue // the next purge finds the keys by the folders' names
			}
			errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
		}
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			if rest, _ := os.ReadDir(dir); len(rest) == 0 {
				errs = append(errs, err)
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("erase the data: %w", err)
	}
	return nil
}

// unfinished names the files of dir that a killed program was writing.
func unfinished(dir string) []string {
	names, _ := fs.Glob(os.DirFS(dir), atomicfile.Pattern) // the pattern is a good one
	return names
}

// purge erases one store and its keys.
func purge(ctx context.Context, o Options, keys *keyring.Keyring) error {
	l, err := locate(o, keys)
	if err != nil {
		return err
	}
	had := l.hasStore()
	err = l.removeStore()
	keyErr := l.names.deleteFrom(ctx, keys)
	switch code := profile.CodeOf(keyErr); {
	case code == profile.KeyringMissing && !had:
		keyErr = nil
	case code == profile.KeyringMissing, code == profile.KeyringLocked:
		keyErr = &profile.Error{Code: code, Cause: keyErr,
			Message: "The data is erased. TeleHab's keys are still in the system keyring, which is locked or does not run. Unlock it, then run telehab purge again."}
	}
	return errors.Join(err, keyErr)
}
