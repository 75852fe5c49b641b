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

// maxSize of a file, in bytes. The longest that Send writes has 28.
const maxSize = 64

// encode writes a link down: its kind and, for those that have any, digits.
// A link that was not understood is handed over as that, so that the window can
// say so; its text is not.
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

// decode is the only reader of what encode writes, and accepts nothing else.
// Kinds with digits are read as the links they stand for.
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

// A file's name says when it was sent: the order of the names is the order of
// the links, and an old one is known without opening it. The numbers behind the
// time keep apart what one process, and what two, send in the same moment.
var fileName = regexp.MustCompile(`^([0-9]{19})-[0-9a-f]{8}-[0-9a-f]{8}\.(link|part)$`)

var sent atomic.Uint32

func newName(now time.Time) string {
	return fmt.Sprintf("%019d-%08x-%08x", now.UnixNano(), sent.Add(1), rand.Uint32()) //nolint:gosec // no secret: it keeps names apart
}

// sentAt returns when a file was sent, and whether it is complete. It is false
// for a name that Send does not give.
func sentAt(name string) (at time.Time, complete, ok bool) {
	parts := fileName.FindStringSubmatch(name)
	if parts == nil {
		return time.Time{}, false, false
	}
	nanoseconds, err := strconv.ParseInt(parts[1], 10, 64)
	return time.Unix(0, nanoseconds), parts[2] == "link", err == nil
}

// Send gives a link to the process that has the window of this data directory.
// It returns when the link lies there, and does not wait for it to be taken.
func Send(dir string, link deeplink.Link) error {
	text, err := encode(link)
	if err != nil {
		return err
	}
	folder, err := openFolder(dir)
	if err != nil {
		return trouble(err)
	}
	path := filepath.Join(folder, newName(time.Now()))
	if err := writeNew(path+".part", text); err != nil {
		return trouble(fmt.Errorf("hand over a link: %w", err))
	}
	if err := os.Rename(path+".part", path+".link"); err != nil {
		return trouble(fmt.Errorf("hand over a link: %w", errors.Join(err, os.Remove(path+".part"))))
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

// openFolder returns the folder of links inside a data directory, made if
// missing and closed to others. One that is a link to somewhere else is refused,
// because what lies in the folder gets deleted.
func openFolder(dir string) (string, error) {
	folder := filepath.Join(dir, "links")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for links: %w", err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return "", fmt.Errorf("look at the folder for links: %w", err)
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

// take reads a file and deletes it, whatever is in it. An error says that it
// could not be deleted, and its link does not count then, or it would come again
// and again; or that it could not be opened just now, as when a virus scanner
// looks at it on Windows. A file that stays so for long is deleted unread.
func take(path string, now time.Time) (link deeplink.Link, ok bool, err error) {
	text, readable, err := readSmall(path)
	if at, _, _ := sentAt(filepath.Base(path)); err != nil && now.Sub(at).Abs() < heldAtMost {
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

// heldAtMost is how long a file may refuse to be read.
const heldAtMost = 10 * time.Second

// openFile is what another program on Windows may keep from working for a moment.
var openFile = os.OpenFile

// readSmall returns a file as short as Send's are, and false for anything else.
func readSmall(path string) (text string, ok bool, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", false, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return "", false, nil
	}
	// Somebody may put a pipe in its place just now; opening must not wait for it.
	file, err := openFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", false, err
	}
	content, err := io.ReadAll(io.LimitReader(file, maxSize))
	err = errors.Join(err, file.Close())
	return string(content), err == nil, err
}
