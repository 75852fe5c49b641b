package workspace

import (
	"context"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
)

// Unlock reads all profiles into memory, for somebody who has signed in. It
// returns how many sealed rows do not open any more.
func (w *Workspace) Unlock(ctx context.Context) (broken int, err error) {
	fresh := directory.New()
	w.mu.Lock()
	w.people = fresh // from now on passes tell it what changes
	w.mu.Unlock()
	store, err := w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var entries []profile.Entry
	refs, err := store.All(ctx, func(e profile.Entry) { entries = append(entries, e) })
	fresh.Fill(entries)
	return len(refs), err
}

// Lock forgets all names.
func (w *Workspace) Lock() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people = nil
}

// Directory returns the profiles in memory, or SignedOut.
func (w *Workspace) Directory() (*directory.Directory, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.people == nil {
		return nil, profile.Errorf(profile.SignedOut, "Nobody is signed in. Sign in first.")
	}
	return w.people, nil
}

// Apply makes a Workspace a profile.Destination: it passes on what changed to
// whoever is signed in.
func (w *Workspace) Apply(entries []profile.Entry) {
	w.mu.Lock()
	people := w.people
	w.mu.Unlock()
	if people != nil {
		people.Apply(entries)
	}
	if w.options.OnChange != nil {
		w.options.OnChange()
	}
}

// Forget passes on which profiles were erased.
func (w *Workspace) Forget(refs []string) {
	w.mu.Lock()
	people := w.people
	w.mu.Unlock()
	if people != nil {
		people.Forget(refs)
	}
	if w.options.OnChange != nil {
		w.options.OnChange()
	}
}
