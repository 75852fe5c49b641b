package keyring

import (
	"context"
	"errors"
	"runtime"

	system "github.com/99designs/keyring"

	"telehab.io/desktop/backend/profile"
)

const lockedSentence = "The system keyring is locked or does not answer. " +
	"Unlock it, or answer the question it shows, then try again."

const oddSentence = "The system keyring did not do what TeleHab asked of it. " +
	"Restart the computer and try again; if it stays, contact support@vald.com."

// missingSentence says how to get a keyring on the given operating system.
func missingSentence(goos string) string {
	switch goos {
	case "windows":
		return "Windows Credential Manager cannot be reached. Start the service " +
			"\"Credential Manager\" in Windows' list of services, then try again."
	case "darwin":
		return "The macOS Keychain cannot be reached. Open Keychain Access, unlock " +
			"the keychain \"login\", then try again."
	}
	return "This computer has no system keyring, the only place where TeleHab keeps its keys. " +
		"Install GNOME Keyring (package gnome-keyring) or KWallet, sign in to the desktop again, then try again."
}

// coded gives a failure the code and the sentence that a person can act on.
func coded(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errNoAnswer), errors.Is(err, errNotKept), saysLocked(err):
		return &profile.Error{Code: profile.KeyringLocked, Message: lockedSentence, Cause: err}
	case errors.Is(err, system.ErrNoAvailImpl), saysMissing(err):
		return &profile.Error{Code: profile.KeyringMissing, Message: missingSentence(runtime.GOOS), Cause: err}
	}
	return &profile.Error{Code: profile.Internal, Message: oddSentence, Cause: err}
}
