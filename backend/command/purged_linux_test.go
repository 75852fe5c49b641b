package command_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Somebody has files of their own in a folder called telehab, on a computer where
// no window was opened; or a version that marked no folder had a window there.
func TestPurgeLeavesFilesThatAreNotOurs(t *testing.T) {
	c := newComputer(t, 5)
	home := t.TempDir()
	c.environment = append(c.environment, "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, ".local/share"), "XDG_CACHE_HOME="+filepath.Join(home, ".cache"))
	var own []string
	for _, name := range []string{".local/share/telehab/storage/thesis.txt", ".local/share/telehab/databases/photos/1.jpg", ".cache/telehab/applications/own.txt", ".local/share/telehab/notes.txt"} {
		path := filepath.Join(home, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
		own = append(own, path)
	}
	code, said := c.run("", "purge", "--yes")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, said)
	}
	for _, folder := range []string{".local/share/telehab", ".cache/telehab"} {
		if want := filepath.Join(home, folder) + " was left alone:"; !strings.Contains(said, want) {
			t.Errorf("it does not say %q: %s", want, said)
		}
	}
	for _, path := range own {
		if content, err := os.ReadFile(path); err != nil || string(content) != "mine" {
			t.Errorf("%s: %q, %v", path, content, err)
		}
	}
	if _, err := os.Stat(c.data); !os.IsNotExist(err) {
		t.Errorf("the data: %v", err)
	}
}
