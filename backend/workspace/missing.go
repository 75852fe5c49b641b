package workspace

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/profile"
)

// Missing are the clients whom Cliniko does not have any more, by their refs.
type Missing struct {
	Undecided []string      // of whom a person has to decide
	Kept      []string      // a person decided that they stay
	Accepted  []string      // a person decided that they go, and they are not removed yet
	Tally     profile.Tally // of all profiles, the missing ones included among the active
}

// All returns the refs of all who are missing, whatever was decided about them.
func (m *Missing) All() []string { return slices.Concat(m.Undecided, m.Kept, m.Accepted) }

// Missing returns whom Cliniko does not have any more, or NotConnected.
func (w *Workspace) Missing(ctx context.Context) (Missing, error) {
	store, err := w.Store(ctx)
	if err != nil {
		return Missing{}, err
	}
	undecided, err := store.Missing(ctx)
	if err != nil {
		return Missing{}, err
	}
	kept, accepted, err := store.Decided(ctx)
	if err != nil {
		return Missing{}, err
	}
	tally, err := store.Tally(ctx)
	return Missing{Undecided: undecided, Kept: kept, Accepted: accepted, Tally: tally}, err
}

// Named returns the profiles with these refs, as far as they open.
func (w *Workspace) Named(ctx context.Context, refs []string) (map[string]profile.Entry, error) {
	store, err := w.Store(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]profile.Entry{}
	for _, ref := range refs {
		entry, err := store.One(ctx, ref)
		switch profile.CodeOf(err) {
		case "":
			named[ref] = entry
		case profile.NotFound, profile.StoreDamaged:
		default:
			return nil, err
		}
	}
	return named, nil
}
