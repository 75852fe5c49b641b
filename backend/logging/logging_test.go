package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/profile"
)

func TestFilesAreForThisUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "logs")
	if err := os.MkdirAll(dir, 0o755); err != nil { // as an older version or a person may have created it
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	fill(t, dir)
	if runtime.GOOS == "windows" {
		return // modes mean nothing there: the user's profile folder protects it
	}
	for path, want := range modes(t, dir) {
		if got := want.Perm(); want.IsDir() && got != 0o700 || !want.IsDir() && got != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(path), got)
		}
	}
}

func TestRotationKeepsFiveFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	fill(t, dir)
	found := modes(t, dir)
	var bytesKept int64
	for path, mode := range found {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if !mode.IsDir() {
			bytesKept += info.Size()
			if info.Size() > fileMiB<<20 {
				t.Errorf("%s has %d bytes", filepath.Base(path), info.Size())
			}
		}
	}
	if n := len(found) - 1; n < 2 || n > oldFiles+1 {
		t.Errorf("%d files are kept", n)
	}
	if bytesKept < fileMiB<<20 {
		t.Errorf("only %d bytes are kept", bytesKept)
	}
}

// fill logs enough for seven files.
func fill(t *testing.T, dir string) {
	t.Helper()
	log, closer, err := Open(dir, zerolog.InfoLevel)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	filling := strings.Repeat("word ", 1<<16/5)
	for range 7 * fileMiB << 20 / len(filling) {
		log.Info().Msg(filling)
	}
	log.Debug().Msg("below the level")
	if err := closer.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	newest, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || bytes.Contains(newest, []byte("below the level")) {
		t.Fatalf("the newest file: %v, or it holds what is below the level", err)
	}
}

func modes(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // just rotated away
		}
		if err == nil {
			found[path] = info.Mode()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestOpenSaysWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log, closer, err := Open(filepath.Join(file, "logs"), zerolog.InfoLevel)
	if profile.CodeOf(err) != profile.StoreUnreadable || closer != nil || !strings.Contains(profile.MessageOf(err), "folder") {
		t.Fatalf("Open below a file: %v", err)
	}
	log.Info().Msg("goes nowhere, harmlessly")
}

func TestFailure(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out) // without the redacting writer: Failure must not rely on it
	cause := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("lookup canary@example.com: no such host")}
	err := fmt.Errorf("read patient 1701234567890123456: %w", &profile.Error{Code: profile.Offline, Message: "No connection.",
		Cause: errors.Join(cause, fs.ErrClosed)})
	Failure(log, "refresh of canary@example.com", err)
	var line struct {
		Level, Code, Error, Message string
		Causes                      []string
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%v in %s", err, out.String())
	}
	if line.Level != "error" || line.Code != "offline" || line.Message != "refresh of […]" {
		t.Errorf("logged %+v", line)
	}
	if want := "read patient […]: offline: dial tcp: lookup […]: no such host\nfile already closed"; line.Error != want {
		t.Errorf("error %q, want %q", line.Error, want)
	}
	if got := strings.Join(line.Causes, " "); got != "*fmt.wrapError *profile.Error *errors.joinError *net.OpError *errors.errorString *errors.errorString" {
		t.Errorf("causes %s", got)
	}
	out.Reset()
	Failure(log, "nothing", nil)
	if out.Len() != 0 {
		t.Errorf("no error was logged: %s", out.String())
	}
}

func TestEraseLeavesNothingOfBefore(t *testing.T) {
	for name, erase := range map[string]func(dir string, file *File) error{
		"the program itself": func(_ string, file *File) error { return file.Erase() },
		"another one":        func(dir string, _ *File) error { return Erase(dir) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "odd [name]")
			if err := Erase(dir); err != nil { // nothing was logged yet
				t.Fatal(err)
			}
			log, file, err := Open(dir, zerolog.InfoLevel)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			log.Info().Msg("before")
			if err := file.rotate(); err != nil { // an older file beside it
				t.Fatal(err)
			}
			log.Info().Msg("before")
			if err := erase(dir, file); err != nil {
				t.Fatal(err)
			}
			log.Info().Msg("after")
			files, err := os.ReadDir(dir)
			if err != nil || len(files) != 1 {
				t.Fatalf("%v, %v", files, err)
			}
			content, err := os.ReadFile(filepath.Join(dir, FileName))
			if err != nil || strings.Contains(string(content), "before") || !strings.Contains(string(content), "after") {
				t.Errorf("%s, %v", content, err)
			}
		})
	}
}

func TestExpected(t *testing.T) {
	for code, want := range map[profile.Code]bool{
		profile.Cancelled: true, profile.NotFound: true, profile.NotConnected: true, profile.SignedOut: true,
		"": false, profile.Offline: false, profile.KeyRefused: false, profile.Internal: false, profile.StoreFull: false, profile.NotPermitted: false,
	} {
		var err error
		if code != "" {
			err = fmt.Errorf("do something: %w", profile.Because(code, nil))
		}
		if Expected(err) != want {
			t.Errorf("%q is expected: %v", code, !want)
		}
	}
}
