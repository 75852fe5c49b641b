package syncer

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

// difference is one between Cliniko's count of active patients and the store's.
type difference struct {
	drift int
	since time.Time // what changed in Cliniko since then may show in its times only
}

// repair is a full pass because the counts differ. A difference that no pass can
// explain is remembered, so that it causes no further one: if a proven pass has
// found nothing that could explain it, and leaves the same one.
//
// If it has found something, what it leaves may be new: somebody who was
// unarchived or deleted while it read, and whom only another pass would find.
// Then the next count decides.
func (e *Engine) repair(ctx context.Context, before difference, m *meter) (profile.Pass, error) {
	e.notice(CountDiffers)
	e.traceless.watch(before.since)
	pass, proven, err := e.full(ctx, m)
	if err != nil || !proven {
		return pass, err
	}
	since, err := e.store.Passes.Cursors(ctx)
	if err != nil {
		return pass, err
	}
	drift, err := e.countDrift(ctx, &since)
	switch {
	case err != nil || drift == since.Drift:
		return pass, err
	case drift == before.drift && e.traceless.found() == 0:
		since.Drift = drift
		if drift != 0 {
			e.notice(CountUnexplained)
		}
	default:
		since.CountedAt = since.CountedAt.Add(countSoon - countEvery)
	}
	return pass, e.store.Passes.SetCursors(ctx, since)
}

// countDrift asks how many active patients Cliniko has, and returns by how much
// that differs from the store, not counting the patients that are already
// reported as missing.
func (e *Engine) countDrift(ctx context.Context, into *profile.Cursors) (drift int, err error) {
	page, err := e.source.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
	if err != nil {
		return 0, err
	}
	tally, err := e.store.Entries.Tally(ctx)
	into.ActiveInCliniko, into.CountedAt = page.Total, e.clock.newestAnswer()
	return page.Total - (tally.Active - tally.Missing), err
}

// traceless counts the changes of clients that no time in Cliniko shows, such as
// unarchiving and deleting.
type traceless struct {
	mu    sync.Mutex
	since time.Time
	n     int
}

// watch counts from now on the changes that Cliniko does not date later than
// this.
func (t *traceless) watch(since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since, t.n = since, 0
}

func (t *traceless) found() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

// add counts those of the changed entries that are without a trace.
func (t *traceless) add(changed []profile.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range changed {
		p, failure := &changed[i].Profile, changed[i].Failure
		switch {
		case failure != nil && failure.Code == profile.Unreadable: // of whom no time is known
		case p.State == profile.Deleted, !p.CreatedAt.After(t.since) && !p.UpdatedAt.After(t.since) && !p.ArchivedAt.After(t.since):
			t.n++
		}
	}
}
