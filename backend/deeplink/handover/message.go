package handover

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/deeplink"
)

// maxSize is the most bytes in a file. The longest that Send writes has 28.
const maxSize = 64

// encode returns a link's kind and, if it has any, its digits. A link that was
// not understood is handed over as such, without its text, so that the window
// can say so.
func encode(link deeplink.Link) (string, error) {
	text := written(link)
	if _, ok := decode(text); !ok {
		return "", errors.New("hand over a link: it is not one that a parser answers")
	}
	return text, nil
}

func written(link deeplink.Link) string {
	switch {
	case link.Kind == deeplink.Patient && link.Bookmark:
		return bookmark + " " + string(link.ID)
	case link.Kind == deeplink.Patient:
		return link.Kind.String() + " " + string(link.ID)
	case link.Kind == deeplink.Test:
		return link.Kind.String() + " " + link.Nonce
	}
	return link.Kind.String()
}

// bookmark stands for the kind of a patient's link that came from the bookmark.
const bookmark = "bookmark"

// decode is the inverse of encode, and accepts nothing else. Kinds with digits
// are parsed as links.
func decode(text string) (deeplink.Link, bool) {
	kind, digits, _ := strings.Cut(text, " ")
	var link deeplink.Link
	switch kind {
	case "patient":
		link = deeplink.Parse(deeplink.Scheme + "://patient?patient_id=" + digits)
	case bookmark:
		link = deeplink.Parse(deeplink.Scheme + "://patient?patient_id=" + digits)
		link.Bookmark = true
	case "test":
		link = deeplink.Parse(deeplink.Scheme + "://test?n=" + digits)
	case "show":
		return deeplink.Link{Kind: deeplink.Show}, text == kind
	case "unknown":
		return deeplink.Link{}, text == kind
	}
	return link, link.Kind != deeplink.Unknown && written(link) == text
}

// A file's name says when it was sent: the names sort in the order of the
// links, and an old one is recognised without opening it. The numbers after the
// time make names unique within one process and between two.
var fileName = regexp.MustCompile(`^([0-9]{19})-[0-9a-f]{8}-[0-9a-f]{8}\.(link|part)$`)

var sent atomic.Uint32

func newName(now time.Time) string {
	return fmt.Sprintf("%019d-%08x-%08x", now.UnixNano(), sent.Add(1), rand.Uint32()) //nolint:gosec // no secret: it makes names unique
}

// sentAt returns when a file was sent, and whether it is complete. ok is false
// for a name that Send does not use.
func sentAt(name string) (at time.Time, complete, ok bool) {
	parts := fileName.FindStringSubmatch(name)
	if parts == nil {
		return time.Time{}, false, false
	}
	nanoseconds, err := strconv.ParseInt(parts[1], 10, 64)
	return time.Unix(0, nanoseconds), parts[2] == "link", err == nil
}

// Send passes a link to the process that has the window of this data directory.
// It returns once the file is written, and does not wait for it to be read.
func Send(dir string, link deeplink.Link) error {
	text, err := encode(link)
	if err != nil {
		return err
	}
	folder, err := openFolder(dir)
	if err != nil {
		return coded(err)
	}
	name := newName(time.Now())
	err = writeNew(folder, name+".part", text)
	if err == nil {
		err = folder.Rename(name+".part", name+".link")
	}
	if err != nil {
		err = errors.Join(err, folder.Remove(name+".part"))
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return coded(fmt.Errorf("hand over a link: %w", err))
	}
	return nil
}

func writeNew(folder *datafolder.Folder, name, text string) error {
	file, err := folder.Create(name)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// linksFolder has the links inside a data directory. It must be a folder of
// ours, because files in it are deleted.
const linksFolder = "links"

// openFolder opens the folder of links, created if missing.
func openFolder(dir string) (*datafolder.Folder, error) {
	data, err := datafolder.Make(dir)
	if err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	folder, err := data.Sub(linksFolder)
	if err = errors.Join(err, data.Close()); err != nil {
		return nil, fmt.Errorf("open the folder for links: %w", err)
	}
	return folder, nil
}

// readAndDelete reads a file and deletes it, whatever its content. It fails if
// the file could not be deleted, whose link does not count then, as it would
// come again and again; or if it could not be opened for the moment, as when a
// virus scanner reads it on Windows. After maxHeld it deletes such a file
// unread. What Send does not write, such as a pipe, is left as it is.
func readAndDelete(folder *datafolder.Folder, name string, now time.Time) (link deeplink.Link, ok bool, err error) {
	text, err := readFile(folder, name)
	var refused *datafolder.Refused
	if errors.As(err, &refused) {
		return deeplink.Link{}, false, nil
	}
	readable := err == nil
	if errors.Is(err, datafolder.ErrTooLarge) {
		err = nil
	}
	if at, _, _ := sentAt(name); err != nil && now.Sub(at).Abs() < maxHeld {
		return deeplink.Link{}, false, err
	}
	if err := folder.Remove(name); err != nil {
		return deeplink.Link{}, false, err
	}
	if readable {
		link, ok = decode(string(text))
	}
	return link, ok, nil
}

// maxHeld is how long opening a file may fail.
const maxHeld = 10 * time.Second

// readFile is replaced by a test: on Windows another program may make it fail
// for a moment.
var readFile = func(folder *datafolder.Folder, name string) ([]byte, error) { return folder.ReadSmall(name, maxSize) }
