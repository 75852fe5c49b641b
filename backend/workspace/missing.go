package workspace

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/profile"
)

// Missing are the clients whom Cliniko does not have any more, by their refs.
type Missing struct {
	Undecided []string      // of whom a person has to decide
	Untold    []string      // of Undecided, those who were found missing after a person had been shown the others
	Kept      []string      // a person decided that they stay
	Accepted  []string      // a person decided that they go, and they are not removed yet
	Tally     profile.Tally // of all profiles, the missing ones included among the active
}

// All returns the refs of all who are missing, whatever was decided about them.
func (m *Missing) All() []string { return slices.Concat(m.Undecided, m.Kept, m.Accepted) }

// Told returns the refs of all who are missing and of whom a person knows, or
// of all if nobody was told of any.
func (m *Missing) Told() []string {
	return slices.DeleteFunc(m.All(), func(ref string) bool { return slices.Contains(m.Untold, ref) })
}

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
	untold, err := store.NewlyMissing(ctx)
	if err != nil {
		return Missing{}, err
	}
	kept, accepted, err := store.Decided(ctx)
	if err != nil {
		return Missing{}, err
	}
	tally, err := store.Tally(ctx)
	return Missing{Undecided: undecided, Untold: untold, Kept: kept, Accepted: accepted, Tally: tally}, err
}

// ShowMissing returns the same, and records that a person is now told of them:
// an answer that names nobody is about these.
func (w *Workspace) ShowMissing(ctx context.Context) (Missing, error) {
	missing, err := w.Missing(ctx)
	if err != nil || len(missing.Undecided) == 0 {
		return missing, err
	}
	store, err := w.Store(ctx)
	if err != nil {
		return Missing{}, err
	}
	return missing, store.ShowMissing(ctx, missing.Undecided)
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
