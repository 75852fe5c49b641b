//go:build unix

package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/placement"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/webview"
)

// hostile are the ways to put something else in the place of a file or a folder
// of ours. outside has the files file and folder/file.
var hostile = map[string]func(outside, path string) error{
	"a link to a file":        func(outside, path string) error { return os.Symlink(outside+"/file", path) },
	"a relative link":         func(outside, path string) error { return os.Symlink(relative(path, outside+"/file"), path) },
	"a link to a folder":      func(outside, path string) error { return os.Symlink(outside+"/folder", path) },
	"a link to nothing":       func(outside, path string) error { return os.Symlink(outside+"/nothing", path) },
	"a link to itself":        func(_, path string) error { return os.Symlink(filepath.Base(path), path) },
	"a link to a database":    func(outside, path string) error { return os.Symlink(outside+"/telehab.db", path) },
	"a hard link":             func(outside, path string) error { return os.Link(outside+"/file", path) },
	"a pipe":                  func(_, path string) error { return syscall.Mkfifo(path, 0o644) },
	"a socket":                func(_, path string) error { return syscall.Mknod(path, syscall.S_IFSOCK|0o644, 0) },
	"a folder with files":     func(_, path string) error { return plantFolder(path, 0o755) },
	"a folder not to write":   func(_, path string) error { return plantFolder(path, 0o555) },
	"a file of somebody else": plantForeign,
}

func relative(path, to string) string {
	to, _ = filepath.Rel(filepath.Dir(path), to)
	return to
}

func plantFolder(path string, mode fs.FileMode) error {
	return errors.Join(os.MkdirAll(path, 0o755), os.WriteFile(path+"/letter.txt", []byte("dear"), 0o644), os.Chmod(path, mode))
}

func plantForeign(_, path string) error {
	return errors.Join(os.WriteFile(path, []byte("theirs"), 0o666), os.Chmod(path, 0o666), os.Chown(path, 65534, 65534))
}

// places are where something hostile may stand, within the data folder; "" is
// the folder itself.
var places = []string{
	"", ".telehab", "telehab.db", "telehab.db-wal", "telehab.db-shm", "telehab.db-journal", "telehab.db.lock", "keyring.json", "clinics.json",
	"sync.lock", "hub.lock", "window.lock", "clinics.lock", "window.json", "erase-webview", "links", "links/1764427200000000000-00000001-0a0b0c0d.link", "logs",
	"logs/telehab.log", "logs/telehab-2026-01-02T03-04-05.006.log", "clinics", "clinics/4000777", "clinics/4000777/telehab.db", "demo", "demo/telehab.db", "demo/demo-ready",
}

