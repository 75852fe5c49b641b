package workspace

import "context"

// KeysUnprotected reports whether the keys of this store lie readable on the
// disk, because the system keyring has no password: see
// keyring.Keyring.Unprotected. Those of a demo do not matter.
//
// Errors: KeyringMissing, KeyringLocked.
func (w *Workspace) KeysUnprotected(ctx context.Context) (bool, error) {
	if w.demo != nil {
		return false, nil
	}
	return w.at.keyring.Unprotected(ctx, w.at.key.Place)
}
