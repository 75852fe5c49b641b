package runner

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// Workspace is what a Runner needs of one. Of returns the real one.
type Workspace interface {
	// Nothing is asked of Cliniko for a pass that another computer is to run.
	profile.Election
	// Follow follows the store of other computers of the clinic, and stands for the
	// election, until ctx ends. elected is called when this computer has won it.
	Follow(ctx context.Context, elected func())
	// Engine returns the engine of the connected clinic.
	//
	// Errors: NotConnected, OtherClinic, KeyringMissing, KeyringLocked.
	Engine(ctx context.Context) (*syncer.Engine, error)
	// Store returns the connected clinic's part of the store, or NotConnected.
	Store(ctx context.Context) (Store, error)
	// Renew reads the profiles in memory again, and says whether it had to.
	Renew(ctx context.Context) (renewed bool, err error)
	// ClinicTime returns Cliniko's time, as far as it is known.
	ClinicTime(ctx context.Context) time.Time
}

// Store is what a Runner reads from the store.
type Store interface {
	// Passes returns at most limit passes, the newest first.
	Passes(ctx context.Context, limit int) ([]profile.Pass, error)
	// LastFull returns the newest full pass, and LastGood the last pass that
	// ended well; the zero Pass for none.
	LastFull(ctx context.Context) (profile.Pass, error)
	LastGood(ctx context.Context) (profile.Pass, error)
	Cursors(ctx context.Context) (profile.Cursors, error)
	// Retries returns the unreadable profiles, those that are due first.
	Retries(ctx context.Context) ([]profile.Retry, error)
}

// Of returns a workspace for a Runner. clock is this computer's, which may be
// wrong.
func Of(w *workspace.Workspace, clock func() time.Time) Workspace { return opened{w, clock} }

type opened struct {
	*workspace.Workspace
	clock func() time.Time
}

func (o opened) Store(ctx context.Context) (Store, error) {
	store, err := o.Workspace.Store(ctx)
	if err != nil {
		return nil, err // and not a Store that holds a nil one
	}
	return store, nil
}

func (o opened) ClinicTime(ctx context.Context) time.Time {
	return o.Workspace.ClinicTime(ctx, o.clock())
}
