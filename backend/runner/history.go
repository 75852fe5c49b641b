package runner

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/profile"
)

// newestPasses is how many of the newest passes are read: more than another
// process ends between two calls.
const newestPasses = 20

// history reads from the store how passes ended, those of other processes too.
type history struct {
	workspace Workspace

	mu    sync.Mutex
	ended map[int64]bool // the newest passes that are known to have ended; nil: not read yet
}

// newest returns the newest passes first; none while no clinic is connected.
func (h *history) newest(ctx context.Context) ([]profile.Pass, error) {
	store, err := h.workspace.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	passes, err := store.Passes(ctx, newestPasses)
	if err != nil {
		return nil, err
	}
	full, err := store.LastFull(ctx) // an old one may have been resumed
	if full.ID != 0 && full.ID < passes[len(passes)-1].ID {
		passes = append(passes, full)
	}
	return passes, err
}

func (h *history) summary(ctx context.Context) (Summary, error) {
	var s Summary
	passes, err := h.newest(ctx)
	if err != nil || len(passes) == 0 {
		return s, err
	}
	store, err := h.workspace.Store(ctx)
	if err != nil {
		return s, err
	}
	good, err := store.LastGood(ctx)
	if err != nil {
		return s, err
	}
	s.LastSuccess, s.ByService = good.EndedAt, good.Service
	for i := range passes {
		p := &passes[i]
		switch {
		case isUnfinished(p):
			s.Unfinished = s.Unfinished || p.Kind == profile.FullPass
		case s.Last == nil && p.Kind != profile.RetryPass:
			s.Last = p
		}
	}
	return s, nil
}

// lastProblem returns why the last pass did not end well, or nil.
func (h *history) lastProblem(ctx context.Context) (problem, err error) {
	passes, err := h.newest(ctx)
	for i := range passes {
		if p := &passes[i]; p.Kind != profile.RetryPass {
			return problemOf(p), err
		}
	}
	return nil, err
}

// endedElsewhere returns the newest pass that has ended since the last call, or
// nil; nil at the first call. A pass of this process is not returned if it
// called this while it had the store's lock.
func (h *history) endedElsewhere(ctx context.Context) (*profile.Pass, error) {
	passes, err := h.newest(ctx)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.ended == nil
	var newest *profile.Pass
	ended := map[int64]bool{}
	for i := range passes {
		p := &passes[i]
		if isUnfinished(p) {
			continue
		}
		ended[p.ID] = true
		if newest == nil && !h.ended[p.ID] && !first {
			newest = p
		}
	}
	h.ended = ended
	return newest, nil
}
