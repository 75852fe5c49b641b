//go:build unix

package datafolder

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A backup or another program has opened our files to others.
func TestFilesAreClosedToOthersAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	made, err := Make(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	logs := filepath.Join(path, "logs")
	if err := os.Mkdir(logs, 0o700); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{
		".telehab": 0o600, "keyring.json": 0o600, "clinics.json": 0o600, "window.json": 0o600, "window.lock": 0o600, "sync.lock": 0o600, "hub.lock": 0o600, "clinics.lock": 0o600,
		"erase-webview": 0o600, "demo-ready": 0o600, "logs/telehab.log": 0o600, "logs/telehab-2026-01-02T03-04-05.678.log": 0o600, "notes.txt": 0o666, "logs/other.log": 0o666,
	}
	for name := range want {
		file := filepath.Join(path, name)
		if name != ".telehab" {
			if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(file, 0o666); err != nil { // #nosec G302 -- what is tested
			t.Fatal(err)
		}
	}
	for _, folder := range []string{path, logs} {
		want[filepath.Base(folder)] = fs.ModeDir | 0o700
		if err := os.Chmod(folder, 0o755); err != nil { // #nosec G302 -- what is tested
			t.Fatal(err)
		}
	}
	if made, err = Make(path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = made.Close() }()
	for name, mode := range want {
		file := filepath.Join(path, name)
		if name == "data" {
			file = path
		}
		info, err := os.Lstat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != mode {
			t.Errorf("%s: %v, want %v", name, info.Mode(), mode)
		}
	}
}
