package deeplink

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

const classKey = `Software\Classes\` + Scheme

func (r Registration) inspect() (State, error) {
	person, err := readHive(registry.CURRENT_USER)
	if err != nil {
		return State{}, err
	}
	computer, err := readHive(registry.LOCAL_MACHINE)
	if err != nil {
		return State{}, err
	}
	return judgeRegistry(r.Executable, person, computer), nil
}

// write replaces the person's whole registration, since remains of an older
// one, such as another verb, would still be used.
func (r Registration) write(ctx context.Context) error {
	values, err := registryValues(r.Executable)
	if err != nil {
		return err
	}
	if err := deleteTree(registry.CURRENT_USER, classKey); err != nil {
		return err
	}
	for _, value := range values {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeValue(value); err != nil {
			return fmt.Errorf("write the registration of our links: %w", err)
		}
	}
	return nil
}

func (r Registration) remove(context.Context) error {
	person, err := readHive(registry.CURRENT_USER)
	if err != nil || !ownedBy(r.Executable, person) {
		return err
	}
	return deleteTree(registry.CURRENT_USER, classKey)
}

func readHive(root registry.Key) (hive, error) {
	var h hive
	key, err := registry.OpenKey(root, classKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("find out who opens our links: %w", err)
	}
	defer func() { _ = key.Close() }()
	_, _, err = key.GetStringValue("URL Protocol")
	h.protocol = err == nil || errors.Is(err, registry.ErrUnexpectedType)
	if h.own, err = text(key, ownValue); err != nil {
		return h, err
	}
	command, err := registry.OpenKey(key, commandKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("find out who opens our links: %w", err)
	}
	defer func() { _ = command.Close() }()
	h.command, err = text(command, "")
	return h, err
}

// text returns a text value, or "" if there is none.
func text(key registry.Key, name string) (string, error) {
	value, _, err := key.GetStringValue(name)
	if errors.Is(err, registry.ErrNotExist) || errors.Is(err, registry.ErrUnexpectedType) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find out who opens our links: %w", err)
	}
	return value, nil
}

func writeValue(value registryValue) error {
	path := classKey
	if value.key != "" {
		path += `\` + value.key
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err != nil {
		return err
	}
	return errors.Join(key.SetStringValue(value.name, value.data), key.Close())
}

// deleteTree deletes a key, if it exists, with everything below it.
func deleteTree(root registry.Key, path string) error {
	key, err := registry.OpenKey(root, path, registry.ENUMERATE_SUB_KEYS)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the registration of our links: %w", err)
	}
	names, err := key.ReadSubKeyNames(-1)
	if err := errors.Join(err, key.Close()); err != nil {
		return fmt.Errorf("list the registration of our links: %w", err)
	}
	for _, name := range names {
		if err := deleteTree(root, path+`\`+name); err != nil {
			return err
		}
	}
	if err := registry.DeleteKey(root, path); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("delete the registration of our links: %w", err)
	}
	return nil
}
