package keyring

import (
	"errors"
	"fmt"
	"slices"

	system "github.com/99designs/keyring"
	"github.com/godbus/dbus/v5"
)

// secretService is the freedesktop Secret Service, which GNOME Keyring,
// KeePassXC and KWallet implement: collections of items, each locked or
// unlocked, one of which is the default.
//
// github.com/99designs/keyring knows a collection only by its name, creates it
// if there is none of that name, mistakes a locked collection of KeePassXC for
// an empty one, and waits for the answer to a prompt without a limit. So this
// uses D-Bus directly. Items have the format of that library.
type secretService struct {
	prefix  string
	bus     *dbus.Conn
	session dbus.ObjectPath // of the current call
}

const (
	secretsName     = "org.freedesktop.secrets"
	secretsPath     = "/org/freedesktop/secrets"
	collectionsPath = secretsPath + "/collection/"
	loginPath       = dbus.ObjectPath(collectionsPath + "login")
	sessionPath     = dbus.ObjectPath(collectionsPath + "session") // GNOME's, dropped when the session ends

	serviceInterface    = "org.freedesktop.Secret.Service."
	collectionInterface = "org.freedesktop.Secret.Collection."
	itemInterface       = "org.freedesktop.Secret.Item."

	noObject = dbus.ObjectPath("/") // D-Bus has no empty path
)

// openSecretService connects to the session bus and opens a session, which
// starts the service if it is installed and not running.
func openSecretService(prefix string) (store, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		// Without a bus there is no service.
		return nil, errors.Join(system.ErrNoAvailImpl, err)
	}
	s := &secretService{prefix: prefix, bus: bus}
	if err := s.inSession(func() error { return nil }); err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	return s, nil
}

func (s *secretService) kind() string { return secretsName }

