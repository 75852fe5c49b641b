package runner

import (
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// slot holds the one pass that runs, with everything that the Status says.
type slot struct {
	mu           sync.Mutex
	current      *pass // nil: nothing runs
	held         int   // while it is not 0, nothing begins
	progress     syncer.Progress
	waitingUntil time.Time
	outcome      outcome
	earlier      Summary
}

// begin puts p into the slot, and waits for a pass that it preempts.
//
// Errors: SyncRunning when there is one that it may not preempt.
func (s *slot) begin(p *pass) error {
	for {
		preempted, err := s.take(p)
		if preempted == nil {
			return err
		}
		preempted.cancel(errPreempted)
		<-preempted.done
	}
}

// hold keeps passes from beginning until release is called; with several holds,
// until each is released.
func (s *slot) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held++
}

func (s *slot) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held--
}

// take puts p into the slot if that is empty. Otherwise it returns the pass
// that p preempts, or SyncRunning: only what nobody asked for is preempted,
// and only by what a person asked for.
func (s *slot) take(p *pass) (preempted *pass, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held > 0 {
		return nil, profile.Refuse(profile.SyncRunning, "The clinic is being disconnected or closed, so no sync can start. Wait until that is done, then try again.")
	}
	if s.current == nil {
		s.current, s.progress = p, syncer.Progress{Phase: p.phase, Left: -1}
		if !p.background {
			s.outcome.problem = nil
		}
		return nil, nil
	}
	if !s.current.background || p.background {
		return nil, profile.Refuse(profile.SyncRunning, "A sync is already running. Wait until it is done, or cancel it first.")
	}
	s.current.preempted = true
	return s.current, nil
}

// finish empties the slot and records the outcome of p.
func (s *slot) finish(p *pass, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.waitingUntil = nil, time.Time{}
	s.outcome.record(p.kind, p.background, err)
	p.err = err
	close(p.done)
}

// running returns the pass that runs, or nil.
func (s *slot) running() *pass {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// join returns the pass that runs if it brings what a pass of the kind would,
// and nil otherwise. From now on it is a person's.
func (s *slot) join(kind Kind) *pass {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.current
	if p == nil || p.preempted || p.kind != kind && p.kind != Full {
		return nil
	}
	if p.background {
		p.background, p.joined, s.outcome.problem = false, true, nil
	}
	return p
}

// closeToJoins says whether a person has joined p, which ran in the background.
// If not, nobody can any more.
func (s *slot) closeToJoins(p *pass) (joined bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.preempted = p.preempted || !p.joined
	return p.joined
}

func (s *slot) report(progress syncer.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress = progress
}

func (s *slot) wait(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waitingUntil = until
}

func (s *slot) setSummary(earlier Summary) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.earlier = earlier
}

// update changes the outcome, or reads it.
func (s *slot) update(change func(*outcome)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.outcome)
}

func (s *slot) status(now time.Time) Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := Status{Progress: syncer.Progress{Phase: Idle, Left: -1}, Problem: s.outcome.problem, OfflineSince: s.outcome.offlineSince, Summary: s.earlier}
	if s.current != nil {
		status.Progress = s.progress
		status.Background = s.current.background && !s.current.resumed
	}
	if s.waitingUntil.After(now) { // by the monotonic clock that both have
		status.WaitingUntil = s.waitingUntil
	}
	return status
}
