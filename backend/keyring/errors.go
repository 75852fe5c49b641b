package keyring

import (
	"context"
	"errors"
	"runtime"

	system "github.com/99designs/keyring"

	"telehab.io/desktop/backend/profile"
)

const oddSentence = "The system keyring did not do what TeleHab asked of it. " +
	"Restart the computer and try again; if that does not help, write to TeleHab's support, support@vald.com."

// lockedSentence says how to unlock the keyring of this operating system.
func lockedSentence(goos string) string {
	switch goos {
	case "windows":
		return "Windows Credential Manager does not let TeleHab read its keys right now. Nothing is lost. " +
			"Sign out of Windows and in again with your password to unlock it, then try again."
	case "darwin":
		return "The macOS Keychain is locked or is waiting for an answer. Nothing is lost. " +
			"Unlock the keychain \"login\" in Keychain Access, or answer the question on the screen, then try again."
	}
	return "Your password manager, or the system keyring, is locked or is waiting for an answer. Nothing is lost. " +
		"Unlock your password manager, then try again."
}

// hiddenSentence is for a value that is stored where TeleHab cannot see now.
// name is the collection that has to be opened, or "".
func hiddenSentence(name string) string {
	what := "the collection or database"
	if name != "" {
		what = "“" + name + "”"
	}
	return "TeleHab's keys are in a part of your password manager, or system keyring, that is locked or closed. Nothing is lost. " +
		"Unlock your password manager and open " + what + " in it, then try again."
}

// missingSentence says how to get a keyring on this operating system.
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

const noCollectionSentence = "Your password manager, or system keyring, has no open collection for TeleHab's keys. " +
	"In KeePassXC, open a database and choose in its Secret Service settings what it shares; in GNOME's Passwords and Keys, " +
	"create a keyring or set one as default. Then try again."

// notRunningSentence is for a keyring that has TeleHab's keys and does not run.
const notRunningSentence = "The password manager, or system keyring, that has TeleHab's keys is not running. Nothing is lost. " +
	"Start it and unlock it, then try again."

// copySentence is for a service whose copy of the keys is of no use.
const copySentence = "The service's copy of TeleHab's keys is missing, or does not open. Nothing is lost. " +
	"Run telehab service install again, as it was run before."

var (
	// errLocked means that the keyring is locked, or that the prompt to unlock
	// it was dismissed.
	errLocked = errors.New("locked")
	// errNotKept means that the keyring reported success and then did not have
	// the value, as KWallet does when a person refuses to open the wallet.
	errNotKept = errors.New("the keyring did not keep the value")
	// errNoCollection means that the service has no collection to store a value
	// in.
	errNoCollection = errors.New("no collection to keep a value in")
)

// hiddenError means that a value may be stored where it cannot be seen now.
type hiddenError struct{ place string }

func (e *hiddenError) Error() string { return "not seen, and not proved absent" }

// coded adds the code and the sentence that a person can act on.
func coded(err error) error {
	var hidden *hiddenError
	var copied *copyError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &copied) && copied.missing:
		return &profile.Error{Code: profile.KeyringMissing, Message: copySentence, Cause: err}
	case errors.As(err, &copied):
		return &profile.Error{Code: profile.KeyringLocked, Message: copySentence, Cause: err}
	case errors.As(err, &hidden):
		return &profile.Error{Code: profile.KeyringLocked, Message: hiddenSentence(hidden.place), Cause: err}
	case errors.Is(err, errNoCollection):
		return &profile.Error{Code: profile.KeyringMissing, Message: noCollectionSentence, Cause: err}
	case errors.Is(err, errNoAnswer), errors.Is(err, errNotKept), errors.Is(err, errLocked), saysLocked(err):
		return &profile.Error{Code: profile.KeyringLocked, Message: lockedSentence(runtime.GOOS), Cause: err}
	case errors.Is(err, system.ErrNoAvailImpl), saysMissing(err):
		return &profile.Error{Code: profile.KeyringMissing, Message: missingSentence(runtime.GOOS), Cause: err}
	}
	return &profile.Error{Code: profile.Internal, Message: oddSentence, Cause: err}
}

// expected adjusts an error for a value that was stored: its keyring exists,
// whatever can be seen of it now. While the password manager does not run, the
// desktop may have started another, empty keyring in its place.
func expected(err error, place string) error {
	var copied *copyError
	switch {
	case errors.As(err, &copied):
		return err
	case errors.Is(err, errNoCollection):
		return &profile.Error{Code: profile.KeyringLocked, Message: hiddenSentence(placeName(place)), Cause: err}
	case profile.CodeOf(err) == profile.KeyringMissing && runtime.GOOS == "linux":
		return &profile.Error{Code: profile.KeyringMissing, Message: notRunningSentence, Cause: err}
	}
	return err
}