// inSession runs step in a session of the service.
func (s *secretService) inSession(step func() error) error {
	var out dbus.Variant
	err := s.service().Call(serviceInterface+"OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&out, &s.session)
	if err != nil {
		return err
	}
	defer func() { _ = s.bus.Object(secretsName, s.session).Call("org.freedesktop.Secret.Session.Close", 0).Err }()
	return step()
}

func (s *secretService) service() dbus.BusObject { return s.bus.Object(secretsName, secretsPath) }

func (s *secretService) key(name string) string { return s.prefix + name }

// view is a snapshot of what the service shows.
type view struct {
	all    []dbus.ObjectPath // the person's collections, in the order in which they are searched
	locked map[dbus.ObjectPath]bool
	target dbus.ObjectPath // where new items go; noObject: there is no such collection
}

// readView reads the collections. The one at place is searched first, then the
// default one, then the login collection that earlier versions used.
func (s *secretService) readView(place string) (view, error) {
	v := view{locked: map[dbus.ObjectPath]bool{}, target: noObject}
	var all []dbus.ObjectPath
	property, err := s.service().GetProperty(serviceInterface + "Collections")
	if err != nil {
		return v, err
	}
	if err := property.Store(&all); err != nil {
		return v, err
	}
	all = slices.DeleteFunc(all, func(path dbus.ObjectPath) bool { return path == sessionPath })
	if v.target, err = s.target(all); err != nil {
		return v, err
	}
	for _, first := range append([]dbus.ObjectPath{dbus.ObjectPath(place), v.target, loginPath}, all...) {
		if !slices.Contains(all, first) || slices.Contains(v.all, first) {
			continue
		}
		v.all = append(v.all, first)
		if v.locked[first], err = s.isLocked(first); err != nil {
			return v, err
		}
	}
	return v, nil
}

// target returns the collection with the alias "default", otherwise the login
// one, otherwise the only one.
func (s *secretService) target(all []dbus.ObjectPath) (dbus.ObjectPath, error) {
	var path dbus.ObjectPath
	if err := s.service().Call(serviceInterface+"ReadAlias", 0, "default").Store(&path); err != nil {
		return noObject, err
	}
	switch {
	case slices.Contains(all, path):
		return path, nil
	case slices.Contains(all, loginPath):
		return loginPath, nil
	case len(all) == 1:
		return all[0], nil
	}
	return noObject, nil
}

func (s *secretService) isLocked(collection dbus.ObjectPath) (bool, error) {
	var locked bool
	property, err := s.bus.Object(secretsName, collection).GetProperty(collectionInterface + "Locked")
	if err != nil {
		return true, err
	}
	return locked, property.Store(&locked)
}

// label is the collection's name for a person.
func (s *secretService) label(collection dbus.ObjectPath) string {
	var label string
	property, err := s.bus.Object(secretsName, collection).GetProperty(collectionInterface + "Label")
	if err == nil {
		err = property.Store(&label)
	}
	if err != nil || label == "" {
		return dbusName(collection)
	}
	return label
}

// ensureUnlocked prompts the person to unlock the collection if it is locked.
func (s *secretService) ensureUnlocked(v view, collection dbus.ObjectPath) error {
	if !v.locked[collection] {
		return nil
	}
	if err := s.unlock(collection); err != nil {
		return err
	}
	locked, err := s.isLocked(collection)
	if err == nil && locked {
		err = errLocked
	}
	v.locked[collection] = err != nil
	return err
}

// get reads from the unlocked collections. Only if they do not have the item it
// prompts to unlock the one where it was, and the one where new items go.
func (s *secretService) get(name, place string) (found item, err error) {
	err = s.inSession(func() error {
		found, err = s.getItem(name, place)
		return err
	})
	return found, err
}

func (s *secretService) getItem(name, place string) (item, error) {
	v, err := s.readView(place)
	if err != nil {
		return item{}, err
	}
	collection, path, err := s.findUnlocked(v, name)
	if errors.Is(err, system.ErrKeyNotFound) {
		for _, closed := range []dbus.ObjectPath{dbus.ObjectPath(place), v.target} {
			if err := s.ensureUnlocked(v, closed); err != nil {
				return item{}, err
			}
		}
		if v.target == noObject {
			return item{}, errNoCollection
		}
		collection, path, err = s.findUnlocked(v, name)
	}
	if err != nil {
		return item{}, err
	}
	value, err := s.read(path)
	return item{Value: value, Place: string(collection)}, err
}

// findUnlocked searches the unlocked collections.
func (s *secretService) findUnlocked(v view, name string) (collection, path dbus.ObjectPath, err error) {
	for _, collection := range v.all {
		if v.locked[collection] {
			continue
		}
		paths, err := s.search(collection, name)
		if err != nil {
			return noObject, noObject, err
		}
		if len(paths) > 0 {
			return collection, paths[0], nil
		}
	}
	return noObject, noObject, system.ErrKeyNotFound
}

// proveAbsent allows for KeePassXC, which finds nothing in a locked database
// and does not list closed ones. So the collection where the item was has to
// exist, and none may be locked. Earlier versions did not store where an item
// was, and used only the login collection.
func (s *secretService) proveAbsent(name, place string) error {
	return s.inSession(func() error {
		if place == "" {
			place = string(loginPath)
		}
		v, err := s.readView(place)
		if err != nil {
			return err
		}
		home := dbus.ObjectPath(place)
		if !slices.Contains(v.all, home) {
			return &hiddenError{dbusName(home)}
		}
		for _, collection := range v.all {
			if v.locked[collection] {
				return &hiddenError{s.label(collection)}
			}
		}
		if _, _, err := s.findUnlocked(v, name); !errors.Is(err, system.ErrKeyNotFound) {
			return errors.Join(&hiddenError{s.label(home)}, err) // it appeared meanwhile, or could not be searched
		}
		return nil
	})
}

// set replaces the item where it is, or adds it to the target.
func (s *secretService) set(name string, value []byte) error {
	return s.inSession(func() error {
		v, err := s.readView("")
		if err != nil {
			return err
		}
		if v.target == noObject {
			if v.target, err = s.firstCollection(v); err != nil {
				return err
			}
		}
		if err := s.ensureUnlocked(v, v.target); err != nil {
			return err
		}
		collection, _, err := s.findUnlocked(v, name)
		if errors.Is(err, system.ErrKeyNotFound) {
			collection, err = v.target, nil
		}
		if err != nil {
			return err
		}
		return s.write(collection, name, value)
	})
}

// firstCollection creates the first collection of a new GNOME Keyring, which
// asks the person for its password. It does so with no other service: KeePassXC
// would show its assistant for new databases.
func (s *secretService) firstCollection(v view) (dbus.ObjectPath, error) {
	if len(v.all) > 0 || !s.isGNOME() {
		return noObject, errNoCollection
	}
	properties := map[string]dbus.Variant{collectionInterface + "Label": dbus.MakeVariant("login")}
	var path, question dbus.ObjectPath
	if err := s.service().Call(serviceInterface+"CreateCollection", 0, properties, "default").Store(&path, &question); err != nil {
		return noObject, err
	}
	if question != noObject {
		result, err := s.prompt(question, nil)
		if errors.Is(err, errLocked) {
			err = errors.Join(errNoCollection, err)
		}
		if err != nil {
			return noObject, err
		}
		if err := result.Store(&path); err != nil {
			return noObject, fmt.Errorf("a new collection: %w", err)
		}
	}
	if path == noObject || path == "" {
		return noObject, errNoCollection
	}
	return path, nil
}

// isGNOME reports whether the service is GNOME Keyring.
func (s *secretService) isGNOME() bool {
	var gnome, secrets string
	get := "org.freedesktop.DBus.GetNameOwner"
	err := errors.Join(
		s.bus.BusObject().Call(get, 0, "org.gnome.keyring").Store(&gnome),
		s.bus.BusObject().Call(get, 0, secretsName).Store(&secrets))
	return err == nil && gnome == secrets
}

// remove deletes the item wherever it is. The collections where it may be have
// to be unlocked; GNOME Keyring lists the items of a locked one too.
func (s *secretService) remove(name string) error {
	return s.inSession(func() error {
		v, err := s.readView("")
		if err != nil {
			return err
		}
		if len(v.all) == 0 {
			if s.isGNOME() {
				return system.ErrKeyNotFound
			}
			return errLocked // KeePassXC, with its databases closed
		}
		for _, collection := range []dbus.ObjectPath{v.target, loginPath} {
			if err := s.ensureUnlocked(v, collection); err != nil {
				return err
			}
		}
		var deleted int
		for _, collection := range v.all {
			paths, err := s.search(collection, name)
			if err != nil {
				return err
			}
			for _, path := range paths {
				if err := s.delete(path); err != nil {
					return err
				}
				deleted++
			}
		}
		if deleted == 0 {
			return system.ErrKeyNotFound
		}
		return nil
	})
}
