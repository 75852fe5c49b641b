//go:build unix

package datafolder

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func refused(err error) bool {
	var r *Refused
	return errors.As(err, &r)
}

// database is the beginning of a database of ours.
func database() string {
	header := make([]byte, 100)
	copy(header, "SQLite format 3\x00")
	binary.BigEndian.PutUint32(header[68:], 0x54486162)
	return string(header)
}

// Whether a folder is ours, by what lies in it.
func TestWhoseFolderItIs(t *testing.T) {
	fifo := func(t *testing.T, path string) {
		t.Helper()
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		plant func(t *testing.T, dir string)
		ours  bool
	}{
		"an empty folder": {func(*testing.T, string) {}, true},
		"files without our names, for this user alone": {func(t *testing.T, d string) {
			write(t, d+"/letter.txt", "dear")
			_ = os.Chmod(d, 0o700)
		}, true},
		"what a kill left behind":   {func(t *testing.T, d string) { write(t, d+"/.telehab-5", "") }, true},
		"our marker":                {func(t *testing.T, d string) { write(t, d+"/.telehab", markerText); write(t, d+"/links/x", "") }, true},
		"a marker that was cut off": {func(t *testing.T, d string) { write(t, d+"/.telehab", markerText[:9]); write(t, d+"/links/x", "") }, true},
		"our database": {func(t *testing.T, d string) {
			write(t, d+"/telehab.db", database())
			write(t, d+"/letter.txt", "dear")
			write(t, d+"/links/x", "")
		}, true},
		"an earlier version without a database": {func(t *testing.T, d string) {
			write(t, d+"/window.lock", "")
			write(t, d+"/window.json", "{}")
			write(t, d+"/logs/telehab.log", "{}\n")
			write(t, d+"/logs/telehab-2026-01-02T03-04-05.006.log", "{}\n")
			write(t, d+"/links/1764427200000000000-00000001-0a0b0c0d.link", "show")
		}, true},
		"an earlier version whose database is damaged": {func(t *testing.T, d string) {
			write(t, d+"/telehab.db.lock", "")
			write(t, d+"/telehab.db", "not a database")
			write(t, d+"/keyring.json", "{}")
		}, true},
		"links that were handed over": {func(t *testing.T, d string) { write(t, d+"/links/1764427200000000000-00000001-0a0b0c0d.link", "show") }, true},
		"a first start that was cut":  {func(t *testing.T, d string) { write(t, d+"/telehab.db", "") }, true},
		"a demo of an earlier version": {func(t *testing.T, d string) {
			write(t, d+"/demo/telehab.db", database())
		}, true},

		"a folder links":        {func(t *testing.T, d string) { write(t, d+"/links/letter.txt", "dear") }, false},
		"an empty folder links": {func(t *testing.T, d string) { _ = os.Mkdir(d+"/links", 0o700) }, false},
		"a folder demo":         {func(t *testing.T, d string) { write(t, d+"/demo/letter.txt", "dear") }, false},
		"a folder logs":         {func(t *testing.T, d string) { write(t, d+"/logs/telehab.log", "") }, false},
		"a folder clinics":      {func(t *testing.T, d string) { write(t, d+"/clinics/7/letter.txt", "dear") }, false},
		"a folder webview":      {func(t *testing.T, d string) { write(t, d+"/webview/letter.txt", "dear") }, false},
		"a database of another": {func(t *testing.T, d string) {
			write(t, d+"/telehab.db", "SQLite format 3\x00"+string(make([]byte, 84)))
		}, false},
		"a list of other clinics":    {func(t *testing.T, d string) { write(t, d+"/clinics.json", "clinics, and not JSON") }, false},
		"a lock beside other things": {func(t *testing.T, d string) { write(t, d+"/window.lock", ""); write(t, d+"/links/x", "") }, false},
		"a lock beside a letter":     {func(t *testing.T, d string) { write(t, d+"/window.lock", ""); write(t, d+"/letter.txt", "") }, false},
		"a pipe for a list":          {func(t *testing.T, d string) { fifo(t, d+"/clinics.json") }, false},
		"a pipe for a database":      {func(t *testing.T, d string) { fifo(t, d+"/telehab.db") }, false},
		"a pipe for a marker":        {func(t *testing.T, d string) { fifo(t, d+"/.telehab") }, false},
		"another program's marker":   {func(t *testing.T, d string) { write(t, d+"/.telehab", "mine") }, false},
		"a link to a database": {func(t *testing.T, d string) {
			write(t, d+".db", database())
			_ = os.Symlink(d+".db", d+"/telehab.db")
		}, false},
		"a link to a marker": {func(t *testing.T, d string) {
			write(t, d+".m", markerText)
			_ = os.Symlink(d+".m", d+"/.telehab")
		}, false},
		"files in a folder that others can reach": {func(t *testing.T, d string) { write(t, d+"/letter.txt", "dear") }, false},
		"an empty folder that all users share":    {func(t *testing.T, d string) { _ = os.Chmod(d, 0o777|fs.ModeSticky) }, false},
		"files in a folder where others write": {func(t *testing.T, d string) {
			write(t, d+"/letter.txt", "dear")
			_ = os.Chmod(d, 0o777)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			c.plant(t, dir)
			before, _ := os.Stat(dir)
			f, openErr := Open(dir)
			if openErr == nil {
				_ = f.Close()
			}
			if after, _ := os.Stat(dir); after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
				t.Error("opening changed it")
			}
			f, makeErr := Make(dir)
			if makeErr == nil {
				_ = f.Close()
			}
			if c.ours {
				if openErr != nil || makeErr != nil {
					t.Fatalf("refused: %v, %v", openErr, makeErr)
				}
				if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
					t.Errorf("%v, %v", info.Mode(), err)
				}
				if content, err := os.ReadFile(filepath.Join(dir, Marker)); err != nil || !bytes.HasPrefix([]byte(markerText), content) {
					t.Errorf("the marker: %q, %v", content, err)
				}
				return
			}
			if !refused(openErr) || !refused(makeErr) {
				t.Errorf("not refused: %v, %v", openErr, makeErr)
			}
			if after, _ := os.Stat(dir); after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
				t.Error("it was changed")
			}
		})
	}
}

