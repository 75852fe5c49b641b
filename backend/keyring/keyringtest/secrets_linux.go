package keyringtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = "/org/freedesktop/secrets"
)

// An Answer is the person's answer to a prompt of Secrets.
type Answer int

// The answers.
const (
	Yes    Answer = iota
	No            // the prompt is dismissed
	Silent        // no answer
)

// Secrets is a Secret Service that simulates what the real KeePassXC does only
// by hand at its window: a locked collection shows no items, new items come
// with a prompt, answers are sent to every client, and the default collection
// changes.
type Secrets struct {
	t   testing.TB
	bus *dbus.Conn

	mu          sync.Mutex
	collections map[dbus.ObjectPath]*shelf
	standard    dbus.ObjectPath // the alias "default"; "/" for none
	questions   map[dbus.ObjectPath]func() dbus.Variant
	answer      Answer
	asked       int // prompts that were shown
	made        int // collections that were requested
	last        int
}

type shelf struct {
	locked bool
	items  map[dbus.ObjectPath]*content
}

type content struct {
	attributes map[string]string
	value      []byte
}

type wireSecret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// NewSecrets offers the service on the session bus, with open and empty
// collections of these names, the first of which is the default.
func NewSecrets(t testing.TB, names ...string) *Secrets {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatalf("reach the bus: %v", err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	s := &Secrets{t: t, bus: bus, collections: map[dbus.ObjectPath]*shelf{}, standard: "/", questions: map[dbus.ObjectPath]func() dbus.Variant{}}
	for _, name := range names {
		s.collections[collectionPath(name)] = &shelf{items: map[dbus.ObjectPath]*content{}}
	}
	s.SetDefault(names[0])
	export := func(methods map[string]any, path dbus.ObjectPath, subtree bool, name string) {
		err := bus.ExportMethodTable(methods, path, name)
		if subtree {
			err = bus.ExportSubtreeMethodTable(methods, path, name)
		}
		if err != nil {
			t.Fatalf("export %s: %v", name, err)
		}
	}
	export(map[string]any{"OpenSession": s.openSession, "ReadAlias": s.readAlias, "Unlock": s.unlock, "CreateCollection": s.create},
		secretsPath, false, "org.freedesktop.Secret.Service")
	export(map[string]any{"Get": s.property}, secretsPath, true, "org.freedesktop.DBus.Properties")
	export(map[string]any{"SearchItems": s.search, "CreateItem": s.add}, secretsPath, true, "org.freedesktop.Secret.Collection")
	export(map[string]any{"GetSecret": s.read, "Delete": s.delete}, secretsPath, true, "org.freedesktop.Secret.Item")
	export(map[string]any{"Prompt": s.prompt, "Dismiss": s.dismiss}, secretsPath, true, "org.freedesktop.Secret.Prompt")
	export(map[string]any{"Close": func() *dbus.Error { return nil }}, secretsPath, true, "org.freedesktop.Secret.Session")
	if reply, err := bus.RequestName(secretsName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("claim %s: %v, %v", secretsName, reply, err)
	}
	return s
}

func collectionPath(name string) dbus.ObjectPath {
	return dbus.ObjectPath(secretsPath + "/collection/" + name)
}

// do runs a change under the lock, and returns its result.
func do[T any](s *Secrets, change func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return change()
}

// Lock locks the collections of these names, as a person does in the password
// manager's window.
func (s *Secrets) Lock(names ...string) { s.setLocked(true, names) }

// Unlock unlocks the collections of these names.
func (s *Secrets) Unlock(names ...string) { s.setLocked(false, names) }

func (s *Secrets) setLocked(locked bool, names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		s.collections[collectionPath(name)].locked = locked
	}
}

// SetDefault sets the default collection; "" means none.
func (s *Secrets) SetDefault(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.standard = "/"; name != "" {
		s.standard = collectionPath(name)
	}
}

// Close removes the collection from the service, and returns a function that
// restores it.
func (s *Secrets) Close(name string) (reopen func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := collectionPath(name)
	closed := s.collections[path]
	delete(s.collections, path)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.collections[path] = closed
	}
}

// SetAnswer sets the person's answer from now on.
func (s *Secrets) SetAnswer(answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// Asked returns how many prompts were shown.
func (s *Secrets) Asked() int { return do(s, func() int { return s.asked }) }

// Made returns how many new collections were requested.
func (s *Secrets) Made() int { return do(s, func() int { return s.made }) }

// Items returns how many items are in the collection.
func (s *Secrets) Items(name string) int {
	return do(s, func() int { return len(s.collections[collectionPath(name)].items) })
}

// Spoil replaces the content of every item of the collection.
func (s *Secrets) Spoil(name string, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range s.collections[collectionPath(name)].items {
		item.value = value
	}
}

func (s *Secrets) openSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), secretsPath + "/session/one", nil
}

