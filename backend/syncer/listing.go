package syncer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// Listed is Cliniko's list of patients, read and judged but not stored. Import
// stores it.
type Listed struct {
	// Entries are the active patients, those that need attention first, then by
	// name.
	Entries  []profile.Entry
	Failing  int // of Entries
	Archived int // left out of Entries

	pages    *pages
	batches  []profile.Batch
	requests int                  // sent to read it
	age      func() time.Duration // since it was read
}

// List reads every patient and stores nothing.
//
// Errors: those of Source.
func (e *Engine) List(ctx context.Context, report Report) (*Listed, error) {
	m := newMeter(report, e.now)
	m.phase(Listing, 0, 0)
	sent := e.source.Requests()
	first, err := e.firstPage(ctx)
	if err != nil {
		return nil, err
	}
	m.phase(Listing, 0, first.total)
	list := &Listed{pages: first}
	var mu sync.Mutex
	err = e.readPages(ctx, first, nil, func(_ context.Context, b profile.Batch) error {
		mu.Lock()
		defer mu.Unlock()
		list.batches = append(list.batches, b)
		m.add(len(b.Entries))
		return nil
	})
	if err != nil {
		return nil, err
	}
	list.requests = e.source.Requests() - sent
	list.age = e.stopwatch()
	list.sort()
	return list, nil
}

// sort fills and orders Entries. Where pages moved, a patient may have been
// read twice; the newer reading counts.
func (l *Listed) sort() {
	newest := map[string]int{}
	for _, batch := range l.batches {
		for _, entry := range batch.Entries {
			i, again := newest[entry.Ref]
			switch {
			case !again:
				newest[entry.Ref] = len(l.Entries)
				l.Entries = append(l.Entries, entry)
			case !entry.Profile.UpdatedAt.Before(l.Entries[i].Profile.UpdatedAt):
				l.Entries[i] = entry
			}
		}
	}
	all := len(l.Entries)
	l.Entries = slices.DeleteFunc(l.Entries, func(entry profile.Entry) bool {
		return entry.Failure == nil && entry.Profile.State != profile.Active
	})
	l.Archived = all - len(l.Entries)
	for i := range l.Entries {
		if l.Entries[i].Failure != nil {
			l.Failing++
		}
	}
	slices.SortFunc(l.Entries, func(a, b profile.Entry) int {
		if (a.Failure == nil) != (b.Failure == nil) {
			if a.Failure != nil {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Profile.ListName()), strings.ToLower(b.Profile.ListName())), strings.Compare(a.Ref, b.Ref))
	})
}

// Import stores what was listed as a full pass, and verifies it. If it is
// interrupted, the next full pass resumes it. The first report comes once the
// store has the pass; before that nothing was done.
//
// Errors: as Full.
func (e *Engine) Import(ctx context.Context, list *Listed, report Report) (profile.Pass, error) {
	return e.exclusive("full", func() (profile.Pass, error) {
		return e.importListed(ctx, list, newMeter(report, e.now))
	})
}

// waited is how old a list may be before an import also reads what has changed
// since.
const waited = time.Minute

func (e *Engine) importListed(ctx context.Context, list *Listed, m *meter) (profile.Pass, error) {
	sent := e.source.Requests() - list.requests
	pass, stored, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: list.pages.started, Expected: list.pages.total, Service: e.service})
	if err != nil {
		return pass, err
	}
	m.phase(Storing, 0, list.pages.total)
	own := stored == nil
	err = e.storeBatches(ctx, pass.ID, m, func(ctx context.Context, emit func(context.Context, profile.Batch) error) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(readers)
		for _, batch := range list.batches {
			if !own {
				// An earlier pass resumes. Its pages were different ones, but
				// the list is complete and newer than the start of that pass.
				batch.Page = 0
			}
			group.Go(func() error { return emit(ctx, batch) })
		}
		return group.Wait()
	})
	r := readingOf(list.pages, own)
	r.paused = r.paused || list.age() >= waited
	pass, _, err = e.finishFull(ctx, pass, r, err, sent, m)
	return pass, err
}

// stopwatch returns how much time passes from now on: by this computer's clock
// or, if that is set back, by the monotonic one, which may stand still while
// the computer sleeps.
func (e *Engine) stopwatch() func() time.Duration {
	here, started := e.now().Round(0), time.Now()
	return func() time.Duration { return max(time.Since(started), e.now().Sub(here)) }
}
