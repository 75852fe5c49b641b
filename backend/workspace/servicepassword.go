package workspace

import (
	"context"
	"fmt"
	"io/fs"

	"telehab.io/desktop/backend/keyring"
)

// ownKeyring is the keyring of a service that has an account of its own, as on
// Windows. Its name differs from that of a person's, so that removing the service
// takes nothing else along, even where both are one account.
func ownKeyring() *keyring.Keyring { return keyring.Open(service + " service") }

// KeepServicePassword stores the password of the copies of the keys in the
// keyring of the account that runs this.
//
// Errors: KeyringMissing, KeyringLocked.
func KeepServicePassword(ctx context.Context, password []byte) error {
	return ownKeyring().Set(ctx, string(servicePassword), password)
}

// ServicePassword is for Options.ServicePassword: the one that was stored.
func ServicePassword() (string, error) {
	password, found, err := ownKeyring().Get(context.Background(), string(servicePassword))
	if err == nil && !found {
		err = fmt.Errorf("the password of the service's keys: %w", fs.ErrNotExist)
	}
	return string(password), err
}

// ForgetServicePassword deletes it.
//
// Errors: KeyringMissing, KeyringLocked.
func ForgetServicePassword(ctx context.Context) error {
	return ownKeyring().Delete(ctx, string(servicePassword))
}