// state is all that may be told of a file from outside, but when it was read.
func state(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := os.Lstat(path)
			if err != nil {
				return err
			}
			content := ""
			switch {
			case info.Mode().IsRegular():
				raw, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				content = fmt.Sprintf("%x", sha256.Sum256(raw))
			case info.Mode()&fs.ModeSymlink != 0:
				content, err = os.Readlink(path)
			}
			found[path] = fmt.Sprint(info.Mode(), info.Sys().(*syscall.Stat_t).Uid, info.ModTime().UnixNano(), " ", content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// everything does all that the program does with its data folder. Errors are
// expected; it must only come to an end.
func everything(ctx context.Context, dir string) (internal []error) {
	note := func(err error) {
		if profile.CodeOf(err) == profile.Internal {
			internal = append(internal, err)
		}
	}
	o, keys := Options{Dir: dir}, keyring.Memory()
	stores := []Options{o, {Dir: dir, Account: "4000777"}}
	demo, demoErr := makeDemoDir(o)
	note(demoErr)
	if demoErr == nil {
		stores = append(stores, Options{Dir: demo})
	}
	for _, o := range stores {
		w, err := open(ctx, o, keys)
		note(err)
		if err == nil {
			release, err := w.passLock()
			note(err)
			if err == nil {
				release()
			}
			note(w.Close())
		}
		_ = HasStore(o)
		note(Begin(o))
	}
	clinics := ClinicsOf(o)
	_, _, err := clinics.List()
	note(err)
	note(clinics.write(clinicList{Clinics: []Place{{Name: "A"}, {Account: "4000777", Name: "B"}}}))
	note(clinics.Use("4000777"))
	note(clinics.eraseFolder("4000777"))
	inbox, first, err := handover.Listen(dir)
	note(err)
	note(handover.Send(dir, deeplink.Link{Kind: deeplink.Show}))
	if first {
		select { // what was sent arrives, so the inbox was looked through
		case <-inbox.Links():
		case <-ctx.Done():
		}
		note(inbox.Close())
	}
	release, free, err := handover.Hold(dir)
	note(err)
	if free {
		note(release())
	}
	_ = placement.Load(dir)
	_ = placement.Placement{Width: 800, Height: 600}.Save(dir)
	_ = webview.Claim(dir)
	_ = webview.Mark(dir)
	_ = webview.RemoveMarked(dir)
	log, file, err := logging.Open(filepath.Join(dir, "logs"), zerolog.InfoLevel)
	note(err)
	if err == nil {
		log.Info().Msg("a line")
		_ = file.Erase()
		note(file.Close())
	}
	_ = logging.Erase(filepath.Join(dir, "logs"))
	if demoErr == nil {
		note(beginAfresh(Options{Dir: demo}))
	}
	for _, o := range []Options{o, {Dir: dir, Account: "4000777"}} {
		l, err := locate(o, keys)
		note(errors.Join(err, l.removeStore()))
	}
	note(Purge(ctx, o))
	return internal
}

// Whatever stands in the data folder, or in its place: all that the program
// does there leaves what it did not make as it is, there and elsewhere, and
// comes to an end.
func TestHostileLayouts(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+home+"/none")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	template := filepath.Join(home, "used")
	makeUsed(t, template)
	layouts := 0
	for _, used := range []bool{false, true} {
		for _, place := range places {
			for _, kind := range slices.Sorted(maps.Keys(hostile)) {
				if kind == "a file of somebody else" && os.Geteuid() != 0 {
					continue
				}
				layouts++
				t.Run(fmt.Sprintf("used %v, %q is %s", used, place, kind), func(t *testing.T) {
					t.Parallel()
					from := ""
					if used {
						from = template
					}
					tryLayout(t, from, place, kind)
				})
			}
		}
	}
	if layouts < 200 {
		t.Errorf("only %d layouts", layouts)
	}
}

// tryLayout tries one; from is a data folder that was used, or "".
func tryLayout(t *testing.T, from, place, kind string) {
	top := t.TempDir()
	outside, dir := top+"/outside", top+"/data"
	header := make([]byte, 4096)
	copy(header, "SQLite format 3\x00")
	binary.BigEndian.PutUint32(header[68:], 0x54486162)
	for _, err := range []error{
		os.MkdirAll(outside+"/folder", 0o755), os.WriteFile(outside+"/file", []byte("theirs"), 0o644), os.WriteFile(outside+"/folder/file", []byte("theirs"), 0o640),
		os.WriteFile(outside+"/telehab.db", header, 0o644), os.WriteFile(outside+"/folder/telehab.db", header, 0o644),
		os.WriteFile(outside+"/folder/1764427200000000000-00000002-0a0b0c0d.link", []byte("show"), 0o644),
		os.WriteFile(outside+"/folder/telehab-2026-01-02T03-04-05.006.log", []byte("theirs"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if from != "" {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, place)
	if err := errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o700), hostile[kind](outside, path)); err != nil {
		t.Fatal(err)
	}
	roots := []string{outside, path}
	switch {
	case kind == "a hard link":
		roots = roots[:1] // it may go: the file keeps its other name
	case strings.HasPrefix(kind, "a folder") && (place == "" || slices.Contains([]string{"links", "logs", "clinics", "clinics/4000777", "demo"}, place)):
		roots[1] = path + "/letter.txt" // a folder of that name is ours; what others put into it is not
	}
	before := state(t, roots...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan []error, 1)
	go func() { done <- everything(ctx, dir) }()
	select {
	case internal := <-done:
		for _, err := range internal {
			t.Errorf("an error without a code: %v", err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("it hangs")
	}
	if ctx.Err() != nil {
		t.Error("it waited for something in vain")
	}
	after := state(t, roots...)
	if !maps.Equal(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
}

// makeUsed makes a data folder as it is after the program was used: with all
// that it keeps.
func makeUsed(t *testing.T, dir string) {
	t.Helper()
	keys := keyring.Memory()
	for _, o := range []Options{{Dir: dir}, {Dir: dir, Account: "4000777"}, {Dir: filepath.Join(dir, "demo")}} {
		w, err := open(t.Context(), o, keys)
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(placement.Placement{}.Save(dir), handover.Send(dir, deeplink.Link{Kind: deeplink.Show}),
		ClinicsOf(Options{Dir: dir}).write(clinicList{Clinics: []Place{{Name: "A"}, {Account: "4000777", Name: "B"}}})); err != nil {
		t.Fatal(err)
	}
	_, file, err := logging.Open(filepath.Join(dir, "logs"), zerolog.InfoLevel)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The folder of a version before the marker is taken over with all that is in
// it, and what others put there stays, also when it is erased.
func TestFolderOfAnEarlierVersionIsAdopted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	makeUsed(t, dir)
	letter := filepath.Join(dir, "letter.txt")
	if err := errors.Join(os.Remove(filepath.Join(dir, ".telehab")), os.Remove(filepath.Join(dir, "demo", ".telehab")),
		os.WriteFile(letter, []byte("dear"), 0o644), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	if !HasStore(Options{Dir: dir}) {
		t.Error("its store is not seen")
	}
	if _, err := os.Stat(filepath.Join(dir, ".telehab")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking at it marked it: %v", err)
	}
	inbox, first, err := handover.Listen(dir)
	if err != nil || !first {
		t.Fatalf("%v, %v", first, err)
	}
	if err := inbox.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := erase(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "letter.txt" {
		t.Errorf("left are %v, %v", left, err)
	}
}
