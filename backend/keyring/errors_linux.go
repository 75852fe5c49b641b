package keyring

import (
	"errors"
	"strings"

	old "github.com/godbus/dbus" // of the keyring library
	"github.com/godbus/dbus/v5"
)

const isLockedError = "org.freedesktop.Secret.Error.IsLocked"

// saysLocked recognises a Secret Service that is locked, for instance because
// the prompt for the password was dismissed, or that ended during the prompt.
func saysLocked(err error) bool {
	switch busErrorName(err) {
	case isLockedError, "org.freedesktop.DBus.Error.NoReply":
		return true
	}
	return false
}

// saysMissing recognises a bus that is gone and a service that is not on it. A
// new collection whose creation was refused has the path "/", so the next call
// fails with an unknown object.
func saysMissing(err error) bool {
	if errors.Is(err, dbus.ErrClosed) || errors.Is(err, old.ErrClosed) {
		return true
	}
	switch busErrorName(err) {
	case "org.freedesktop.DBus.Error.ServiceUnknown",
		"org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.DBus.Error.UnknownObject",
		"org.freedesktop.DBus.Error.UnknownMethod",
		"org.freedesktop.DBus.Error.Disconnected":
		return true
	}
	return strings.Contains(err.Error(), "Object does not exist at path") ||
		strings.HasPrefix(busErrorName(err), "org.freedesktop.DBus.Error.Spawn.")
}

func busErrorName(err error) string {
	var plain dbus.Error
	var pointer *dbus.Error
	var plainOld old.Error
	var pointerOld *old.Error
	switch {
	case errors.As(err, &plainOld):
		return plainOld.Name
	case errors.As(err, &pointerOld):
		return pointerOld.Name
	case errors.As(err, &plain):
		return plain.Name
	case errors.As(err, &pointer):
		return pointer.Name
	}
	return ""
}
