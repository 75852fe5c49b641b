package workspace

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// used returns the options of a store that was opened before, with its keyring.
func used(t *testing.T) (Options, *keyring.Keyring, string) {
	t.Helper()
	return usedIn(t, t.TempDir())
}

func usedIn(t *testing.T, dir string) (Options, *keyring.Keyring, string) {
	t.Helper()
	o, keys := Options{Dir: dir}, keyring.Memory()
	w, err := open(t.Context(), o, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return o, keys, w.at.name(storeKey)
}

func codeOfOpening(t *testing.T, o Options, keys *keyring.Keyring) profile.Code {
	t.Helper()
	w, err := open(t.Context(), o, keys)
	if err == nil {
		err = w.Close()
	}
	return profile.CodeOf(err)
}

func TestOnlyAProvedLossIsOne(t *testing.T) {
	wrong := bytes.Repeat([]byte{7}, sqlite.KeySize)
	for name, test := range map[string]struct {
		change func(o Options, keys *keyring.Keyring, item string) error
		want   profile.Code
	}{
		"nothing": {func(Options, *keyring.Keyring, string) error { return nil }, ""},
		"the key is gone from where it was": {func(_ Options, k *keyring.Keyring, item string) error {
			return k.Delete(t.Context(), item)
		}, profile.StoreKeyLost},
		"another key is where it was": {func(_ Options, k *keyring.Keyring, item string) error {
			return k.Set(t.Context(), item, wrong)
		}, profile.StoreKeyLost},
		"something else is where it was": {func(_ Options, k *keyring.Keyring, item string) error {
			return k.Set(t.Context(), item, []byte("no key"))
		}, profile.StoreKeyLost},
		"it was in another keyring, and this one has none": {func(o Options, k *keyring.Keyring, item string) error {
			return errors.Join(was(o, "another"), k.Delete(t.Context(), item))
		}, profile.KeyringLocked},
		"it was in another keyring, and this one has another": {func(o Options, k *keyring.Keyring, item string) error {
			return errors.Join(was(o, "another"), k.Set(t.Context(), item, wrong))
		}, profile.KeyringLocked},
		"it has moved to this keyring": {func(o Options, _ *keyring.Keyring, _ string) error { return was(o, "another") }, ""},
		"where it was is not legible": {func(o Options, _ *keyring.Keyring, _ string) error {
			return os.WriteFile(filepath.Join(o.Dir, keyFile), []byte("?"), 0o600)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, keys, item := used(t)
			right, _, err := keys.Get(t.Context(), item)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.change(o, keys, item); err != nil {
				t.Fatal(err)
			}
			if got := codeOfOpening(t, o, keys); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if err := keys.Set(t.Context(), item, right); err != nil {
				t.Fatal(err)
			}
			if got := codeOfOpening(t, o, keys); got != "" {
				t.Errorf("once the key is back: %q", got)
			}
		})
	}
}

// was says that the store's key was in the keyring of that name.
func was(o Options, place string) error {
	return os.WriteFile(filepath.Join(o.Dir, keyFile), []byte(`{"place":"`+place+`"}`), 0o600)
}

// A first start that is cut off between the key and the store leaves a key
// and an empty file, and is no loss. Any key of a store says that there was
// one, not only its own.
func TestNoStoreBeginsWhereAKeyOfOneIs(t *testing.T) {
	for _, name := range []secret{storeKey, nextKey, apiKey} {
		o, keys := Options{Dir: filepath.Join(t.TempDir(), "not connected")}, keyring.Memory()
		if err := keys.Set(t.Context(), namesFor(o, o.Dir).of(name), bytes.Repeat([]byte{7}, sqlite.KeySize)); err != nil {
			t.Fatal(err)
		}
		if code := codeOfOpening(t, o, keys); code != profile.StoreMissing {
			t.Errorf("only the %s: %q", name, code)
		}
		if _, err := os.Stat(o.Dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("only the %s: a folder was made: %v", name, err)
		}
	}
}

func begin(o Options) error {
	l, err := locate(o, nil)
	return errors.Join(err, l.begin())
}

func TestFirstStartThatWasCutOffGoesOn(t *testing.T) {
	for name, leave := range map[string]func(o Options, keys *keyring.Keyring, item string) error{
		"before the key": func(o Options, k *keyring.Keyring, item string) error {
			return errors.Join(k.Delete(t.Context(), item), begin(o))
		},
		"after the key": func(o Options, _ *keyring.Keyring, _ string) error { return begin(o) },
	} {
		o, keys, item := used(t)
		if err := errors.Join(os.Remove(filepath.Join(o.Dir, storeFile)), leave(o, keys, item)); err != nil {
			t.Fatal(err)
		}
		if got := codeOfOpening(t, o, keys); got != "" {
			t.Errorf("cut off %s: %q", name, got)
		}
	}
}
