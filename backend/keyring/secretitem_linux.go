package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	system "github.com/99designs/keyring"
	"github.com/godbus/dbus/v5"
)

// secret is a value in the form that the Secret Service uses.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

func (s *secretService) search(collection dbus.ObjectPath, name string) ([]dbus.ObjectPath, error) {
	var paths []dbus.ObjectPath
	err := s.bus.Object(secretsName, collection).Call(collectionInterface+"SearchItems", 0, s.attributes(name)).Store(&paths)
	return paths, err
}

func (s *secretService) attributes(name string) map[string]string {
	return map[string]string{"profile": s.key(name)}
}

// read returns an item's value. KeePassXC locks single items until the person
// has given this program access.
func (s *secretService) read(path dbus.ObjectPath) ([]byte, error) {
	kept, err := s.secretOf(path)
	if busErrorName(err) == isLockedError {
		if err := s.unlock(path); err != nil {
			return nil, err
		}
		kept, err = s.secretOf(path)
	}
	if err != nil {
		return nil, err
	}
	return valueOf(kept.Value), nil
}

// valueOf returns the value in content, or nil if it was not written by write.
func valueOf(content []byte) []byte {
	var kept system.Item
	if err := json.Unmarshal(content, &kept); err != nil {
		return nil
	}
	return kept.Data
}

func (s *secretService) secretOf(path dbus.ObjectPath) (secret, error) {
	var kept secret
	err := s.bus.Object(secretsName, path).Call(itemInterface+"GetSecret", 0, s.session).Store(&kept)
	return kept, err
}

func (s *secretService) write(collection dbus.ObjectPath, name string, value []byte) error {
	content, err := json.Marshal(system.Item{Key: s.key(name), Data: value, Label: s.key(name)})
	if err != nil {
		return err
	}
	properties := map[string]dbus.Variant{
		itemInterface + "Label":      dbus.MakeVariant(s.key(name)),
		itemInterface + "Attributes": dbus.MakeVariant(s.attributes(name)),
	}
	var path, question dbus.ObjectPath
	err = s.bus.Object(secretsName, collection).Call(collectionInterface+"CreateItem", 0, properties,
		secret{s.session, []byte{}, content, "application/json"}, true).Store(&path, &question)
	if err != nil {
		return err
	}
	if question != noObject {
		if _, err := s.prompt(question, nil); err != nil {
			return err
		}
	}
	paths, err := s.search(collection, name)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errNotKept
	}
	back, err := s.read(paths[0])
	if err == nil && !bytes.Equal(back, value) {
		err = errNotKept
	}
	return err
}

func (s *secretService) delete(path dbus.ObjectPath) error {
	question, err := s.deletion(path)
	if busErrorName(err) == isLockedError {
		if err := s.unlock(path); err != nil {
			return err
		}
		question, err = s.deletion(path)
	}
	if err == nil && question != noObject {
		_, err = s.prompt(question, nil)
	}
	return err
}

func (s *secretService) deletion(path dbus.ObjectPath) (question dbus.ObjectPath, err error) {
	err = s.bus.Object(secretsName, path).Call(itemInterface+"Delete", 0).Store(&question)
	return question, err
}

// unlock asks the person to unlock a collection or an item.
func (s *secretService) unlock(object dbus.ObjectPath) error {
	var unlocked []dbus.ObjectPath
	var question dbus.ObjectPath
	err := s.service().Call(serviceInterface+"Unlock", 0, []dbus.ObjectPath{object}).Store(&unlocked, &question)
	if err != nil || question == noObject {
		return err
	}
	open := func() (bool, error) { return false, nil }
	if strings.Count(string(object), "/") == strings.Count(collectionsPath, "/") {
		open = func() (bool, error) {
			locked, err := s.isLocked(object)
			return !locked, err
		}
	}
	_, err = s.prompt(question, open)
	return err
}

// A prompt stays on the screen for this long. TeleHab's own call has ended by
// then, and the next one succeeds as soon as the person has answered.
const (
	questionLimit = 5 * time.Minute
	questionPoll  = 250 * time.Millisecond
)

// prompt shows a prompt of the service and waits for the answer. settled, if
// not nil, reports that the prompt is no longer needed because the person has
// unlocked the password manager in its own window. errLocked: the person
// refused.
func (s *secretService) prompt(question dbus.ObjectPath, settled func() (bool, error)) (dbus.Variant, error) {
	const prompt = "org.freedesktop.Secret.Prompt"
	match := []dbus.MatchOption{dbus.WithMatchObjectPath(question), dbus.WithMatchInterface(prompt)}
	if err := s.bus.AddMatchSignal(match...); err != nil {
		return dbus.Variant{}, err
	}
	defer func() { _ = s.bus.RemoveMatchSignal(match...) }()
	signals := make(chan *dbus.Signal, 16)
	s.bus.Signal(signals)
	defer s.bus.RemoveSignal(signals)
	object := s.bus.Object(secretsName, question)
	if err := object.Call(prompt+".Prompt", 0, "").Err; err != nil {
		return dbus.Variant{}, err
	}
	limit := time.NewTimer(questionLimit)
	defer limit.Stop()
	poll := time.NewTicker(questionPoll)
	defer poll.Stop()
	for {
		select {
		case signal, open := <-signals:
			if !open {
				return dbus.Variant{}, dbus.ErrClosed
			}
			if signal.Path != question || signal.Name != prompt+".Completed" {
				continue
			}
			var dismissed bool
			var result dbus.Variant
			err := dbus.Store(signal.Body, &dismissed, &result)
			if err == nil && dismissed {
				err = errLocked
			}
			return result, err
		case <-poll.C:
			if done, err := s.isSettled(settled); done || err != nil {
				return dbus.Variant{}, err
			}
		case <-limit.C:
			return dbus.Variant{}, errors.Join(errLocked, object.Call(prompt+".Dismiss", 0).Err)
		}
	}
}

// isSettled also fails when the service has ended during the prompt.
func (s *secretService) isSettled(settled func() (bool, error)) (bool, error) {
	var running bool
	err := s.bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secretsName).Store(&running)
	switch {
	case err != nil:
		return false, err
	case !running:
		return false, errLocked
	case settled == nil:
		return false, nil
	}
	return settled()
}

// dbusName decodes the last part of a path, in which bytes that D-Bus does not
// allow are written as _ and two hexadecimal digits.
func dbusName(path dbus.ObjectPath) string {
	escaped := string(path[strings.LastIndex(string(path), "/")+1:])
	plain, err := url.PathUnescape(strings.ReplaceAll(escaped, "_", "%"))
	if err != nil {
		return escaped
	}
	return plain
}
