package keyring

import (
	"context"
	"errors"

	system "github.com/99designs/keyring"
)

// Unprotected reports whether the values at a place, as Find returns it, lie on
// the disk in a form that anybody can read who has a copy of it: some Linux
// desktops make a keyring without a password. It is noticed for GNOME Keyring
// only, by the first bytes of the keyring's file; false also where that cannot
// be told. Nothing is changed.
func (k *Keyring) Unprotected(ctx context.Context, place string) (bool, error) {
	answer := make(chan bool, 1) // a call that hangs may end after this one has returned
	err := k.do(ctx, "look at the protection", func(s store) error {
		var unprotected bool
		var err error
		if reader, ok := s.(interface {
			unprotected(place string) (bool, error)
		}); ok {
			unprotected, err = reader.unprotected(place)
		}
		answer <- unprotected
		return err
	})
	if errors.Is(err, system.ErrKeyNotFound) {
		return false, nil // no such collection
	}
	if err != nil {
		return false, err
	}
	return <-answer, nil
}
