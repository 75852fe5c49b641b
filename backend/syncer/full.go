package syncer

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// Full reads every patient, archived ones included. It resumes a full pass that
// was interrupted.
//
// It reads numbered pages, several at once, and then proves that nothing moved
// meanwhile: see verify.
//
// Errors: SyncRunning, Gone, and those of Source and Store.
func (e *Engine) Full(ctx context.Context, report Report) (profile.Pass, error) {
	return e.exclusive("full", func() (profile.Pass, error) {
		pass, _, err := e.full(ctx, newMeter(report, e.now))
		return pass, err
	})
}

// full is Full. proven says that the pass has shown that it met everybody and
// that nobody it met was deleted meanwhile.
func (e *Engine) full(ctx context.Context, m *meter) (_ profile.Pass, proven bool, err error) {
	sent := e.source.Requests()
	m.phase(Storing, 0, 0)
	list, err := e.firstPage(ctx)
	if err != nil {
		return profile.Pass{Kind: profile.FullPass, Err: profile.CodeOf(err)}, false, err
	}
	pass, stored, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.FullPass, StartedAt: list.started, Expected: list.total, Service: e.service})
	if err != nil {
		return pass, false, err
	}
	before, err := e.store.Passes.Counts(ctx, pass.ID)
	if err != nil {
		return pass, false, err
	}
	m.phase(Storing, before.Read, list.total)
	err = e.storeBatches(ctx, pass.ID, m, func(ctx context.Context, emit func(context.Context, profile.Batch) error) error {
		return e.readPages(ctx, list, stored, emit)
	})
	r := readingOf(list, stored == nil)
	return e.finishFull(ctx, pass, r, err, sent, m)
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
			if err := e.commit(func() ([]profile.Entry, error) { return e.store.Entries.SavePrepared(ctx, passID, ready...) }); err != nil {
				return err
			}
			m.add(patients)
		}
		return nil
	})
	return group.Wait()
}

// finishFull verifies a full pass that has read all its pages, and closes it.
// err is what stopped it before that, or nil.
func (e *Engine) finishFull(ctx context.Context, pass profile.Pass, r reading, err error, sent int, m *meter) (_ profile.Pass, proven bool, _ error) {
	if err == nil {
		m.phase(Checking, 0, 0)
		pass, proven, err = e.verify(ctx, pass, r)
	}
	before, cursorErr := e.store.Passes.Cursors(context.WithoutCancel(ctx))
	if err == nil {
		err = cursorErr
	}
	counted := e.clock.newestAnswer()
	if !proven {
		counted = counted.Add(countSoon - countEvery)
	}
	pass, err = e.closePass(ctx, pass, err, sent, func(counts profile.Counts) profile.Cursors {
		return profile.Cursors{Changed: pass.StartedAt, Archived: pass.StartedAt, FullAt: pass.StartedAt,
			ActiveInCliniko: max(0, pass.Total-counts.Archived), CountedAt: counted, Drift: before.Drift,
			Judged: before.Judged}
	})
	return pass, proven, err
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
	e.commits.Lock()
	defer e.commits.Unlock()
	erased, err := e.store.Departures.Purge(ctx)
	for _, destination := range e.destinations {
		if len(erased) > 0 {
			destination.Forget(erased)
		}
	}
	return pass, err
}
