package syncer

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/profile"
)

// Retry reads those records again that could not be read and whose time has
// come, see profile.RetryAt: at most a page of them. It is the zero Pass, and
// sends nothing, when there are none.
//
// Errors: as Full.
func (e *Engine) Retry(ctx context.Context) (profile.Pass, error) {
	return e.alone("retry", func() (profile.Pass, error) {
		retries, err := e.store.Reviews.Retries(ctx)
		if err != nil {
			return profile.Pass{}, err
		}
		if err := e.clock.recall(ctx); err != nil {
			return profile.Pass{}, err
		}
		now := e.clock.time()
		var due []profile.ID
		for _, r := range retries {
			if !r.At.After(now) {
				due = append(due, r.ID)
			}
		}
		return e.readThese(ctx, due[:min(len(due), profile.PageSize)])
	})
}

// Mend reads patients again whose stored rows do not open any more, and
// replaces the rows.
//
// Errors: as Full.
func (e *Engine) Mend(ctx context.Context, refs []string) (profile.Pass, error) {
	return e.alone("mend", func() (profile.Pass, error) {
		if err := e.store.Reviews.Distrust(ctx, refs); err != nil {
			return profile.Pass{}, err
		}
		var ids []profile.ID
		for _, ref := range refs {
			if id, ok := profile.ParseID(ref); ok {
				ids = append(ids, id)
			}
		}
		return e.readThese(ctx, ids)
	})
}

// readThese is a pass over some patients.
func (e *Engine) readThese(ctx context.Context, ids []profile.ID) (profile.Pass, error) {
	if len(ids) == 0 {
		return profile.Pass{}, nil
	}
	sent := e.source.Requests()
	pass, _, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.RetryPass, StartedAt: e.clock.time()})
	if err != nil {
		return pass, err
	}
	_, err = e.readAgain(ctx, pass.ID, ids)
	return e.end(ctx, pass, err, sent, func(profile.Counts) profile.Cursors { return profile.Cursors{} })
}

// readAgain reads these patients, and returns how many changed. Where Cliniko
// does not filter by ids, it reads the first ones one by one: each pass those
// that have waited longest.
func (e *Engine) readAgain(ctx context.Context, passID int64, ids []profile.ID) (changed int, err error) {
	changed, err = e.readByID(ctx, passID, ids, map[string]bool{})
	if !errors.Is(err, errIDs) {
		return changed, err
	}
	for _, id := range ids[:min(len(ids), profile.PageSize)] {
		page, err := e.source.Patient(ctx, id)
		if profile.CodeOf(err) == profile.NotFound {
			continue // a full pass looks for who is gone
		}
		if err != nil {
			return changed, err
		}
		n, err := e.keep(ctx, passID, page)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
