package handover

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"telehab.io/desktop/backend/deeplink"
)

// maxSize is the most bytes in a file. The longest that Send writes has 28.
const maxSize = 64

// encode returns a link's kind and, if it has any, its digits. A link that was
// not understood is handed over as such, without its text, so that the window
// can say so.
func encode(link deeplink.Link) (string, error) {
	text := link.Kind.String()
	switch link.Kind {
	case deeplink.Patient:
		text += " " + string(link.ID)
	case deeplink.Test:
		text += " " + link.Nonce
	}
	if _, ok := decode(text); !ok {
		return "", errors.New("hand over a link: it is not one that a parser answers")
	}
	return text, nil
}

// decode is the inverse of encode, and accepts nothing else. Kinds with digits
// are parsed as links.
func decode(text string) (deeplink.Link, bool) {
	kind, digits, _ := strings.Cut(text, " ")
	var link deeplink.Link
	switch kind {
	case "patient":
		link = deeplink.Parse(deeplink.Scheme + "://patient?patient_id=" + digits)
	case "test":
		link = deeplink.Parse(deeplink.Scheme + "://test?n=" + digits)
	case "show":
		return deeplink.Link{Kind: deeplink.Show}, text == kind
	case "unknown":
		return deeplink.Link{}, text == kind
	}
	return link, link.Kind != deeplink.Unknown
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
	path := filepath.Join(folder, newName(time.Now()))
	if err := writeNew(path+".part", text); err != nil {
		return coded(fmt.Errorf("hand over a link: %w", err))
	}
	if err := os.Rename(path+".part", path+".link"); err != nil {
		return coded(fmt.Errorf("hand over a link: %w", errors.Join(err, os.Remove(path+".part"))))
	}
	return nil
}

func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// openFolder returns the folder of links inside a data directory, created if
// missing and private to the user. It refuses a link to another folder, because
// files in the folder are deleted.
func openFolder(dir string) (string, error) {
	folder := filepath.Join(dir, "links")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for links: %w", err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return "", fmt.Errorf("open the folder for links: %w", err)
	}
	if !info.IsDir() {
		return "", errors.New("the folder for links is a link to another place")
	}
	if info.Mode().Perm() != 0o700 {
		if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder, which needs x
			return "", fmt.Errorf("close the folder for links: %w", err)
		}
	}
	return folder, nil
}

// readAndDelete reads a file and deletes it, whatever its content. It fails if
// the file could not be deleted, whose link does not count then, as it would
// come again and again; or if it could not be opened for the moment, as when a
// virus scanner reads it on Windows. After maxHeld it deletes such a file
// unread.
func readAndDelete(path string, now time.Time) (link deeplink.Link, ok bool, err error) {
	text, readable, err := readSmall(path)
	if at, _, _ := sentAt(filepath.Base(path)); err != nil && now.Sub(at).Abs() < maxHeld {
		return deeplink.Link{}, false, err
	}
	if err := os.Remove(path); err != nil {
		return deeplink.Link{}, false, err
	}
	if readable {
		link, ok = decode(text)
	}
	return link, ok, nil
}

// maxHeld is how long opening a file may fail.
const maxHeld = 10 * time.Second

// openFile is replaced by a test: on Windows another program may make it fail
// for a moment.
var openFile = os.OpenFile

// readSmall returns the content of a regular file no longer than maxSize; ok is
// false for anything else.
func readSmall(path string) (text string, ok bool, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", false, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return "", false, nil
	}
	// A pipe may have just taken its place; opening must not wait for it.
	file, err := openFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", false, err
	}
	content, err := io.ReadAll(io.LimitReader(file, maxSize))
	err = errors.Join(err, file.Close())
	return string(content), err == nil, err
}
