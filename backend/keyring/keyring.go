// Package keyring keeps the program's few secrets (the Cliniko API key, the
// store's key) in the keyring of the operating system: Secret Service or
// KWallet on Linux, Credential Manager on Windows, the login Keychain on
// macOS. There is no fallback to a file; a service has copies of them in encrypted
// files: see OpenCopy.
//
// A keyring may be missing, or may wait indefinitely for a person to type a
// password. So no call takes longer than Limit, and both cases are coded errors
// with a next step: profile.KeyringMissing and profile.KeyringLocked. Values
// appear in no error and no log.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	system "github.com/99designs/keyring"

	"telehab.io/desktop/backend/keyring/internal/limit"
	_ "telehab.io/desktop/backend/keyring/internal/nolaunch" // before the line above connects to a bus
)

// Limit is how long a call may wait for the system keyring.
func Limit() time.Duration { return limit.Call }

// MaxValue is the length in bytes of the longest value that can be stored.
// Windows accepts 2,560; one limit for all systems makes a test on Linux count
// for all.
const MaxValue = 2048

const probeName = "probe"

// Keyring is one service's part of the system keyring. It is safe for
// concurrent use; calls go to the system one at a time. Open one per service
// and reuse it, since it remembers a hanging call.
type Keyring struct {
	openers []opener
	gate    *gate

	store store // opened by the first call that succeeds; only touched inside gate
}

// Open returns the keyring of a service. It does not access the system; the
// first call does. Probe tells whether the keyring works.
func Open(service string) *Keyring {
	return &Keyring{openers: openers(service), gate: newGate(Limit())}
}

// Memory returns a keyring in memory. It is for the demo on a computer without
// a system keyring, where the data directory is temporary too; it must not
// contain anything of a real clinic.
func Memory() *Keyring {
	held := &library{ring: system.NewArrayKeyring(nil), place: "memory"}
	open := opener{kind: held.place, open: func() (store, error) { return held, nil }}
	return &Keyring{openers: []opener{open}, gate: newGate(Limit())}
}

// Get returns the value stored under name, which is empty if it was not written
// by Set. found is false without an error when the keyring is open and shows
// nothing under that name. That does not prove absence: the value may be in a
// part that is closed now, see Find.
func (k *Keyring) Get(ctx context.Context, name string) (value []byte, found bool, err error) {
	kept := make(chan item, 1) // a call that hangs may end after this one has returned
	err = k.do(ctx, "read "+name, func(s store) error {
		found, err := s.get(name, "")
		kept <- found
		return err
	})
	switch {
	case errors.Is(err, system.ErrKeyNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	return (<-kept).Value, true, nil
}

// Set stores value under name, replacing what was there. It reads the value
// back before it reports success. A Set that failed with profile.KeyringLocked
// may still take effect later, when the keyring is unlocked.
func (k *Keyring) Set(ctx context.Context, name string, value []byte) error {
	if len(value) == 0 || len(value) > MaxValue {
		return fmt.Errorf("keyring: a value of %d bytes for %s; 1 to %d are possible", len(value), name, MaxValue)
	}
	own := slices.Clone(value) // the caller may wipe its copy while a hanging call still holds this one
	return k.do(ctx, "write "+name, func(s store) error { return s.set(name, own) })
}

// Delete removes the value stored under name, if there is one.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	err := k.do(ctx, "delete "+name, func(s store) error { return k.remove(s, name) })
	if errors.Is(err, system.ErrKeyNotFound) {
		return nil
	}
	return err
}

// Probe writes, reads and deletes a dummy item to find out whether the keyring
// exists and is open. Its error has a sentence for a person.
func (k *Keyring) Probe(ctx context.Context) error {
	return k.do(ctx, "probe", probe)
}

// do runs step on the opened store, within the gate's limit, and adds codes to
// errors. It returns system.ErrKeyNotFound unchanged.
func (k *Keyring) do(ctx context.Context, what string, step func(store) error) error {
	err := k.gate.run(ctx, func() error {
		if k.store == nil {
			opened, err := openFirst(k.openers)
			if err != nil {
				return err
			}
			k.store = opened
		}
		return step(k.store)
	})
	if err == nil || errors.Is(err, system.ErrKeyNotFound) {
		return err
	}
	return coded(fmt.Errorf("keyring: %s: %w", what, err))
}
