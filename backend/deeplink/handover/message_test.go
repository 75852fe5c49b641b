package handover

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/datafolder"
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
	folder, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	held, opens := errors.New("used by another process"), readFile
	hold := func(*datafolder.Folder, string) ([]byte, error) { return nil, held }
	t.Cleanup(func() { readFile = opens })
	now, name := time.Now(), filepath.Base(files[0])
	readFile = hold
	if _, ok, err := readAndDelete(folder, name, now); ok || !errors.Is(err, held) {
		t.Fatalf("%v, %v", ok, err)
	}
	readFile = opens
	if link, ok, err := readAndDelete(folder, name, now); !ok || err != nil || link != patient(7) {
		t.Errorf("%+v, %v, %v", link, ok, err)
	}

	// One that never opens is deleted.
	send(t, dir, deeplink.Link{Kind: deeplink.Show})
	files, _ = filepath.Glob(filepath.Join(dir, "links", "*.link"))
	readFile = hold
	if _, ok, err := readAndDelete(folder, filepath.Base(files[0]), now.Add(time.Minute)); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
