//go:build linux

package webview_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/webview"
)

func TestMarkedFilesGoAtTheNextStart(t *testing.T) {
	home, data := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
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
	if err := webview.Mark(data); err != nil {
		t.Fatal(err)
	}
	start()
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("the mark is left: %v, %v", left, err)
	}
}
