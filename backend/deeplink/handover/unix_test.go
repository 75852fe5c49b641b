//go:build unix

package handover

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"telehab.io/desktop/backend/profile"
)

func TestPermissions(t *testing.T) {
	dir := dataDir(t)
	send(t, dir, patient(0))
	for _, path := range []string{dir, filepath.Join(dir, "links")} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	send(t, dir, patient(1))
	for path, want := range map[string]os.FileMode{
		dir:                         0o700,
		filepath.Join(dir, "links"): 0o700,
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
	if names := left(t, dir); len(names) != 2 {
		t.Errorf("what others made is gone: left are %q", names)
	}
	if _, err := os.Stat(target); err != nil {
		t.Error("what the link led to was deleted")
	}
}

// A folder that is replaced while the window runs is not read, and nothing in
// what replaces it is deleted.
func TestFolderThatIsReplacedMeanwhile(t *testing.T) {
	for name, watch := range map[string]func(string) (*fsnotify.Watcher, error){"watching": watchFolder, "polling": noWatch} {
		t.Run(name, func(t *testing.T) {
			dir := dataDir(t)
			in := openWith(t, dir, watch)
			send(t, dir, patient(1))
			receive(t, in)
			elsewhere := filepath.Join(t.TempDir(), "documents")
			if err := os.Mkdir(elsewhere, 0o755); err != nil {
				t.Fatal(err)
			}
			now := time.Now()
			names := []string{"letter.txt", newName(now) + ".link", newName(now.Add(-time.Hour)) + ".link", newName(now.Add(-time.Hour)) + ".part"}
			for _, name := range names {
				if err := os.WriteFile(filepath.Join(elsewhere, name), []byte("patient 9"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			inbox := filepath.Join(dir, "links")
			// The inbox makes its folder again as soon as it sees that it is gone.
			for end := time.Now().Add(patience); errors.Join(os.RemoveAll(inbox), os.Symlink(elsewhere, inbox)) != nil; {
				if time.Now().After(end) {
					t.Fatal("the folder could not be replaced")
				}
			}
			if err := Send(dir, patient(2)); profile.CodeOf(err) != profile.StoreUnreadable {
				t.Errorf("it sends there: %v", err)
			}
			// The inbox looks again and again: once it has seen the folder that
			// comes back, it has passed over the other.
			if err := os.Remove(inbox); err != nil {
				t.Fatal(err)
			}
			send(t, dir, patient(3))
			if got := receive(t, in); got != patient(3) {
				t.Errorf("%+v came", got)
			}
			left, err := os.ReadDir(elsewhere)
			if err != nil || len(left) != len(names) {
				t.Errorf("%d of %d files are left, %v", len(left), len(names), err)
			}
			if info, err := os.Stat(elsewhere); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
		})
	}
}

// A folder that has files of somebody else under our names is not ours.
func TestFolderOfSomebodyElse(t *testing.T) {
	dir := dataDir(t)
	old := filepath.Join(dir, "links", "letter.txt")
	if err := os.MkdirAll(filepath.Dir(old), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("dear"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Listen(dir); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("it listens there: %v", err)
	}
	if err := Send(dir, patient(1)); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("it sends there: %v", err)
	}
	if _, _, err := Hold(dir); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("it holds the window there: %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if info, err := os.Stat(filepath.Dir(old)); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// While Hold keeps windows from being opened, whoever starts one is told so:
// nobody is there to be sent anything.
func TestHoldKeepsWindowsFromBeingOpened(t *testing.T) {
	dir := dataDir(t)
	release, free, err := Hold(dir)
	if !free || err != nil || release() != nil {
		t.Fatalf("no folder: %v, %v", free, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a folder was made: %v", err)
	}
	in := open(t, dir)
	if _, free, err := Hold(dir); free || err != nil {
		t.Errorf("with a window: %v, %v", free, err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if release, free, err = Hold(dir); !free || err != nil {
		t.Fatalf("after it: %v, %v", free, err)
	}
	in, first, err := Listen(dir)
	if in != nil || first || profile.CodeOf(err) != profile.StoreBusy || !strings.Contains(profile.MessageOf(err), "telehab purge") {
		t.Errorf("a window while it is held: %v, %v", first, err)
	}
	if err := errors.Join(release(), release()); err != nil {
		t.Error(err)
	}
	open(t, dir)
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
