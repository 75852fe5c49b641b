package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/adrg/xdg"
)

// What the web view keeps for itself: caches and settings, nobody's details (the
// page stores none). Erasing a clinic takes it along, at the next start, because
// the web view holds its files open.

// programName is under what name the web view keeps its files on Linux.
const programName = "telehab"

// webViewData is where the web view keeps its files on Windows.
func webViewData(dataDir string) string { return filepath.Join(dataDir, "webview") }

// webViewFolders are all folders of the web view on this system.
func webViewFolders(dataDir string) []string {
	switch runtime.GOOS {
	case "windows":
		return []string{webViewData(dataDir)}
	case "darwin":
		return []string{filepath.Join(xdg.Home, "Library", "WebKit", bundleID), filepath.Join(xdg.CacheHome, bundleID)}
	}
	return []string{filepath.Join(xdg.DataHome, programName), filepath.Join(xdg.CacheHome, programName)}
}

// bundleID is the program's name on macOS.
const bundleID = "io.telehab.desktop"

func webViewMark(dataDir string) string { return filepath.Join(dataDir, "erase-webview") }

// markWebViewData has the web view's files removed at the next start.
func markWebViewData(dataDir string) error {
	if err := os.WriteFile(webViewMark(dataDir), nil, 0o600); err != nil {
		return fmt.Errorf("mark the web view's files: %w", err)
	}
	return nil
}

// removeWebViewData removes them if they were marked.
func removeWebViewData(dataDir string) error {
	mark := webViewMark(dataDir)
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, folder := range webViewFolders(dataDir) {
		errs = append(errs, os.RemoveAll(folder))
	}
	if err := errors.Join(errs...); err != nil {
		return err // the mark stays for the next start
	}
	return os.Remove(mark)
}
