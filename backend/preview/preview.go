// Package preview says what a sync would do. The engine itself syncs a copy of
// the store, and what has then changed in the copy is what would change.
package preview

import (
	"context"
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Copy is a copy of the clinic's part of a store, which a preview changes.
type Copy interface {
	Store() profile.Store
	// All calls each with everything that is stored, one call after the other. It
	// returns the refs of the rows that do not open.
	All(ctx context.Context, each func([]profile.Entry)) (broken []string, err error)
	// Missing returns the refs of the clients about whom a person has to decide.
	Missing(ctx context.Context) ([]string, error)
}

// Options are the parts of a preview.
type Options struct {
	Full    bool // every client is read again, and rows that do not open are replaced
	Now     func() time.Time
	Notice  func(syncer.Notice)
	Version string
	Report  syncer.Report
}

// Result is what a sync would do. All refs and changes are sorted by ref. A
// client can be in several lists: one who is restored may have changed, too.
type Result struct {
	Created []string // a profile would be stored of somebody who has none
	Changed []Change

	// Whose state would become another one.
	Archived []string
	Merged   []string
	Deleted  []string
	Restored []string // active again

	Erased []string // whose profile would be erased, because the retention has passed

	NeedsAttention   []profile.Failure // who does not need it now
	AttentionChanged []profile.Failure // who needs it now, for another reason
	Cleared          []string          // who would not need it any more

	Failing   []profile.Failure // all who would need attention after it
	Undecided []string          // all about whom a person would have to decide after it
	Stops     bool              // it would stop, because so many clients are gone, and remove none of them

	Counts   profile.Counts // as the sync would return them
	Requests int            // that the preview has sent
}

// Change is a profile that would change.
type Change struct {
	Ref string
	// Fields are those with another value, but for what makes the state another one.
	// There are none where the stored row does not open: it would be replaced.
	Fields []profile.Field
}

// Of returns what a sync from source would do to the store of which this is a
// copy. It sends only what a sync sends, which are reads.
//
// Errors: those of syncer.Engine.Sync, but for Gone: see Result.Stops.
func Of(ctx context.Context, source profile.Source, store Copy, o Options) (*Result, error) {
	before, err := read(ctx, store)
	if err != nil {
		return nil, err
	}
	sent := source.Requests()
	engine := syncer.New(source, store.Store(), syncer.Options{Now: o.Now, Notice: o.Notice, Version: o.Version})
	run := engine.Sync
	if o.Full {
		run = engine.Full
		if len(before.broken) > 0 {
			if err := store.Store().Reviews.Distrust(ctx, before.broken); err != nil {
				return nil, err
			}
		}
	}
	pass, err := run(ctx, o.Report)
	stops := profile.CodeOf(err) == profile.Gone
	if err != nil && !stops {
		return nil, err
	}
	r := &Result{Stops: stops, Counts: pass.Counts, Requests: source.Requests() - sent}
	if r.Undecided, err = store.Missing(ctx); err != nil {
		return nil, err
	}
	broken, err := store.All(ctx, func(some []profile.Entry) {
		for i := range some {
			r.compare(before, &some[i])
		}
	})
	if err != nil {
		return nil, err
	}
	for _, ref := range broken {
		delete(before.kept, ref) // as it is now
	}
	r.addGone(before)
	r.sort()
	return r, nil
}

// stored is what is stored before a sync. An entry is removed once it has been
// compared.
type stored struct {
	kept   map[string]profile.Entry // without a ref for a row that does not open
	broken []string
}

func read(ctx context.Context, store Copy) (*stored, error) {
	s := &stored{kept: map[string]profile.Entry{}}
	var err error
	s.broken, err = store.All(ctx, func(some []profile.Entry) {
		for _, e := range some {
			s.kept[e.Ref] = e
		}
	})
	for _, ref := range s.broken {
		s.kept[ref] = profile.Entry{Failure: s.kept[ref].Failure}
	}
	return s, err
}

// compare adds what differs between an entry after the sync and the one before.
func (r *Result) compare(before *stored, after *profile.Entry) {
	was, known := before.kept[after.Ref]
	delete(before.kept, after.Ref)
	if after.Failure != nil {
		r.Failing = append(r.Failing, *after.Failure)
	}
	switch opened := was.Ref != ""; {
	case !hasProfile(after):
	case known && !opened:
		r.addReplaced(after)
	default:
		r.compareProfiles(&was, after)
	}
	switch {
	case after.Failure == nil && was.Failure != nil:
		r.Cleared = append(r.Cleared, after.Ref)
	case after.Failure == nil:
	case was.Failure == nil:
		r.NeedsAttention = append(r.NeedsAttention, *after.Failure)
	case was.Failure.Code != after.Failure.Code || !slices.Equal(was.Failure.Problems, after.Failure.Problems):
		r.AttentionChanged = append(r.AttentionChanged, *after.Failure)
	}
}

// addReplaced is for a row that did not open before and does now.
func (r *Result) addReplaced(after *profile.Entry) {
	if after.Profile.State == profile.Active {
		r.Changed = append(r.Changed, Change{Ref: after.Ref})
		return
	}
	r.addState(after)
}

func (r *Result) compareProfiles(was, after *profile.Entry) {
	if !hasProfile(was) {
		if after.Profile.State == profile.Active {
			r.Created = append(r.Created, after.Ref)
		} else {
			r.addState(after) // of somebody who could not be read before
		}
		return
	}
	other := was.Profile.State != after.Profile.State
	if other {
		r.addState(after)
	}
	var fields []profile.Field
	for _, change := range profile.Diff(&was.Profile, &after.Profile) {
		if change.Field != profile.FieldState && (change.Field != profile.FieldMergedInto || !other) {
			fields = append(fields, change.Field)
		}
	}
	if len(fields) > 0 {
		r.Changed = append(r.Changed, Change{after.Ref, fields})
	}
}

func (r *Result) addState(after *profile.Entry) {
	list := map[profile.State]*[]string{profile.Active: &r.Restored, profile.Archived: &r.Archived, profile.Merged: &r.Merged, profile.Deleted: &r.Deleted}[after.Profile.State]
	if list != nil { // else the file was changed from outside
		*list = append(*list, after.Ref)
	}
}

// addGone adds what is left of before: those of whom nothing is stored any more.
func (r *Result) addGone(before *stored) {
	for ref, was := range before.kept {
		if hasProfile(&was) || was.Ref == "" {
			r.Erased = append(r.Erased, ref)
		}
		if was.Failure != nil {
			r.Cleared = append(r.Cleared, ref)
		}
	}
}

// hasProfile says that more is stored of a client than why the record could not
// be read.
func hasProfile(e *profile.Entry) bool { return !e.Profile.SyncedAt.IsZero() }

func (r *Result) sort() {
	for _, refs := range [][]string{r.Created, r.Archived, r.Merged, r.Deleted, r.Restored, r.Erased, r.Cleared} {
		slices.Sort(refs)
	}
	slices.SortFunc(r.Changed, func(a, b Change) int { return strings.Compare(a.Ref, b.Ref) })
	for _, failures := range [][]profile.Failure{r.NeedsAttention, r.AttentionChanged, r.Failing} {
		slices.SortFunc(failures, func(a, b profile.Failure) int { return strings.Compare(a.Ref, b.Ref) })
	}
}
