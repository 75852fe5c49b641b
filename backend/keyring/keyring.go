// Package keyring keeps the program's few secrets (the Cliniko API key, the
// store's key) in the keyring of the operating system: Secret Service or
// KWallet on Linux, Credential Manager on Windows, the login Keychain on
// macOS. There is no fallback to a file.
//
// A keyring may be missing, or may wait for ever for somebody to type a
// password. So no call takes longer than Limit, and both cases come back as
// coded errors with a next step: profile.KeyringMissing and
// profile.KeyringLocked. Values appear in no error and no log.
package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	system "github.com/99designs/keyring"

	_ "telehab.io/desktop/backend/keyring/internal/nolaunch" // before the line above connects to a bus
)

// Limit is how long a call may wait for the system keyring.
const Limit = 3 * time.Second

// MaxValue is the longest value that is kept, in bytes. Windows takes 2,560;
// one limit for all systems keeps a Linux test honest.
const MaxValue = 2048

const probeName = "probe"

// Keyring is one service's part of the system keyring. It is safe for
// concurrent use; calls go to the system one at a time. Open one per service
// and keep it, because the guard against a hanging keyring lives in it.
type Keyring struct {
	service string
	open    func(service string) (*backend, error)
	gate    *gate

	backend *backend // opened by the first call that succeeds; only touched inside gate
}

// Open names the service whose secrets are meant. It touches nothing: the
// first call does, and Probe tells whether the keyring works.
func Open(service string) *Keyring {
	return &Keyring{service: service, open: openSystem, gate: newGate(Limit)}
}

// Memory is a keyring that forgets everything when the program ends. It is for
// the demo on a computer without a system keyring, where the data directory is
// thrown away as well; nothing of a real clinic may be kept in it.
func Memory() *Keyring {
	held := &backend{ring: system.NewArrayKeyring(nil)}
	open := func(string) (*backend, error) { return held, nil }
	return &Keyring{service: "memory", open: open, gate: newGate(Limit)}
}

// Get returns the value kept under name. found is false when there is none,
// and is only false without an error when the keyring was open and could have
// answered: it is safe to make a new key then.
func (k *Keyring) Get(ctx context.Context, name string) (value []byte, found bool, err error) {
	var kept []byte
	err = k.do(ctx, "read "+name, func(b *backend) error {
		data, err := b.get(name)
		kept = data
		return err
	})
	switch {
	case errors.Is(err, system.ErrKeyNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	return kept, true, nil
}

// Set keeps value under name, replacing what was there. It reads the value
// back before it reports success. A Set that ended in profile.KeyringLocked may
// still take effect later, when somebody unlocks the keyring.
func (k *Keyring) Set(ctx context.Context, name string, value []byte) error {
	if len(value) == 0 || len(value) > MaxValue {
		return fmt.Errorf("keyring: a value of %d bytes for %s; 1 to %d are possible", len(value), name, MaxValue)
	}
	own := slices.Clone(value) // the caller may wipe its copy while a hanging call still holds this one
	return k.do(ctx, "write "+name, func(b *backend) error { return b.set(name, own) })
}

// Delete removes what is kept under name. Nothing there is fine.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	err := k.do(ctx, "delete "+name, func(b *backend) error { return b.remove(name) })
	if errors.Is(err, system.ErrKeyNotFound) {
		return nil
	}
	return err
}

// Probe writes, reads and deletes an item of no meaning, and so answers whether
// the keyring is there and open. Its error has a sentence for a person.
func (k *Keyring) Probe(ctx context.Context) error {
	return k.do(ctx, "probe", func(b *backend) error { return b.probe() })
}

// do runs step on the opened backend, within the gate's limit, and gives
// failures their code. system.ErrKeyNotFound is passed on as it is.
func (k *Keyring) do(ctx context.Context, what string, step func(*backend) error) error {
	err := k.gate.run(ctx, func() error {
		if k.backend == nil {
			opened, err := k.open(k.service)
			if err != nil {
				return err
			}
			k.backend = opened
		}
		return step(k.backend)
	})
	if err == nil || errors.Is(err, system.ErrKeyNotFound) {
		return err
	}
	return coded(fmt.Errorf("keyring: %s: %w", what, err))
}

// errNotKept means that the keyring said yes and then did not have the value,
// as KWallet does when somebody refuses to open the wallet.
var errNotKept = errors.New("the keyring did not keep the value")

func (b *backend) get(name string) ([]byte, error) {
	item, err := b.ring.Get(b.key(name))
	if errors.Is(err, system.ErrKeyNotFound) && b.refusesSilently {
		if probeErr := b.probe(); probeErr != nil {
			return nil, probeErr
		}
	}
	return item.Data, err
}

func (b *backend) set(name string, value []byte) error {
	if err := b.ring.Set(system.Item{Key: b.key(name), Data: value, Label: b.key(name)}); err != nil {
		return err
	}
	back, err := b.ring.Get(b.key(name))
	if errors.Is(err, system.ErrKeyNotFound) || err == nil && !bytes.Equal(back.Data, value) {
		return errNotKept
	}
	return err
}

func (b *backend) remove(name string) error { return b.ring.Remove(b.key(name)) }

func (b *backend) probe() error {
	if err := b.set(probeName, []byte("probe")); err != nil {
		return err
	}
	return b.remove(probeName)
}
