package keyring

import (
	"context"
	"errors"

	system "github.com/99designs/keyring"
)

// ErrAbsent is what Find returns when a value is certainly in no keyring.
var ErrAbsent = errors.New("not in the system keyring")

// Find returns the value stored under name, and where it is: a text to store
// and to pass to the next Find as place. Pass "" for a value from before places
// were stored.
//
// ErrAbsent is proof, and the only answer after which data sealed with the
// value may be called lost. The proof depends on the store. Secret Service: the
// collection of that place exists, is open and was searched, and no other
// collection is locked. KWallet, Credential Manager, Keychain: the place is
// this store, it answered "not found", and it stored another value. Anything
// unproved is KeyringLocked or KeyringMissing.
func (k *Keyring) Find(ctx context.Context, name, place string) (value []byte, where string, err error) {
	found := make(chan item, 1) // a call that hangs may end after this one has returned
	err = k.do(ctx, "find "+name, func(s store) error {
		kept, err := k.find(s, name, place)
		found <- kept
		return err
	})
	switch {
	case errors.Is(err, system.ErrKeyNotFound):
		return nil, "", ErrAbsent
	case err != nil:
		return nil, "", expected(err, place)
	}
	kept := <-found
	return kept.Value, kept.Place, nil
}

// find returns system.ErrKeyNotFound only with proof.
func (k *Keyring) find(s store, name, place string) (item, error) {
	var unproved error
	proved := false
	for _, each := range append([]store{s}, k.otherStores(s)...) {
		kept, err := each.get(name, place)
		if !errors.Is(err, system.ErrKeyNotFound) {
			return kept, err
		}
		if err := each.proveAbsent(name, place); err == nil {
			proved = true
		} else if unproved == nil {
			unproved = err
		}
	}
	if proved {
		return item{}, system.ErrKeyNotFound
	}
	return item{}, unproved
}

// otherStores returns the other stores that run. An item may be there from a
// time when s did not run.
func (k *Keyring) otherStores(s store) []store {
	var all []store
	for _, opener := range k.openers {
		if opener.kind == s.kind() || !opener.running() {
			continue
		}
		if other, err := opener.open(); err == nil {
			all = append(all, other)
		}
	}
	return all
}

// remove deletes the item with this name from every store that runs.
func (k *Keyring) remove(s store, name string) error {
	var errs []error
	for _, each := range append([]store{s}, k.otherStores(s)...) {
		if err := each.remove(name); !errors.Is(err, system.ErrKeyNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Hidden returns the error for a value that is expected at place and cannot be
// seen there, while another value is found elsewhere.
func (k *Keyring) Hidden(place string) error {
	if k.IsCopy() {
		return coded(&copyError{cause: errors.New("a copy of another key")})
	}
	return coded(&hiddenError{placeName(place)})
}
