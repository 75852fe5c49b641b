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

var handed = Named{"telehab-keyring", []byte("\x00\x01canary\xff")}

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

func mustGive(t *testing.T, dir string, password Named) {
	t.Helper()
	if err := givePassword(dir, password); err != nil {
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
type kept struct{ password Named }

func (k *kept) keep(_ context.Context, password Named) error {
	k.password = Named{password.Name, bytes.Clone(password.Value)}
	return nil
}

func TestThePasswordIsHandedOverOnce(t *testing.T) {
	dir := newFolder(t)
	mustGive(t, dir, Named{"telehab-keyring", []byte("of before")})
	mustGive(t, dir, handed) // before the service took the first
	if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab", "service-password"}) {
		t.Fatalf("the folder has %q", all)
	}
	sealed, err := os.ReadFile(filepath.Join(dir, "service-password"))
	if err != nil || len(sealed) == 0 || bytes.Contains(sealed, []byte("canary")) || bytes.Contains(sealed, []byte("telehab-keyring")) {
		t.Fatalf("in clear: %q, %v", sealed, err)
	}
	var k kept
	if taken, err := takePassword(t.Context(), dir, k.keep); !taken || err != nil {
		t.Fatalf("taken %v, %v", taken, err)
	}
	if !reflect.DeepEqual(k.password, handed) {
		t.Errorf("the service stored %q", k.password)
	}
	if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab"}) {
		t.Errorf("the folder still has %q", all)
	}
	if taken, err := takePassword(t.Context(), dir, k.keep); taken || err != nil {
		t.Errorf("taken once more: %v, %v", taken, err)
	}
}

func TestAPasswordThatWasNotStoredWaits(t *testing.T) {
	dir := newFolder(t)
	mustGive(t, dir, handed)
	full := errors.New("no Credential Manager")
	taken, err := takePassword(t.Context(), dir, func(context.Context, Named) error { return full })
	if taken || !errors.Is(err, full) {
		t.Fatalf("taken %v, %v", taken, err)
	}
	var k kept
	if taken, err := takePassword(t.Context(), dir, k.keep); !taken || err != nil || !reflect.DeepEqual(k.password, handed) {
		t.Errorf("the next time: %v, %v, %q", taken, err, k.password)
	}
}

func TestAHandOverThatDoesNotOpenIsDeleted(t *testing.T) {
	for name, content := range map[string][]byte{"empty": {}, "other": []byte("not sealed by Windows")} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t)
			if err := os.WriteFile(filepath.Join(dir, "service-password"), content, 0o600); err != nil {
				t.Fatal(err)
			}
			var k kept
			if taken, err := takePassword(t.Context(), dir, k.keep); taken || err == nil || k.password.Value != nil {
				t.Errorf("taken %v, %v, %q", taken, err, k.password)
			}
			if all := names(t, dir); !reflect.DeepEqual(all, []string{".telehab"}) {
				t.Errorf("the folder still has %q", all)
			}
		})
	}
}
