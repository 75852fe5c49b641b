package keyring

import (
	"bytes"
	"encoding/json"
	"errors"

	system "github.com/99designs/keyring"
)

// store is one opened store of the operating system.
type store interface {
	// get returns the item with this name; place is where it was last, or "".
	// system.ErrKeyNotFound: the store is open and shows no such item.
	get(name, place string) (item, error)
	set(name string, value []byte) error
	remove(name string) error
	// proveAbsent returns nil if it is certain that there is no item with this
	// name, otherwise why that is uncertain. get has returned
	// system.ErrKeyNotFound before.
	proveAbsent(name, place string) error
	// kind names the store's implementation.
	kind() string
}

// item is a value and its place. The value is nil if set has not written it.
type item struct {
	Value []byte
	Place string
}

// opener opens a store of one kind, or fails if the computer has none.
type opener struct {
	kind string
	open func() (store, error)
	// running reports whether the store can be used without starting a program.
	running func() bool
}

// openFirst opens the first store that answers. Those of Open are the four that
// operating systems protect, never a file, pass or keyctl.
func openFirst(openers []opener) (store, error) {
	var failures []error
	for _, opener := range openers {
		opened, err := opener.open()
		if err == nil {
			return opened, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

// library is a store that is used through github.com/99designs/keyring: Windows
// Credential Manager, the macOS Keychain, KWallet.
type library struct {
	ring system.Keyring
	// place names the store, of which there is only one.
	place string
	// prefix is put before every name where all programs share one namespace.
	prefix string
	// refusesSilently means that the store answers "not found" instead of an
	// error if it may not be opened, so that absence has to be proved.
	refusesSilently bool
}

func (l *library) key(name string) string { return l.prefix + name }

func (l *library) kind() string { return l.place }

func openLibrary(config system.Config, l library) opener {
	open := func() (store, error) {
		ring, err := system.Open(config)
		if err != nil {
			return nil, err
		}
		opened := l
		opened.ring = ring
		return &opened, nil
	}
	return opener{kind: l.place, open: open, running: func() bool { return false }}
}

func (l *library) get(name, _ string) (item, error) {
	kept, err := l.ring.Get(l.key(name))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, system.ErrKeyNotFound) && l.refusesSilently:
		if probeErr := probe(l); probeErr != nil {
			return item{}, probeErr
		}
	case errors.As(err, &syntax), errors.As(err, &kind):
		return item{Place: l.place}, nil // not written by set
	}
	return item{Value: kept.Data, Place: l.place}, err
}

func (l *library) set(name string, value []byte) error {
	if err := l.ring.Set(system.Item{Key: l.key(name), Data: value, Label: l.key(name)}); err != nil {
		return err
	}
	back, err := l.ring.Get(l.key(name))
	if errors.Is(err, system.ErrKeyNotFound) || err == nil && !bytes.Equal(back.Data, value) {
		return errNotKept
	}
	return err
}

func (l *library) remove(name string) error { return l.ring.Remove(l.key(name)) }

// proveAbsent relies on each of these stores being one place, which is open if
// it stores a value. The item may still be in another store.
func (l *library) proveAbsent(_, place string) error {
	if place != "" && place != l.place || place == "" && l.refusesSilently {
		return &hiddenError{placeName(place)}
	}
	return probe(l)
}

func probe(s store) error {
	if err := s.set(probeName, []byte("probe")); err != nil {
		return err
	}
	return s.remove(probeName)
}