// The folder itself has to be a directory of this user, and no link to one.
func TestFolderThatIsNone(t *testing.T) {
	top := t.TempDir()
	write(t, top+"/real/letter.txt", "dear")
	write(t, top+"/file", "")
	for _, err := range []error{
		os.Symlink(top+"/real", top+"/link"), os.Symlink(top+"/missing", top+"/dangling"), os.Symlink("loop", top+"/loop"),
		syscall.Mkfifo(top+"/pipe", 0o600), os.Mkdir(top+"/foreign", 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"link", "link/", "dangling", "loop", "file", "pipe"}
	if os.Geteuid() == 0 {
		names = append(names, "foreign")
		if err := os.Chown(top+"/foreign", 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		for _, open := range []func(string) (*Folder, error){Make, MakePlain, Open, OpenPlain} {
			if f, err := open(top + "/" + name); !refused(err) {
				t.Errorf("%s is opened: %v, %v", name, f, err)
			}
		}
	}
	if _, err := os.Lstat(top + "/missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what a link led to was made")
	}
}

// What stands in the place of a file is neither opened, replaced, given another
// mode nor deleted, and no pipe is waited for.
func TestFileThatIsNone(t *testing.T) {
	top := t.TempDir()
	write(t, top+"/outside/file", "theirs")
	write(t, top+"/outside/other", "theirs")
	f, err := Make(top + "/data")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	inside := func(name string) string { return filepath.Join(top, "data", name) }
	for _, err := range []error{
		os.Symlink("../outside/file", inside("link")), os.Symlink(top+"/outside/missing", inside("dangling")), os.Symlink(Marker, inside("within")),
		os.Link(top+"/outside/other", inside("hard")), syscall.Mkfifo(inside("pipe"), 0o600), syscall.Mknod(inside("socket"), syscall.S_IFSOCK|0o600, 0),
		os.MkdirAll(inside("folder/something"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"link", "dangling", "within", "hard", "pipe", "socket", "folder"}
	if os.Geteuid() == 0 {
		names = append(names, "foreign")
		write(t, inside("foreign"), "theirs")
		if err := os.Chown(inside("foreign"), 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		before, err := os.Lstat(inside(name))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for what, do := range map[string]func() error{
				"Open":          func() error { _, err := f.Open(name); return err },
				"ReadFile":      func() error { _, err := f.ReadFile(name); return err },
				"Append":        func() error { _, err := f.Append(name); return err },
				"Touch":         func() error { return f.Touch(name) },
				"Write":         func() error { return f.Write(name, []byte("ours")) },
				"Truncate":      func() error { return f.Truncate(name) },
				"CloseToOthers": func() error { return f.CloseToOthers(name) },
				"Size":          func() error { _, _, err := f.Size(name); return err },
				"Rename":        func() error { return f.Rename(name, "new") },
				"Rename to":     func() error { return errors.Join(f.Touch("fresh"), f.Rename("fresh", name)) },
				"Flock":         func() error { _, err := f.Flock(name); return err },
				"InUse":         func() error { _, err := f.InUse(name); return err },
				"Remove": func() error {
					if name == "hard" {
						return &Refused{} // it may be deleted: see below
					}
					return f.Remove(name)
				},
				"Sub": func() error {
					if name == "folder" {
						return &Refused{}
					}
					_, err := f.Sub(name)
					return err
				},
			} {
				if err := do(); !refused(err) {
					t.Errorf("%s of %s: %v", what, name, err)
				}
			}
		}()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatalf("%s is waited for", name)
		}
		after, err := os.Lstat(inside(name))
		if err != nil || after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) || !os.SameFile(before, after) {
			t.Errorf("%s was changed: %v, %v", name, after, err)
		}
	}
	if err := f.Remove("hard"); err != nil { // the other name stays
		t.Error(err)
	}
	for _, name := range []string{"file", "other"} {
		content, err := os.ReadFile(top + "/outside/" + name)
		info, statErr := os.Stat(top + "/outside/" + name)
		if err != nil || statErr != nil || string(content) != "theirs" || info.Mode() != 0o644 {
			t.Errorf("outside: %q %v, %v, %v", content, info.Mode(), err, statErr)
		}
	}
	if _, err := os.Lstat(top + "/outside/missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what a link led to was made")
	}
	for _, name := range []string{"", ".", "..", "../outside/file", "a/b", "/etc/passwd"} {
		if _, err := f.Open(name); err == nil {
			t.Errorf("%q is opened", name)
		}
		if err := f.Remove(name); err == nil {
			t.Errorf("%q is deleted", name)
		}
	}
}

