package profile

import "context"

// Election decides which computer of a clinic runs the passes: one of them at a
// time. Where a computer has a store of its own, that is always this one. Whoever is
// not elected still reads the one client that a person opens.
type Election interface {
	// MaySync returns nil if this computer may run a pass now. It is asked before
	// each pass, answers by what is known, and waits for nothing. The answer may be
	// out of date a moment later: what decides is the store, which refuses with
	// SyncRunning what a computer still writes for a pass once another one is
	// elected.
	//
	// Errors: SyncRunning when another computer syncs, and DatabaseUnreachable when
	// nobody can tell.
	MaySync(ctx context.Context) error
}
