package keyring

import (
	"regexp"
	"strconv"
)

// state is what a system's result code says about the keyring.
type state int

const (
	stateOther   state = iota // nothing about the keyring as a whole
	stateLocked               // it exists, and was not opened
	stateMissing              // it does not exist, or does not run
)

// keychainState interprets result codes of the macOS Keychain. "Not found" is
// not among them, since it means that an open keychain does not have the item.
func keychainState(status int) state {
	switch status {
	case -128, // errSecUserCanceled
		-25243, // errSecNoAccessForItem
		-25293, // errSecAuthFailed
		-25308, // errSecInteractionNotAllowed
		-25315: // errSecInteractionRequired
		return stateLocked
	case -25291, // errSecNotAvailable
		-25294, // errSecNoSuchKeychain
		-25295, // errSecInvalidKeychain
		-25307: // errSecNoDefaultKeychain
		return stateMissing
	}
	return stateOther
}

// credentialsState interprets error codes of Windows Credential Manager, which
// cannot decrypt its values after an administrator has reset the person's
// password.
func credentialsState(code uint32) state {
	switch code {
	case 5, // ERROR_ACCESS_DENIED
		1312,       // ERROR_NO_SUCH_LOGON_SESSION
		1326,       // ERROR_LOGON_FAILURE
		0x80090005, // NTE_BAD_DATA
		0x8009000B: // NTE_BAD_KEY_STATE
		return stateLocked
	case 1058, // ERROR_SERVICE_DISABLED
		1062, // ERROR_SERVICE_NOT_ACTIVE
		1722: // RPC_S_SERVER_UNAVAILABLE
		return stateMissing
	}
	return stateOther
}

var statusAtEnd = regexp.MustCompile(`\((-\d+)\)$`)

// keychainStatus is the result code at the end of the library's errors, or 0.
// Their type exists only on macOS.
func keychainStatus(err error) int {
	match := statusAtEnd.FindStringSubmatch(err.Error())
	if match == nil {
		return 0
	}
	status, _ := strconv.Atoi(match[1]) // digits, by the pattern
	return status
}
