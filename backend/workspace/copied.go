package workspace

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storecopy"
)

// copied is told what was copied from the database of a shared clinic, and passes it on
// to whoever is signed in. With nil, another process may have copied something.
func (w *Workspace) copied(changes *storecopy.Changes) {
	ctx := context.Background()
	if changes != nil {
		w.takeSettings(ctx)
	}
	w.names.mu.Lock()
	read := w.names.read
	signedIn := w.names.current != nil
	w.names.mu.Unlock()
	if !signedIn {
		return
	}
	store, err := w.Store(ctx)
	if err != nil {
		return // whoever reads the store next says why
	}
	now, err := store.Revision(ctx)
	if err != nil || now == read {
		return
	}
	if now == read+1 && w.applyCopied(changes) {
		w.names.mu.Lock()
		if w.names.read == read {
			w.names.read = now
		}
		w.names.mu.Unlock()
		return
	}
	w.renewSoon()
}

// applyCopied says whether the profiles in memory are now as the changes have them.
func (w *Workspace) applyCopied(changes *storecopy.Changes) bool {
	if changes == nil || changes.Anew {
		return false
	}
	entries := make([]profile.Entry, 0, len(changes.Clients))
	for i := range changes.Clients {
		c := &changes.Clients[i]
		if c.Erased || c.Broken {
			return false
		}
		entries = append(entries, c.Entry)
	}
	w.Apply(entries)
	return true
}

// renewSoon reads the profiles into memory again until they are those of the store. It
// leaves time between two readings for everything else.
func (w *Workspace) renewSoon() {
	if !w.renewing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer w.renewing.Store(false)
		for {
			began := time.Now()
			renewed, err := w.Renew(context.Background())
			if err != nil || !renewed {
				return
			}
			if w.options.OnChange != nil {
				w.options.OnChange()
			}
			time.Sleep(2 * time.Since(began))
		}
	}()
}

// takeSettings takes over what another computer has set for all.
func (w *Workspace) takeSettings(ctx context.Context) {
	if minutes, err := w.local.IdleMinutes(ctx); err == nil {
		w.idle.Store(int32(minutes)) // #nosec G115 -- at most MaxIdleMinutes
	}
}
