package service

import (
	"crypto/sha1" // #nosec G505 -- Windows makes the identifiers of services with it
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

// name is what Windows knows the service by.
const name = "TeleHab"

// accountName is the virtual account that Windows makes for the service alone.
// It has no password, no right beyond those of every user, and a profile with a
// Credential Manager of its own.
const accountName = `NT SERVICE\` + name

// modify is what Windows' own dialog calls so: read, write and delete, without
// changing who may.
const modify = windows.FILE_GENERIC_READ | windows.FILE_GENERIC_WRITE | windows.FILE_GENERIC_EXECUTE | windows.DELETE

// accountSID returns the identifier of the virtual account, which follows from
// its name whether the service exists or not: S-1-5-80 and the SHA-1 of the name
// in capitals.
func accountSID(service string) (*windows.SID, error) {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(strings.ToUpper(service))) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	sum := sha1.Sum(raw) // #nosec G401 -- as above
	text := "S-1-5-80"
	for at := 0; at < len(sum); at += 4 {
		text += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[at:]))
	}
	return windows.StringToSid(text)
}

// admit gives the service's account access to the data folder and to all that is
// in it or will be.
func admit(dir string) error { return changeAccess(dir, windows.SET_ACCESS) }

// expel takes that access away again.
func expel(dir string) error { return changeAccess(dir, windows.REVOKE_ACCESS) }

// changeAccess changes the folder's list of who may. Windows hands the change on
// to what is in the folder.
func changeAccess(dir string, mode windows.ACCESS_MODE) error {
	now, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("read who may use the data folder: %w", err)
	}
	list, err := withAccount(now, mode)
	if err == nil {
		err = windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	}
	if err != nil {
		return fmt.Errorf("change who may use the data folder: %w", err)
	}
	return nil
}

// withAccount returns the list of a folder with or without the service's account.
func withAccount(now *windows.SECURITY_DESCRIPTOR, mode windows.ACCESS_MODE) (*windows.ACL, error) {
	account, err := accountSID(name)
	if err != nil {
		return nil, err
	}
	before, _, err := now.DACL()
	if err != nil {
		return nil, err
	}
	return windows.ACLFromEntries([]windows.EXPLICIT_ACCESS{{
		AccessPermissions: modify,
		AccessMode:        mode,
		Inheritance:       windows.SUB_CONTAINERS_AND_OBJECTS_INHERIT,
		Trustee: windows.TRUSTEE{
			TrusteeForm:  windows.TRUSTEE_IS_SID,
			TrusteeType:  windows.TRUSTEE_IS_USER,
			TrusteeValue: windows.TrusteeValueFromSID(account),
		},
	}}, before)
}

// closeHandOver lets only administrators, the system and the service use the
// file, whatever the folder says.
func closeHandOver(path string) error {
	account, err := accountSID(name)
	if err != nil {
		return err
	}
	only, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + account.String() + ")")
	if err != nil {
		return err
	}
	list, _, err := only.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}
