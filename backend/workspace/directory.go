package workspace

import (
	"context"
	"runtime"
	"sync"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
)

// names are the profiles in memory. Their lock is held for moments only, so that
// forgetting them waits neither for the keyring nor for Cliniko.
type names struct {
	mu      sync.Mutex
	current *directory.Directory // nil: nobody is signed in
	filling *directory.Directory // replaces current once it is filled
	read    int64                // the store's revision when current was read; 0: not known
}

// Unlock reads all profiles into memory, for somebody who has signed in. It
// returns the refs of rows that do not open any more, which Mend brings back.
func (w *Workspace) Unlock(ctx context.Context) (broken []string, err error) {
	fresh := directory.New()
	w.names.mu.Lock()
	w.names.current, w.names.filling, w.names.read = fresh, nil, 0 // from now on passes tell it what changes
	w.names.mu.Unlock()
	broken, revision, err := w.fill(ctx, fresh)
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if err == nil && w.names.current == fresh {
		w.names.read = revision
	}
	return broken, err
}

// Renew reads the profiles into memory again, because another process may
// have changed the store; until that is done, those of before answer. It says
// whether it did: not while nobody is signed in, nor where nothing has
// changed.
func (w *Workspace) Renew(ctx context.Context) (renewed bool, err error) {
	w.names.mu.Lock()
	before, read := w.names.current, w.names.read
	w.names.mu.Unlock()
	if before == nil {
		return false, nil
	}
	if store, err := w.Store(ctx); err == nil && read > 0 {
		if now, err := store.Revision(ctx); err == nil && now == read {
			return false, nil
		}
	}
	fresh := directory.New()
	w.names.mu.Lock()
	if w.names.current == before {
		w.names.filling = fresh
	}
	w.names.mu.Unlock()
	_, read, err = w.fill(ctx, fresh)
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if err == nil && w.names.filling == fresh && w.names.current == before {
		w.names.current, w.names.filling, w.names.read = fresh, nil, read
	}
	return true, err
}

// fill reads all profiles. It returns the revision of the store that they are
// of; some may be newer.
func (w *Workspace) fill(ctx context.Context, fresh *directory.Directory) (broken []string, revision int64, err error) {
	store, err := w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if revision, err = store.Revision(ctx); err != nil {
		return nil, 0, err
	}
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return nil, 0, err
	}
	fresh.InCountry(clinic.Country)
	// What was read is made ready for searches while more is read.
	portions := make(chan []profile.Entry, 2)
	var filling sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		filling.Go(func() {
			for portion := range portions {
				fresh.Fill(portion)
			}
		})
	}
	broken, err = store.All(ctx, func(some []profile.Entry) { portions <- some })
	close(portions)
	filling.Wait()
	return broken, revision, err
}

// Lock forgets all names.
func (w *Workspace) Lock() {
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	w.names.current, w.names.filling = nil, nil
}

// Directory returns the profiles in memory, or SignedOut.
func (w *Workspace) Directory() (*directory.Directory, error) {
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if w.names.current == nil {
		return nil, profile.Refuse(profile.SignedOut, "Nobody is signed in. Sign in first.")
	}
	return w.names.current, nil
}

// Apply makes a Workspace a profile.Destination: it passes on what changed to
// whoever is signed in.
func (w *Workspace) Apply(entries []profile.Entry) {
	w.tell(func(people *directory.Directory) { people.Apply(entries) })
}

// Erase removes what is stored of one client who has left: see
// sqlite.Profiles.Erase.
func (w *Workspace) Erase(ctx context.Context, ref string) error {
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	w.commits.Lock()
	defer w.commits.Unlock()
	if err := store.Erase(ctx, ref); err != nil {
		return err
	}
	w.Forget([]string{ref})
	return nil
}

// Forget passes on which profiles were erased.
func (w *Workspace) Forget(refs []string) {
	w.tell(func(people *directory.Directory) { people.Forget(refs) })
}

func (w *Workspace) tell(what func(*directory.Directory)) {
	w.names.mu.Lock()
	people, fresh := w.names.current, w.names.filling
	w.names.mu.Unlock()
	for _, each := range []*directory.Directory{people, fresh} {
		if each != nil {
			what(each)
		}
	}
	if w.options.OnChange != nil {
		w.options.OnChange()
	}
}
