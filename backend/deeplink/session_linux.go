package deeplink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
)

// session is where the desktop that runs now looks for programs and choices.
type session struct {
	dataHome, configHome string
	dataDirs, configDirs []string // the system's, best first
	desktops             []string // such as "gnome": each may have lists of its own
}

func currentSession() session {
	s := session{
		dataHome: xdg.DataHome, dataDirs: xdg.DataDirs,
		configHome: xdg.ConfigHome, configDirs: xdg.ConfigDirs,
	}
	for _, name := range strings.Split(strings.ToLower(os.Getenv("XDG_CURRENT_DESKTOP")), ":") {
		if name != "" && !strings.Contains(name, "/") {
			s.desktops = append(s.desktops, name)
		}
	}
	return s
}

func (s session) applications() string { return filepath.Join(s.dataHome, "applications") }

func (s session) ownPath() string { return filepath.Join(s.applications(), desktopID) }

// listsIn returns the files of one folder that may hold a person's choice.
func (s session) listsIn(dir string) []string {
	lists := make([]string, 0, len(s.desktops)+1)
	for _, desktop := range s.desktops {
		lists = append(lists, filepath.Join(dir, desktop+"-mimeapps.list"))
	}
	return append(lists, filepath.Join(dir, "mimeapps.list"))
}

// A list that the person may change.
type ownList struct {
	path     string
	optional bool // matters only if it is there and names our links
}

// ownLists are the lists to change for a choice to take effect: the desktop's
// own come before the general one.
func (s session) ownLists() []ownList {
	var lists []ownList
	paths := s.listsIn(s.configHome)
	for i, path := range paths {
		lists = append(lists, ownList{path: path, optional: i < len(paths)-1})
	}
	return lists
}

// handler returns the entry that opens our links now.
func (s session) handler() (desktopEntry, bool, error) {
	dirs := append([]string{s.configHome}, s.configDirs...)
	folders := s.folders()
	var lists []string
	for _, dir := range append(dirs, folders...) {
		lists = append(lists, s.listsIn(dir)...)
	}
	if e, ok, err := s.first(lists, chosen); ok || err != nil {
		return e, ok, err
	}
	var caches []string
	for _, dir := range folders {
		caches = append(caches, filepath.Join(dir, "mimeinfo.cache"))
	}
	return s.first(caches, known)
}

// first returns the first entry that exists among those that files name.
func (s session) first(files []string, group string) (desktopEntry, bool, error) {
	for _, path := range files {
		text, err := readText(path)
		if err != nil {
			return desktopEntry{}, false, err
		}
		for _, id := range handlersIn(text, group) {
			if e, ok := s.find(id); ok {
				return e, true, nil
			}
		}
	}
	return desktopEntry{}, false, nil
}

func (s session) folders() []string {
	folders := []string{s.applications()}
	for _, dir := range s.dataDirs {
		folders = append(folders, filepath.Join(dir, "applications"))
	}
	return folders
}

// find returns the entry of a name. In a name, "-" may stand for a folder.
func (s session) find(id string) (desktopEntry, bool) {
	for _, folder := range s.folders() {
		name := id
		for {
			if e, ok, err := s.read(filepath.Join(folder, name)); ok && err == nil {
				return e, true
			}
			deeper := strings.Replace(name, "-", "/", 1)
			if deeper == name || slices.Contains(strings.Split(deeper, "/"), "..") {
				break
			}
			name = deeper
		}
	}
	return desktopEntry{}, false
}

// read returns the entry at path. One that its owner hid is not there.
func (s session) read(path string) (desktopEntry, bool, error) {
	text, err := readText(path)
	if err != nil || text == "" {
		return desktopEntry{}, false, err
	}
	e := parseEntry(text)
	if e.name == "" {
		e.name = strings.TrimSuffix(filepath.Base(path), ".desktop")
	}
	return e, !e.hidden, nil
}

// readText returns a file of the desktop, "" if there is none. They are small;
// a large one is somebody's mistake and read in part.
func readText(path string) (string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look who opens our links: %w", err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(file, 4<<20))
	if err != nil {
		return "", fmt.Errorf("look who opens our links: %w", err)
	}
	return string(text), nil
}
