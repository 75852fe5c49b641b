package handover

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/deeplink"
)

// A virus scanner that holds a file for a moment must not lose a link.
func TestFileThatCannotBeOpenedAtOnce(t *testing.T) {
	dir := dataDir(t)
	send(t, dir, patient(7))
	files, err := filepath.Glob(filepath.Join(dir, "links", "*.link"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	held := errors.New("used by another process")
	openFile = func(string, int, os.FileMode) (*os.File, error) { return nil, held }
	t.Cleanup(func() { openFile = os.OpenFile })
	now := time.Now()
	if _, ok, err := readAndDelete(files[0], now); ok || !errors.Is(err, held) {
		t.Fatalf("%v, %v", ok, err)
	}
	openFile = os.OpenFile
	if link, ok, err := readAndDelete(files[0], now); !ok || err != nil || link != patient(7) {
		t.Errorf("%+v, %v, %v", link, ok, err)
	}

	// One that never opens is deleted.
	send(t, dir, deeplink.Link{Kind: deeplink.Show})
	files, _ = filepath.Glob(filepath.Join(dir, "links", "*.link"))
	openFile = func(string, int, os.FileMode) (*os.File, error) { return nil, held }
	if _, ok, err := readAndDelete(files[0], now.Add(time.Minute)); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
