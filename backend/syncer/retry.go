package syncer

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/profile"
)

// Retry reads again the records that could not be read and are due, see
// profile.RetryAt: at most a page of them. If there are none, it sends nothing
// and returns the zero Pass.
//
// Errors: as Full.
func (e *Engine) Retry(ctx context.Context) (profile.Pass, error) {
	return e.exclusive("retry", func() (profile.Pass, error) {
		retries, err := e.store.Reviews.Retries(ctx)
		if err != nil {
			return profile.Pass{}, err
		}
		if err := e.clock.load(ctx); err != nil {
			return profile.Pass{}, err
		}
		now := e.clock.time()
		var due []profile.ID
		for _, r := range retries {
			if !r.At.After(now) {
				due = append(due, r.ID)
			}
		}
		return e.rereadPass(ctx, due[:min(len(due), profile.PageSize)])
	})
}

// Mend reads patients again whose stored rows can no longer be decrypted, and
// replaces the rows.
//
// Errors: as Full.
func (e *Engine) Mend(ctx context.Context, refs []string) (profile.Pass, error) {
	return e.exclusive("mend", func() (profile.Pass, error) {
		if err := e.store.Reviews.Distrust(ctx, refs); err != nil {
			return profile.Pass{}, err
		}
		var ids []profile.ID
		for _, ref := range refs {
			if id, ok := profile.ParseID(ref); ok {
				ids = append(ids, id)
			}
		}
		return e.rereadPass(ctx, ids)
	})
}

// rereadPass is a pass over some patients. Without any it does nothing.
func (e *Engine) rereadPass(ctx context.Context, ids []profile.ID) (profile.Pass, error) {
	if len(ids) == 0 {
		return profile.Pass{}, nil
	}
	if err := e.clock.load(ctx); err != nil {
		return profile.Pass{}, err
	}
	sent := e.source.Requests()
	pass, _, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: profile.RetryPass, StartedAt: e.clock.time(), Service: e.service})
	if err != nil {
		return pass, err
	}
	_, err = e.reread(ctx, pass.ID, ids)
	return e.closePass(ctx, pass, err, sent, func(profile.Counts) profile.Cursors { return profile.Cursors{} })
}

// reread reads these patients and returns how many changed. Where Cliniko does
// not filter by ids, it reads up to a page of them one by one, those that have
// waited longest first.
func (e *Engine) reread(ctx context.Context, passID int64, ids []profile.ID) (changed int, err error) {
	changed, err = e.readByID(ctx, passID, ids, map[string]bool{})
	if !errors.Is(err, errIDs) {
		return changed, err
	}
	for _, id := range ids[:min(len(ids), profile.PageSize)] {
		page, err := e.source.Patient(ctx, id)
		if profile.CodeOf(err) == profile.NotFound {
			continue // the next full pass finds out who was deleted
		}
		if err != nil {
			return changed, err
		}
		n, err := e.storePage(ctx, passID, page)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
