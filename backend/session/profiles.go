package session

import (
	"context"

	"telehab.io/desktop/backend/staff"
)

// OpenedProfile adds to the audit trail that the person looks at a client, once
// as long as they go on looking at the same one.
func (s *Session) OpenedProfile(ctx context.Context, ref string) error {
	if err := s.Require(MayViewProfiles); err != nil {
		return err
	}
	s.mu.Lock()
	again := s.opened == ref
	s.mu.Unlock()
	if again {
		return nil
	}
	if err := s.record(ctx, staff.OpenedProfile, ref); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = ref
	return nil
}

// EraseProfile removes what is kept here of a client who has left Cliniko.
//
// Errors: SignedOut, NotPermitted, NotConnected, NotFound, Invalid for a client
// who has not left.
func (s *Session) EraseProfile(ctx context.Context, ref string) error {
	if err := s.Require(MayEraseProfiles); err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	err = s.recordAfter(ctx, s.event(staff.ErasedProfile, ref), func(*staff.Event) error { return store.Erase(ctx, ref) })
	if err == nil {
		s.workspace.Forget([]string{ref})
	}
	return err
}
