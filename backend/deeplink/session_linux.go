package deeplink

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/datafolder"
)

// session is where the running desktop looks for programs and choices.
type session struct {
	dataHome, configHome string
	dataDirs, configDirs []string // the system's, in order of precedence
	desktops             []string // such as "gnome": each may have its own lists
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

// listsIn returns the files of one folder that may contain a person's choice.
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
	optional bool // matters only if it exists and lists our links
}

// ownLists are the lists to change for a choice to take effect: the desktop's
// own lists before the general one.
func (s session) ownLists() []ownList {
	var lists []ownList
	paths := s.listsIn(s.configHome)
	for i, path := range paths {
		lists = append(lists, ownList{path: path, optional: i < len(paths)-1})
	}
	return lists
}

// handler returns the entry that currently opens our links.
func (s session) handler() (desktopEntry, bool, error) {
	dirs := append([]string{s.configHome}, s.configDirs...)
	folders := s.folders()
	var lists []string
	for _, dir := range append(dirs, folders...) {
		lists = append(lists, s.listsIn(dir)...)
	}
	if e, ok, err := s.firstEntry(lists, choiceGroup); ok || err != nil {
		return e, ok, err
	}
	var caches []string
	for _, dir := range folders {
		caches = append(caches, filepath.Join(dir, "mimeinfo.cache"))
	}
	return s.firstEntry(caches, cacheGroup)
}

// firstEntry returns the first existing entry among those that files list.
func (s session) firstEntry(files []string, group string) (desktopEntry, bool, error) {
	for _, path := range files {
		text, err := readText(path)
		if err != nil {
			return desktopEntry{}, false, err
		}
		for _, id := range handlersIn(text, group) {
			if e, ok := s.findEntry(id); ok {
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

// findEntry returns the entry with an id, in which "-" may stand for a folder
// separator.
func (s session) findEntry(id string) (desktopEntry, bool) {
	for _, folder := range s.folders() {
		name := id
		for {
			if e, ok, err := s.readEntry(filepath.Join(folder, name)); ok && err == nil {
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

// readEntry returns the entry at path. A hidden one counts as missing.
func (s session) readEntry(path string) (desktopEntry, bool, error) {
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

// maxText is the most that is read of a desktop file. Such files are small; only
// the beginning of a large one is read.
const maxText = 4 << 20

// readText returns the text of a desktop file, or "" if there is none. What is
// no regular file counts as missing.
func readText(path string) (string, error) {
	text, err := datafolder.ReadRegular(path, maxText)
	var refused *datafolder.Refused
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.As(err, &refused):
		return "", nil
	case err != nil && !errors.Is(err, datafolder.ErrTooLarge):
		return "", fmt.Errorf("find out who opens our links: %w", err)
	}
	return string(text), nil
}
