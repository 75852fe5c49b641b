package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// newCopies returns the path of a folder for copies, and a keyring in it.
func newCopies(t *testing.T, password string) (string, *keyring.Keyring) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	data, err := datafolder.Make(dir)
	if err == nil {
		var copies *datafolder.Folder
		if copies, err = data.Sub("service"); err == nil {
			err = errors.Join(copies.Close(), data.Close())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "service"), openCopies(dir, password)
}

func openCopies(dir, password string) *keyring.Keyring {
	return keyring.OpenCopy(func() (*datafolder.Folder, error) {
		data, err := datafolder.OpenMarked(dir)
		if err != nil {
			return nil, err
		}
		copies, err := data.OpenSub("service")
		return copies, errors.Join(err, data.Close())
	}, func() (string, error) { return password, nil })
}

// What a copy has is read by whoever has its password, replaced as a whole, and
// lies in no file in clear.
func TestACopyOfTheKeys(t *testing.T) {
	dir, k := newCopies(t, "correct horse battery staple")
	value := bytes.Repeat([]byte("a key in clear "), 8)
	mustSet(t, k, "store key 0123456789ab", []byte("before"))
	mustSet(t, k, "store key 0123456789ab", value)
	if got := mustGet(t, openCopies(filepath.Dir(dir), "correct horse battery staple"), "store key 0123456789ab"); !bytes.Equal(got, value) {
		t.Fatalf("read %q", got)
	}
	where, place, err := k.Find(t.Context(), "store key 0123456789ab", "a collection")
	if err != nil || !bytes.Equal(where, value) || place != "a collection" {
		t.Fatalf("found %q at %q, %v", where, place, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "store key 0123456789ab" {
		t.Fatalf("the files are %v, %v", files, err)
	}
	content, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil || bytes.Contains(content, []byte("key in clear")) || bytes.Contains(content, []byte("correct horse")) {
		t.Fatalf("the file has %q, %v", content, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("its mode is %v, %v", info.Mode(), err)
	}
	if err := k.Delete(t.Context(), "store key 0123456789ab"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := k.Get(t.Context(), "store key 0123456789ab"); found || err != nil {
		t.Fatalf("found %v, %v", found, err)
	}
}

// A copy that is missing, does not open, or is not a file of ours is no proof
// that the key is gone.
func TestACopyProvesNoAbsence(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		code   profile.Code
	}{
		"missing":        {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "store key"))) }, profile.KeyringMissing},
		"folder missing": {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, profile.KeyringMissing},
		"data missing":   {func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Dir(dir))) }, profile.KeyringMissing},
		"cut off":        {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, "store key"), 40)) }, profile.KeyringLocked},
		"empty":          {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, "store key"), 0)) }, profile.KeyringLocked},
		"another's words": {func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "store key"), []byte("a.b.c.d.e"), 0o600))
		}, profile.KeyringLocked},
		"a link": {func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, "store key"), filepath.Join(dir, "elsewhere")))
			must(t, os.Symlink("elsewhere", filepath.Join(dir, "store key")))
		}, profile.KeyringLocked},
	} {
		t.Run(name, func(t *testing.T) {
			dir, k := newCopies(t, "correct horse battery staple")
			mustSet(t, k, "store key", []byte("value"))
			c.damage(t, dir)
			assertNoProof(t, k, c.code)
		})
	}
	t.Run("another password", func(t *testing.T) {
		dir, k := newCopies(t, "correct horse battery staple")
		mustSet(t, k, "store key", []byte("value"))
		assertNoProof(t, openCopies(filepath.Dir(dir), "another one"), profile.KeyringLocked)
	})
}

func assertNoProof(t *testing.T, k *keyring.Keyring, code profile.Code) {
	t.Helper()
	_, _, err := k.Find(t.Context(), "store key", "")
	if profile.CodeOf(err) != code || !strings.Contains(profile.MessageOf(err), "Run telehab service install again") {
		t.Errorf("%v: %s", err, profile.MessageOf(err))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