// Erasing leaves all that we did not make, by name and by form.
func TestEraseLeavesWhatIsNotOurs(t *testing.T) {
	top := t.TempDir()
	data := top + "/data"
	f, err := Make(data)
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{"telehab.db", "telehab.db-wal", "telehab.db-shm", "telehab.db-journal", "telehab.db.lock", "clinics.json", "keyring.json",
		"sync.lock", "hub.lock", "window.lock", "clinics.lock", "window.json", "erase-webview", "service-lost", ".telehab-271828", "links/1764427200000000000-00000001-0a0b0c0d.link",
		"links/1764427200000000000-00000001-0a0b0c0d.part", "logs/telehab.log", "logs/telehab-2026-01-02T03-04-05.006.log",
		"clinics/4000777/telehab.db", "clinics/4000777/keyring.json", "clinics/4000777/sync.lock", "demo/telehab.db", "demo/keyring.json", "demo/demo-ready",
		"webview/EBWebView/Default/Cache"}
	theirs := []string{"letter.txt", "telehab.db.bak", "telehab.dbx", "links/letter.txt", "links/1.link", "logs/other.log", "logs/telehab.log.gz",
		"logs/telehab-old.log.txt", "clinics/notes.txt", "clinics/4000777/letter.txt", "clinics/abc/telehab.db", "demo/letter.txt", "webview/letter.txt", "Links/x"}
	for _, name := range append(append([]string{}, ours...), theirs...) {
		content := "x"
		if name == "demo/telehab.db" {
			content = database()
		}
		write(t, filepath.Join(data, name), content)
	}
	if err := errors.Join(f.Erase(), f.RemoveIfEmpty()); err != nil {
		t.Fatal(err)
	}
	for _, name := range ours {
		if _, err := os.Lstat(filepath.Join(data, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", name, err)
		}
	}
	for _, name := range theirs {
		if _, err := os.Lstat(filepath.Join(data, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	if _, err := os.Lstat(filepath.Join(data, Marker)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the marker: %v", err)
	}
	all := top + "/all"
	if f, err = Make(all); err != nil {
		t.Fatal(err)
	}
	for _, name := range ours {
		if name == "demo/telehab.db" {
			write(t, filepath.Join(all, name), database())
			continue
		}
		write(t, filepath.Join(all, name), "x")
	}
	if err := errors.Join(f.Erase(), f.RemoveIfEmpty()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(all); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
}

// A folder stays the same one when something else is put at its path.
func TestFolderThatIsReplaced(t *testing.T) {
	top := t.TempDir()
	f, err := Make(top + "/data")
	if err != nil {
		t.Fatal(err)
	}
	write(t, top+"/outside/window.json", "theirs")
	if err := errors.Join(os.Rename(top+"/data", top+"/moved"), os.Symlink(top+"/outside", top+"/data")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Write("window.json", []byte("ours")), f.Write("window.json", []byte("ours again"))); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(top + "/moved/window.json"); err != nil || string(content) != "ours again" {
		t.Errorf("%q, %v", content, err)
	}
	if err := errors.Join(f.Erase(), f.RemoveIfEmpty()); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(top + "/outside/window.json"); err != nil || string(content) != "theirs" {
		t.Errorf("%q, %v", content, err)
	}
	if _, err := os.Lstat(top + "/data"); err != nil {
		t.Errorf("the link is gone: %v", err)
	}
}
