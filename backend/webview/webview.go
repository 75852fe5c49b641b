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
	"path/filepath"
	"runtime"
	"slices"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/datafolder"
)

// ProgramName is the name under which the web view stores its files on Linux.
const ProgramName = "telehab"

// bundleID is the program's name on macOS.
const bundleID = "io.telehab.desktop"

// Folder is where the web view stores its files on Windows.
func Folder(dataDir string) string { return filepath.Join(dataDir, "webview") }

// folders returns all folders of the web view on this system, with what it
// writes into them. Anything else in them stays.
func folders(dataDir string) map[string][]string {
	switch runtime.GOOS {
	case "windows":
		return map[string][]string{Folder(dataDir): {"EBWebView"}}
	case "darwin":
		names := []string{"WebKit", "WebsiteData", "NetworkCache", "CacheStorage", "Cache.db", "Cache.db-shm", "Cache.db-wal", "fsCachedData", "com.apple.metal"}
		return map[string][]string{
			filepath.Join(xdg.Home, "Library", "WebKit", bundleID): names,
			filepath.Join(xdg.CacheHome, bundleID):                 names,
		}
	}
	// See WebKitWebsiteDataManager and WebsiteDataStoreGLib.cpp.
	return map[string][]string{
		filepath.Join(xdg.DataHome, ProgramName): {"storage", "databases", "localstorage", "serviceworkers", "deviceidhashsalts", "mediakeys",
			"itp", "pushnotifications", "hsts-storage.sqlite", "hsts-storage.sqlite-shm", "hsts-storage.sqlite-wal", "hsts-storage.sqlite-journal"},
		filepath.Join(xdg.CacheHome, ProgramName): {"WebKitCache", "WebKitCacheStorage", "CacheStorage", "applications", "storage"},
	}
}

const mark = "erase-webview"

// Mark marks the web view's files for removal at the next start.
func Mark(dataDir string) error {
	data, err := datafolder.Make(dataDir)
	if err == nil {
		err = errors.Join(data.Touch(mark), data.Close())
	}
	if err != nil {
		return fmt.Errorf("mark the web view's files: %w", err)
	}
	return nil
}

// RemoveMarked removes the web view's files if they were marked. The window
// must not be open.
func RemoveMarked(dataDir string) (err error) {
	data, err := datafolder.Open(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	if _, marked, err := data.Size(mark); err != nil || !marked {
		return err
	}
	if err := Remove(dataDir); err != nil {
		return err // the mark stays for the next start
	}
	return data.Remove(mark)
}

// Claim marks the web view's folders as ours before it writes into them. One
// that has files already stays somebody else's, and is never removed, nor is what
// the web view writes into it.
func Claim(dataDir string) error {
	if runtime.GOOS == "windows" {
		return nil // it lies in the data folder
	}
	var errs []error
	for path := range folders(dataDir) {
		errs = append(errs, datafolder.Claim(path))
	}
	return errors.Join(errs...)
}

// Remove removes the web view's files from the folders that are ours. The window
// must not be open.
func Remove(dataDir string) error {
	var errs []error
	for path, names := range folders(dataDir) {
		errs = append(errs, remove(path, names))
	}
	return errors.Join(errs...)
}

// Unmarked returns the folders that have what the web view writes in them and
// no marker, so that Remove leaves them: somebody else's, or those of a version
// that marked none, or of a start at which Claim failed.
func Unmarked(dataDir string) (paths []string, err error) {
	if runtime.GOOS == "windows" {
		return nil, nil // it lies in the data folder
	}
	var errs []error
	for path, names := range folders(dataDir) {
		unmarked, err := isUnmarked(path, names)
		if unmarked {
			paths = append(paths, path)
		}
		errs = append(errs, err)
	}
	slices.Sort(paths)
	return paths, errors.Join(errs...)
}

func isUnmarked(path string, names []string) (bool, error) {
	folder, err := datafolder.OpenPlain(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	there, err := folder.Names()
	unmarked := !slices.Contains(there, datafolder.Marker) && slices.ContainsFunc(there, func(name string) bool { return slices.Contains(names, name) })
	return unmarked, errors.Join(err, folder.Close())
}

func remove(path string, names []string) error {
	open := datafolder.OpenClaimed
	if runtime.GOOS == "windows" {
		open = datafolder.OpenPlain // it lies in the data folder
	}
	folder, err := open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		errs = append(errs, folder.RemoveTree(name))
	}
	return errors.Join(append(errs, folder.Unclaim())...)
}
