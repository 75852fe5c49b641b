// Package webview maintains the system's web view. It removes the web view's
// own files: caches and settings, no personal details (the page stores none).
// Erasing a clinic removes them too, at the window's next start, because the
// web view keeps its files open. The package also avoids a renderer with which
// the window stays blank.
package webview

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/adrg/xdg"
)

// ProgramName is the name under which the web view stores its files on Linux.
const ProgramName = "telehab"

// bundleID is the program's name on macOS.
const bundleID = "io.telehab.desktop"

// Folder is where the web view stores its files on Windows.
func Folder(dataDir string) string { return filepath.Join(dataDir, "webview") }

// folders returns all folders of the web view on this system.
func folders(dataDir string) []string {
	switch runtime.GOOS {
	case "windows":
		return []string{Folder(dataDir)}
	case "darwin":
		return []string{filepath.Join(xdg.Home, "Library", "WebKit", bundleID), filepath.Join(xdg.CacheHome, bundleID)}
	}
	return []string{filepath.Join(xdg.DataHome, ProgramName), filepath.Join(xdg.CacheHome, ProgramName)}
}

func mark(dataDir string) string { return filepath.Join(dataDir, "erase-webview") }

// Mark marks the web view's files for removal at the next start.
func Mark(dataDir string) error {
	if err := os.WriteFile(mark(dataDir), nil, 0o600); err != nil {
		return fmt.Errorf("mark the web view's files: %w", err)
	}
	return nil
}

// RemoveMarked removes the web view's files if they were marked. The window
// must not be open.
func RemoveMarked(dataDir string) error {
	if _, err := os.Stat(mark(dataDir)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, folder := range folders(dataDir) {
		errs = append(errs, os.RemoveAll(folder))
	}
	if err := errors.Join(errs...); err != nil {
		return err // the mark stays for the next start
	}
	return os.Remove(mark(dataDir))
}
