package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// service is what TeleHab's secrets are kept under in the system keyring.
const service = "TeleHab"

// secret is a secret of a store.
type secret string

// The secrets.
const (
	storeKey secret = "store key"
	nextKey  secret = "next store key" // while the store's key is being replaced
	apiKey   secret = "Cliniko API key"
	// hubAccess is how VALD Hub is reached, see hub.go.
	hubAccess secret = "VALD Hub access"
	// databaseAccess is how the database is reached that several computers of the
	// clinic share, see sharing.go.
	databaseAccess secret = "shared database"
)

// allSecrets are those of one store: servicePassword is another matter.
var allSecrets = []secret{storeKey, nextKey, apiKey, hubAccess, databaseAccess}

// secretNames are the names that one store's secrets have in the keyring. The
// store of the person's data folder has the plain ones; every other folder has
// names of its own, so that two stores of one person do not share keys.
type secretNames struct{ ending string }

func namesFor(o Options, storeDir string) secretNames {
	if o.Dir == "" && o.Account == "" {
		return secretNames{}
	}
	sum := sha256.Sum256([]byte(storeDir))
	return secretNames{" " + hex.EncodeToString(sum[:6])}
}

func (n secretNames) of(s secret) string { return string(s) + n.ending }

// dropAll deletes all of the secrets under these names.
func (l *location) dropAll(ctx context.Context, n secretNames) error {
	var errs []error
	for _, s := range allSecrets {
		errs = append(errs, l.drop(ctx, n.of(s)))
	}
	return errors.Join(errs...)
}
