package syncer

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// readers is the most requests that a full pass has in flight. Cliniko's limit
// allows 3.3 a second, which two would use up at its usual speed.
const readers = 4

// Full reads every patient, archived ones included. It resumes a full pass that
// was interrupted.
//
// It reads numbered pages, several at once, and then proves that nothing moved
// meanwhile: see verify.
//
// Errors: SyncRunning, Gone, and those of Source and Store.
func (e *Engine) Full(ctx context.Context, report Report) (profile.Pass, error) {
	return e.exclusive("full", func() (profile.Pass, error) {
		return e.full(ctx, newMeter(report, e.now))
	})
}

func (e *Engine) full(ctx context.Context, m *meter) (profile.Pass, error) {
	sent := e.source.Requests()
	m.phase(Storing, 0, 0)
	list, err := e.firstPage(ctx)
	if err != nil {
		return profile.Pass{Kind: profile.FullPass, Err: profile.CodeOf(err)}, err
	}
	pass, stored, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: list.started, Expected: list.total})
	if err != nil {
		return pass, err
	}
	before, err := e.store.Passes.Counts(ctx, pass.ID)
	if err != nil {
		return pass, err
	}
	m.phase(Storing, before.Read, list.total)
	err = e.storeBatches(ctx, pass.ID, m, func(ctx context.Context, emit func(context.Context, profile.Batch) error) error {
		return e.readPages(ctx, list, stored, emit)
	})
	// Nothing is known of the time between an interruption and now.
	still := list.still && list.started.Equal(pass.StartedAt)
	return e.finishFull(ctx, pass, still, err, sent, m)
}

// pages is Cliniko's list as a full pass reads it.
type pages struct {
	started time.Time // by Cliniko's clock
	total   int       // of patients at the start
	first   profile.Page
	still   bool // every page reported the same total
}

// firstPage reads the first page, which tells how many patients there are.
func (e *Engine) firstPage(ctx context.Context) (*pages, error) {
	first, err := e.source.Patients(ctx, profile.Query{})
	if err != nil {
		return nil, err
	}
	started, err := e.clock.observe(ctx, first.Date)
	return &pages{started: started, total: first.Total, first: first, still: true}, err
}

// readPages reads all pages that are not stored yet. It calls emit for each of
// them, in the goroutine that read it.
func (e *Engine) readPages(ctx context.Context, list *pages, stored map[int]bool, emit func(context.Context, profile.Batch) error) error {
	last := (list.total + profile.PageSize - 1) / profile.PageSize
	totals := make([]int, last+1)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for n := 1; n <= last; n++ {
		totals[n] = list.total
		if stored[n] {
			continue
		}
		group.Go(func() (err error) {
			page := list.first
			if n > 1 {
				if page, err = e.source.Patients(ctx, profile.Query{Number: n}); err != nil {
					return err
				}
			}
			totals[n] = page.Total
			entries, err := e.judge(ctx, page)
			if err != nil {
				return err
			}
			return emit(ctx, profile.Batch{Entries: entries, Page: n})
		})
		if ctx.Err() != nil {
			break
		}
	}
	err := group.Wait()
	for _, total := range totals[1:] {
		list.still = list.still && total == list.total
	}
	return err
}

// storeBatches stores the batches that feed emits. Feed may emit from several
// goroutines, which seal their batches while the one writer stores earlier
// ones.
func (e *Engine) storeBatches(ctx context.Context, passID int64, m *meter, feed func(context.Context, func(context.Context, profile.Batch) error) error) error {
	portions := make(chan profile.Prepared, 2*readers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(portions)
		return feed(ctx, func(ctx context.Context, b profile.Batch) error {
			prepared, err := e.store.Entries.Prepare(b)
			if err != nil {
				return err
			}
			select {
			case portions <- prepared:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for p := range portions {
			// Everything that is ready goes into the same transaction.
			ready, patients := []profile.Prepared{p}, p.Patients()
			for more := len(portions); more > 0; more-- {
				p := <-portions
				ready, patients = append(ready, p), patients+p.Patients()
			}
			changed, err := e.store.Entries.SavePrepared(ctx, passID, ready...)
			if err != nil {
				return err
			}
			e.publish(changed)
			m.add(patients)
		}
		return nil
	})
	return group.Wait()
}

// finishFull verifies a full pass that has read all its pages, and closes it.
// err is what stopped it before that, or nil.
func (e *Engine) finishFull(ctx context.Context, pass profile.Pass, still bool, err error, sent int, m *meter) (profile.Pass, error) {
	if err == nil {
		m.phase(Checking, 0, 0)
		pass, err = e.verify(ctx, pass, still)
	}
	before, cursorErr := e.store.Passes.Cursors(context.WithoutCancel(ctx))
	if err == nil {
		err = cursorErr
	}
	return e.closePass(ctx, pass, err, sent, func(counts profile.Counts) profile.Cursors {
		return profile.Cursors{Changed: pass.StartedAt, Archived: pass.StartedAt, FullAt: pass.StartedAt,
			ActiveInCliniko: pass.Total - counts.Archived, CountedAt: e.clock.newestAnswer(), Drift: before.Drift,
			Judged: before.Judged}
	})
}

// closePass stores the outcome of a pass and erases what is due. When the
// program ends, it leaves the pass as a kill would.
func (e *Engine) closePass(ctx context.Context, pass profile.Pass, err error, sent int, cursors func(profile.Counts) profile.Cursors) (profile.Pass, error) {
	if errors.Is(context.Cause(ctx), ErrClosing) {
		return pass, context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx)
	counts, countErr := e.store.Passes.Counts(ctx, pass.ID)
	if err == nil {
		err = countErr
	}
	if clockErr := e.clock.flush(ctx); err == nil {
		err = clockErr
	}
	pass.Counts, pass.Err = counts, profile.CodeOf(err)
	pass.EndedAt, pass.Requests = e.clock.time(), e.source.Requests()-sent
	if endErr := e.store.Passes.EndPass(ctx, pass, cursors(counts)); err == nil {
		err = endErr
	}
	if err != nil {
		return pass, err
	}
	erased, err := e.store.Departures.Purge(ctx)
	for _, destination := range e.destinations {
		if len(erased) > 0 {
			destination.Forget(erased)
		}
	}
	return pass, err
}
