package deeplink

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/datafolder"
)

// toolLimit is how long one of the desktop's tools may take.
const toolLimit = 10 * time.Second

// inspect finds the program for our scheme as xdg-open and the desktops do:
// what the person chose, otherwise what is installed.
func (r Registration) inspect() (State, error) {
	s := currentSession()
	found, ok, err := s.handler()
	if err != nil {
		return State{}, err
	}
	if !ok {
		// No handler, but the file of our entry may be another program's.
		if found, ok, err = s.readEntry(s.ownPath()); err != nil {
			return State{}, err
		}
		if !ok || r.owns(found) {
			return State{Condition: Missing}, nil
		}
	}
	switch {
	case r.opens(found):
		return State{Condition: Ready}, nil
	case r.owns(found):
		return State{Condition: Broken}, nil
	}
	return State{Condition: Foreign, Owner: displayName(found.name)}, nil
}

// owns reports whether an entry is ours: it has our marker, or starts this
// program.
func (r Registration) owns(e desktopEntry) bool {
	program, _, ok := splitExec(e.exec)
	return e.ours || ok && r.isProgram(program)
}

// opens reports whether an entry passes links to this program as it expects
// them.
func (r Registration) opens(e desktopEntry) bool {
	program, arguments, ok := splitExec(e.exec)
	return ok && slices.Equal(arguments, []string{"--link", "%u"}) && r.isProgram(program)
}

// isProgram reports whether the program of an Exec line is this one, under
// whatever name.
func (r Registration) isProgram(program string) bool {
	if !filepath.IsAbs(program) {
		found, err := exec.LookPath(program)
		if err != nil {
			return false
		}
		program = found
	}
	if program == r.Executable {
		return true
	}
	a, errA := os.Stat(program)
	b, errB := os.Stat(r.Executable)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// write writes our entry, unless a package installed one that starts this
// program, and makes it the person's choice. xdg-mime knows what each desktop
// needs; whatever it leaves undone, or cannot do because it is missing, is done
// in the list.
func (r Registration) write(ctx context.Context) error {
	s := currentSession()
	if err := r.writeEntry(s); err != nil {
		return err
	}
	lists := s.ownLists()
	before := make([][]string, len(lists)) // xdg-mime drops the previous ones
	for i, list := range lists {
		text, err := readText(list.path)
		if err != nil {
			return err
		}
		before[i] = handlersIn(text, choiceGroup)
	}
	toolErr := errors.Join(
		runTool(ctx, "update-desktop-database", s.applications()),
		runTool(ctx, "xdg-mime", "default", desktopID, handlerType),
	)
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, list := range lists {
		err := edit(list.path, list.optional, func(text string) string {
			if list.optional && len(handlersIn(text, choiceGroup)) == 0 {
				return text
			}
			return preferring(text, before[i])
		})
		if err != nil {
			return errors.Join(err, toolErr)
		}
	}
	return nil
}

func (r Registration) writeEntry(s session) error {
	for _, dir := range s.dataDirs {
		packaged, ok, err := s.readEntry(filepath.Join(dir, "applications", desktopID))
		if err != nil || !ok {
			continue // an unreadable entry counts as missing
		}
		if !r.opens(packaged) {
			break // ours will hide it
		}
		if err := datafolder.RemoveElsewhere(s.ownPath()); err != nil {
			return fmt.Errorf("remove the entry that hides the package's: %w", err)
		}
		return nil
	}
	text, err := ourEntry(r.Executable)
	if err != nil {
		return err
	}
	return replaceFile(s.ownPath(), text)
}

func (r Registration) remove(ctx context.Context) error {
	s := currentSession()
	own, ok, err := s.readEntry(s.ownPath())
	if err != nil {
		return err
	}
	if ok && !r.owns(own) {
		return nil
	}
	if ok {
		if err := datafolder.RemoveElsewhere(s.ownPath()); err != nil {
			return fmt.Errorf("remove our desktop entry: %w", err)
		}
	}
	if other, ok := s.findEntry(desktopID); ok && !r.owns(other) {
		return nil // another package's entry has our name: the choice may mean it
	}
	for _, list := range s.ownLists() {
		err := edit(list.path, true, without)
		if err != nil {
			return err
		}
	}
	if _, err := os.Stat(s.applications()); err != nil {
		return nil //nolint:nilerr // no folder, so no cache to update
	}
	if err := runTool(ctx, "update-desktop-database", s.applications()); err != nil && !errors.Is(err, exec.ErrNotFound) {
		return err
	}
	return nil
}

// runTool runs one of the desktop's tools with arguments of our own making.
func runTool(ctx context.Context, name string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, toolLimit)
	defer cancel()
	command := exec.CommandContext(ctx, name, arguments...) //nolint:gosec // constants, and a folder of this person
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	return nil
}

// edit changes a text file of the person. It does not write an unchanged file.
// A missing file counts as empty, and is not created if optional.
func edit(path string, optional bool, change func(string) string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a symbolic link stays one
	}
	old, err := datafolder.ReadRegular(path, maxText)
	switch {
	case errors.Is(err, fs.ErrNotExist) && optional:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the list of chosen applications: %w", err)
	}
	text := change(string(old))
	if text == string(old) {
		return nil
	}
	return replaceFile(path, text)
}

// replaceFile writes a file. An existing one keeps its permissions.
func replaceFile(path, text string) error {
	if err := datafolder.MakeElsewhere(filepath.Dir(path)); err != nil {
		return fmt.Errorf("make the folder of %s: %w", filepath.Base(path), err)
	}
	perm := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	return atomicfile.Write(path, []byte(text), perm)
}
