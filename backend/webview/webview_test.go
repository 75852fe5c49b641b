//go:build linux

package webview_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/webview"
)

// ownHome gives a test a home of its own, and returns a data folder.
func ownHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return t.TempDir()
}

func TestMarkedFilesGoAtTheNextStart(t *testing.T) {
	data := ownHome(t)
	if err := webview.Claim(data); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(xdg.CacheHome, webview.ProgramName, "WebKitCache", "entry")
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept, []byte("cache"), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() {
		t.Helper()
		if err := webview.RemoveMarked(data); err != nil {
			t.Fatal(err)
		}
	}
	start()
	if _, err := os.Stat(kept); err != nil {
		t.Fatalf("removed without a mark: %v", err)
	}
	if named, err := webview.Unmarked(data); err != nil || named != nil {
		t.Errorf("said to stay: %v, %v", named, err)
	}
	if err := webview.Mark(data); err != nil {
		t.Fatal(err)
	}
	start()
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
	for _, above := range []string{xdg.DataHome, xdg.CacheHome} {
		if _, err := os.Stat(filepath.Join(above, webview.ProgramName)); !os.IsNotExist(err) {
			t.Errorf("a folder is left in %s: %v", above, err)
		}
	}
	if left, err := os.ReadDir(data); err != nil || len(left) != 1 || left[0].Name() != datafolder.Marker {
		t.Errorf("the mark is left: %v, %v", left, err)
	}
}

// What the web view did not write stays, as does what a link leads to.
func TestOnlyTheWebViewsFilesGo(t *testing.T) {
	data := ownHome(t)
	if err := webview.Claim(data); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(xdg.DataHome, webview.ProgramName)
	elsewhere := filepath.Join(t.TempDir(), "documents")
	for _, path := range []string{filepath.Join(folder, "mediakeys", "v1", "salt"), filepath.Join(folder, "letter.txt"), filepath.Join(elsewhere, "storage", "letter.txt")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(filepath.Join(elsewhere, "storage"), filepath.Join(folder, "storage")), os.RemoveAll(filepath.Join(xdg.CacheHome, webview.ProgramName)),
		os.Symlink(elsewhere, filepath.Join(xdg.CacheHome, webview.ProgramName)), webview.Mark(data)); err != nil {
		t.Fatal(err)
	}
	var refused *datafolder.Refused
	if err := webview.RemoveMarked(data); !errors.As(err, &refused) {
		t.Errorf("a link in the place of the web view's folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "mediakeys")); !os.IsNotExist(err) {
		t.Errorf("the web view's files are left: %v", err)
	}
	for _, path := range []string{filepath.Join(folder, "letter.txt"), filepath.Join(folder, "storage"), filepath.Join(elsewhere, "storage", "letter.txt"),
		filepath.Join(data, "erase-webview")} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s is gone: %v", path, err)
		}
	}
}

// A folder that had files before the web view came is somebody's own, whatever
// they are called.
func TestAFolderThatIsNotTheWebViewsStays(t *testing.T) {
	data := ownHome(t)
	own := []string{filepath.Join(xdg.DataHome, webview.ProgramName, "storage", "thesis.txt"),
		filepath.Join(xdg.CacheHome, webview.ProgramName, "applications", "own.txt")}
	for _, path := range own {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(webview.Claim(data), webview.Mark(data), webview.RemoveMarked(data), webview.Remove(data)); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(xdg.CacheHome, webview.ProgramName), filepath.Join(xdg.DataHome, webview.ProgramName)}
	if named, err := webview.Unmarked(data); err != nil || !slices.Equal(named, want) {
		t.Errorf("those that stay are %v, %v", named, err)
	}
	for _, path := range own {
		if content, err := os.ReadFile(path); err != nil || string(content) != "x" {
			t.Errorf("%s: %q, %v", path, content, err)
		}
		if _, err := os.Lstat(filepath.Join(filepath.Dir(filepath.Dir(path)), datafolder.Marker)); !os.IsNotExist(err) {
			t.Errorf("it is marked as ours: %v", err)
		}
	}
}
