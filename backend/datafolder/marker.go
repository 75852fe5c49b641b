package datafolder

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Marker is the name of the file that says that a data folder is ours.
const Marker = ".telehab"

const markerText = "This folder belongs to TeleHab, which creates and deletes files in it by their names. Do not keep other files here.\n"

// files are the names that our files have in a data folder and in the folder of
// a further clinic, small those that only we open, folders what may be in each
// folder of ours.
var (
	files   = regexp.MustCompile(`^(telehab\.db(-wal|-shm|-journal|\.lock)?|clinics\.json|keyring\.json|(sync|hub|window|clinics)\.lock|window\.json|erase-webview|demo-ready|service-lost|service-password(\.new)?)$`)
	small   = regexp.MustCompile(`^(\.telehab|clinics\.json|keyring\.json|window\.json|erase-webview|demo-ready|service-lost|(sync|hub|window|clinics)\.lock)$`)
	folders = map[string]*regexp.Regexp{
		"links":   regexp.MustCompile(`^[0-9]{19}-[0-9a-f]{8}-[0-9a-f]{8}\.(link|part)$`),
		"logs":    regexp.MustCompile(`^telehab(-[0-9T.-]{10,30})?\.log$`),
		"clinics": regexp.MustCompile(`^[0-9]{1,20}$`),                                                                        // folders
		"demo":    nil,                                                                                                        // a data folder
		"webview": regexp.MustCompile(`^EBWebView$`),                                                                          // what the web view writes on Windows
		"service": regexp.MustCompile(`^(store key|next store key|Cliniko API key|VALD Hub access)( [0-9a-f]{12})?(\.new)?$`), // encrypted copies of the keys
	}
)

// judge says whether the folder has the marker. Without one, it is Refused if
// it has files under our names, unless an earlier version made them. That is
// told by our database, or, as that may be missing or damaged, by one of our
// small files in a folder that has nothing else. A folder that others can reach
// is Refused as well, unless it is empty: it would have to be closed to them.
func (f *Folder) judge() (marked bool, err error) {
	if marked, err := f.marked(); marked || err != nil {
		return marked, err
	}
	all, err := f.Names()
	if err != nil {
		return false, err
	}
	if slices.Contains(all, Marker) {
		return f.judge() // somebody marked it meanwhile
	}
	if f.hasDatabase() {
		return false, nil
	}
	return false, f.judgeNames(all)
}

// marked says whether the folder has the marker. Refused: it has another file of
// that name.
func (f *Folder) marked() (bool, error) {
	content, err := f.ReadSmall(Marker, 4096)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !strings.HasPrefix(markerText, string(content)): // it may be cut off
		return false, &Refused{Marker, "is a file of another program"}
	}
	return true, nil
}

// judgeNames judges a folder that has neither a marker nor our database.
func (f *Folder) judgeNames(all []string) error {
	var ours, others []string
	for _, name := range all {
		switch _, folder := folders[name]; {
		case folder, files.MatchString(name):
			ours = append(ours, name)
		case !unfinished.MatchString(name):
			others = append(others, name)
		}
	}
	if len(ours) > 0 && (len(others) > 0 || !f.isEarlier(ours)) {
		return &Refused{f.path, "is not TeleHab's, and has files with names that TeleHab uses (" + strings.Join(ours, ", ") + ")"}
	}
	open, shared, err := f.access()
	switch {
	case err != nil:
		return err
	case shared:
		return &Refused{f.path, "is a folder that all users share"}
	case open && len(others) > 0:
		return &Refused{f.path, "is not empty, and is open to other users"}
	}
	return nil
}

// mark puts the marker into the folder.
func (f *Folder) mark() error {
	file, err := f.Create(Marker)
	if errors.Is(err, fs.ErrExist) {
		_, err = f.judge()
		return err
	}
	if IsReadOnly(err) && f.hasDatabase() {
		return nil // of an earlier version: it can be read
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(markerText)
	return errors.Join(err, file.Close())
}

// hasDatabase says whether there is a SQLite file with our application id.
func (f *Folder) hasDatabase() bool {
	const id, at = 0x54486162, 68 // "THab"; see PRAGMA application_id
	file, err := f.Open("telehab.db")
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	header := make([]byte, at+4)
	_, err = io.ReadFull(file, header)
	return err == nil && bytes.HasPrefix(header, []byte("SQLite format 3\x00")) && binary.BigEndian.Uint32(header[at:]) == id
}

// isEarlier says whether all of these are what a version before the marker has
// left behind.
func (f *Folder) isEarlier(ours []string) bool {
	sign := false
	for _, name := range ours {
		allowed, folder := folders[name]
		if name == "demo" {
			if !f.isOurs(name) {
				return false
			}
			sign = true
			continue
		}
		if folder {
			all, ok := f.namesIn(name, allowed)
			if !ok {
				return false
			}
			sign = sign || name == "links" && len(all) > 0 // no other program writes such names
			continue
		}
		size, _, err := f.Size(name)
		if err != nil {
			return false
		}
		switch name {
		case "telehab.db", "window.lock", "sync.lock", "hub.lock", "clinics.lock", "telehab.db.lock":
			sign = sign || size == 0
		case "clinics.json", "keyring.json":
			content, err := f.ReadFile(name)
			sign = sign || err == nil && json.Valid(content)
		}
	}
	return sign
}

// isOurs says whether a folder in this one is a data folder that was used.
func (f *Folder) isOurs(name string) bool {
	sub, err := f.OpenSub(name)
	if err != nil {
		return false
	}
	defer func() { _ = sub.Close() }()
	marked, err := sub.judge()
	return err == nil && (marked || sub.hasDatabase())
}

// namesIn returns the names in a folder in this one. ok is false if one of them
// is not of this form.
func (f *Folder) namesIn(name string, form *regexp.Regexp) (all []string, ok bool) {
	sub, err := f.OpenSub(name)
	if err != nil {
		return nil, false
	}
	defer func() { _ = sub.Close() }()
	all, err = sub.Names()
	return all, err == nil && !slices.ContainsFunc(all, func(n string) bool { return !form.MatchString(n) })
}
