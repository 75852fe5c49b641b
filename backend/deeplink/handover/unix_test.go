//go:build unix

package handover

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestPermissions(t *testing.T) {
	dir := dataDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "links"), 0o755); err != nil {
		t.Fatal(err)
	}
	send(t, dir, patient(1))
	for path, want := range map[string]os.FileMode{
		filepath.Join(dir, "links"):                  0o700,
		filepath.Join(dir, "links", left(t, dir)[0]): 0o600,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has %v, %v", filepath.Base(path), info.Mode().Perm(), err)
		}
	}
	in := open(t, dir)
	receive(t, in)
	if info, err := os.Stat(filepath.Join(dir, "window.lock")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock has %v, %v", info.Mode().Perm(), err)
	}
}

// A pipe would block a reader, and a symbolic link may lead to a file with
// valid content; Send writes neither.
func TestPipesAndLinks(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	name := func() string { return filepath.Join(dir, "links", newName(time.Now())+".link") }
	if err := syscall.Mkfifo(name(), 0o600); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("patient 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name()); err != nil {
		t.Fatal(err)
	}
	send(t, dir, patient(2))
	if got := receive(t, in); got != patient(2) {
		t.Errorf("%+v came", got)
	}
	nothingElse(t, dir, in)
	if names := left(t, dir); len(names) > 0 {
		t.Errorf("left are %q", names)
	}
	if _, err := os.Stat(target); err != nil {
		t.Error("what the link led to was deleted")
	}
}

// Files in the folder are deleted, so it must be ours.
func TestFolderThatLeadsElsewhere(t *testing.T) {
	dir := dataDir(t)
	elsewhere := filepath.Join(t.TempDir(), "documents")
	for _, path := range []string{dir, elsewhere} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "links")); err != nil {
		t.Fatal(err)
	}
	if _, first, err := Listen(dir); first || profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("it listens there: %v, %v", first, err)
	}
	if err := Send(dir, patient(1)); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("it sends there: %v", err)
	}
	// The failure gave the window back.
	if err := os.Remove(filepath.Join(dir, "links")); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

// Links sent by many goroutines at once all arrive.
func TestManySendersAtOnce(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	const senders = 50
	failed := make(chan error, senders)
	for i := range senders {
		go func() { failed <- Send(dir, patient(i)) }()
	}
	seen := make(map[profile.ID]bool)
	for range senders {
		seen[receive(t, in).ID] = true
	}
	for range senders {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if len(seen) != senders {
		t.Errorf("%d different links came", len(seen))
	}
}