func (s *Secrets) readAlias(name string) (dbus.ObjectPath, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name != "default" || s.collections[s.standard] == nil {
		return "/", nil
	}
	return s.standard, nil
}

func (s *Secrets) property(message dbus.Message, _, name string) (dbus.Variant, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := pathOf(message)
	if path == secretsPath && name == "Collections" {
		return dbus.MakeVariant(slices.Sorted(maps.Keys(s.collections))), nil
	}
	collection := s.collections[path]
	switch {
	case collection == nil:
		return dbus.Variant{}, noObject()
	case name == "Locked":
		return dbus.MakeVariant(collection.locked), nil
	}
	return dbus.MakeVariant(string(path[strings.LastIndex(string(path), "/")+1:])), nil
}

func (s *Secrets) search(message dbus.Message, wanted map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []dbus.ObjectPath{}
	collection := s.collections[pathOf(message)]
	if collection == nil {
		return nil, noObject()
	}
	if collection.locked {
		return found, nil
	}
	for path, item := range collection.items {
		if maps.Equal(item.attributes, wanted) {
			found = append(found, path)
		}
	}
	return found, nil
}

func (s *Secrets) add(message dbus.Message, properties map[string]dbus.Variant, secret wireSecret, _ bool) (item, question dbus.ObjectPath, err *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := pathOf(message)
	attributes := map[string]string{}
	if properties["org.freedesktop.Secret.Item.Attributes"].Store(&attributes) != nil {
		return "/", "/", dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", nil)
	}
	return "/", s.question(func() dbus.Variant {
		collection := s.collections[path]
		for _, old := range collection.items {
			if maps.Equal(old.attributes, attributes) {
				old.value = secret.Value
				return dbus.MakeVariant(path)
			}
		}
		s.last++
		added := dbus.ObjectPath(fmt.Sprintf("%s/%d", path, s.last))
		collection.items[added] = &content{attributes, secret.Value}
		return dbus.MakeVariant(added)
	}), nil
}

func (s *Secrets) read(message dbus.Message, session dbus.ObjectPath) (wireSecret, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	collection, path := s.holder(message)
	switch {
	case collection == nil:
		return wireSecret{}, noObject()
	case collection.locked:
		return wireSecret{}, dbus.NewError("org.freedesktop.Secret.Error.IsLocked", nil)
	}
	return wireSecret{session, []byte{}, collection.items[path].value, "application/json"}, nil
}

func (s *Secrets) delete(message dbus.Message) (question dbus.ObjectPath, err *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	collection, path := s.holder(message)
	if collection == nil {
		return "/", noObject()
	}
	delete(collection.items, path)
	return "/", nil
}

// holder is the collection that has the item.
func (s *Secrets) holder(message dbus.Message) (*shelf, dbus.ObjectPath) {
	path := pathOf(message)
	collection := s.collections[path[:strings.LastIndex(string(path), "/")]]
	if collection == nil || collection.items[path] == nil {
		return nil, path
	}
	return collection, path
}

func (s *Secrets) unlock(objects []dbus.ObjectPath) (unlocked []dbus.ObjectPath, question dbus.ObjectPath, err *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []dbus.ObjectPath{}, s.question(func() dbus.Variant {
		for _, path := range objects {
			s.collections[path].locked = false
		}
		return dbus.MakeVariant(objects)
	}), nil
}

// create counts the request, for which a password manager would show its
// assistant.
func (s *Secrets) create(map[string]dbus.Variant, string) (collection, question dbus.ObjectPath, err *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return "/", s.question(func() dbus.Variant { return dbus.MakeVariant(dbus.ObjectPath("/")) }), nil
}

// question creates a prompt, which calls yes when the answer is yes.
func (s *Secrets) question(yes func() dbus.Variant) dbus.ObjectPath {
	s.last++
	path := dbus.ObjectPath(fmt.Sprintf("%s/prompt/%d", secretsPath, s.last))
	s.questions[path] = yes
	return path
}

func (s *Secrets) prompt(message dbus.Message, _ string) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := pathOf(message)
	s.asked++
	if s.answer == Silent {
		return nil
	}
	result := dbus.MakeVariant("")
	if s.answer == Yes {
		result = s.questions[path]()
	}
	if err := s.bus.Emit(path, "org.freedesktop.Secret.Prompt.Completed", s.answer == No, result); err != nil {
		s.t.Errorf("answer a question: %v", err)
	}
	return nil
}

func (s *Secrets) dismiss(dbus.Message) *dbus.Error { return nil }

func pathOf(message dbus.Message) dbus.ObjectPath {
	path, _ := message.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	return path
}

func noObject() *dbus.Error { return dbus.NewError("org.freedesktop.DBus.Error.UnknownObject", nil) }
