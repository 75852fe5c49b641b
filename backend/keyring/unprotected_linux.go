package keyring

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/adrg/xdg"
)

// plainHeader begins the file of a GNOME keyring without a password, which is
// in clear. The file of one with a password begins with "GnomeKeyring".
const plainHeader = "[keyring]"

// unprotected looks at the file of the collection. GNOME Keyring does not tell
// over D-Bus, and to try an empty password could change its state.
func (s *secretService) unprotected(place string) (bool, error) {
	id, ok := strings.CutPrefix(place, collectionsPath)
	if !ok || !s.isGNOME() {
		return false, nil
	}
	name, ok := decodeIdentifier(id)
	if !ok {
		return false, nil
	}
	begins, err := readHeader(filepath.Join(xdg.DataHome, "keyrings", name+".keyring"))
	return bytes.Equal(begins, []byte(plainHeader)), err
}

// decodeIdentifier returns the name behind a collection's part of a path, in
// which GNOME Keyring writes all but letters and digits as _ and two
// hexadecimal digits. ok is false for a name that would lead elsewhere.
func decodeIdentifier(id string) (name string, ok bool) {
	var out strings.Builder
	for rest := id; rest != ""; {
		if rest[0] != '_' {
			out.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		if len(rest) < 3 {
			return "", false
		}
		code, err := strconv.ParseUint(rest[1:3], 16, 8)
		if err != nil {
			return "", false
		}
		out.WriteByte(byte(code))
		rest = rest[3:]
	}
	name = out.String()
	return name, name != "" && !strings.ContainsAny(name, "/\x00") && name[0] != '.'
}

// readHeader returns as many bytes of a regular file as plainHeader has; none
// if there is no such file, or something else is in its place.
func readHeader(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0) //nolint:forbidigo // no file of ours, and only read
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	begins := make([]byte, len(plainHeader))
	n, err := io.ReadFull(file, begins)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return begins[:n], err
}
