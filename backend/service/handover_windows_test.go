package service

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"telehab.io/desktop/backend/datafolder"
)

var handed = []Named{
	{"store key", []byte("\x00\x01canary of the store\xff")},
	{"Cliniko API key 0123456789ab", []byte("canary-au1")},
}

// newFolder makes a data folder. It does not use t.TempDir, since Wine cannot
// delete what is in one.
func newFolder(t *testing.T) (dir string) {
	t.Helper()
	above, err := os.MkdirTemp("", "service ")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(above) })
	dir = filepath.Join(above, "TeleHab")
	folder, err := datafolder.Make(dir)
	if err == nil {
		err = folder.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustGive(t *testing.T, dir string, keys []Named) {
	t.Helper()
	if err := giveKeys(dir, keys); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

// kept is what the service stored.
type kept struct{ keys []Named }

func (k *kept) keep(_ context.Context, keys []Named) error {
	for _, key := range keys {
		k.keys = append(k.keys, Named{key.Name, bytes.Clone(key.Value)})
	}
	return nil
}

func TestKeysAreHandedOverOnce(t *testing.T) {
	dir := newFolder(t)
	mustGive(t, dir, handed[:1])
	mustGive(t, dir, handed) // before the service took the first
	if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab", "service-keys"}) {
		t.Fatalf("the folder has %q", all)
	}
	sealed, err := os.ReadFile(filepath.Join(dir, "service-keys"))
	if err != nil || len(sealed) == 0 || bytes.Contains(sealed, []byte("canary")) || bytes.Contains(sealed, []byte("store key")) {
		t.Fatalf("in clear: %q, %v", sealed, err)
	}
	var k kept
	if taken, err := takeKeys(t.Context(), dir, k.keep); !taken || err != nil {
		t.Fatalf("taken %v, %v", taken, err)
	}
	if !reflect.DeepEqual(k.keys, handed) {
		t.Errorf("the service stored %q", k.keys)
	}
	if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab"}) {
		t.Errorf("the folder still has %q", all)
	}
	if taken, err := takeKeys(t.Context(), dir, k.keep); taken || err != nil {
		t.Errorf("taken once more: %v, %v", taken, err)
	}
}

func TestKeysThatWereNotStoredWait(t *testing.T) {
	dir := newFolder(t)
	mustGive(t, dir, handed)
	full := errors.New("no Credential Manager")
	taken, err := takeKeys(t.Context(), dir, func(context.Context, []Named) error { return full })
	if taken || !errors.Is(err, full) {
		t.Fatalf("taken %v, %v", taken, err)
	}
	var k kept
	if taken, err := takeKeys(t.Context(), dir, k.keep); !taken || err != nil || !reflect.DeepEqual(k.keys, handed) {
		t.Errorf("the next time: %v, %v, %q", taken, err, k.keys)
	}
}

func TestAHandOverThatDoesNotOpenIsDeleted(t *testing.T) {
	for name, content := range map[string][]byte{"empty": {}, "other": []byte("not sealed by Windows")} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t)
			if err := os.WriteFile(filepath.Join(dir, "service-keys"), content, 0o600); err != nil {
				t.Fatal(err)
			}
			var k kept
			if taken, err := takeKeys(t.Context(), dir, k.keep); taken || err == nil || k.keys != nil {
				t.Errorf("taken %v, %v, %q", taken, err, k.keys)
			}
			if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab"}) {
				t.Errorf("the folder still has %q", all)
			}
		})
	}
}
