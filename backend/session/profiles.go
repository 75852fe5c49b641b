package session

import (
	"context"

	"telehab.io/desktop/backend/staff"
)

// OpenedProfile adds to the audit trail that the person looks at a client, once
// as long as they keep looking at the same one, and has Today show whom, where
// that can be saved.
func (s *Session) OpenedProfile(ctx context.Context, ref string) error {
	again, err := s.recordOnce(ctx, staff.OpenedProfile, ref, &s.opened)
	if err != nil || again {
		return err
	}
	if err := s.Today().opened(ctx, ref); err != nil {
		s.workspace.Unsaved(err)
	}
	return nil
}

// ReadHistory adds to the audit trail that the person reads what changed of a
// client, once as long as they keep looking at the same one.
func (s *Session) ReadHistory(ctx context.Context, ref string) error {
	_, err := s.recordOnce(ctx, staff.ReadHistory, ref, &s.history)
	return err
}

// recordOnce adds an event, unless it is the very same one as last.
func (s *Session) recordOnce(ctx context.Context, action staff.Action, ref string, last *string) (again bool, err error) {
	if err := s.Require(MayViewProfiles); err != nil {
		return false, err
	}
	s.mu.Lock()
	again = *last == ref
	s.mu.Unlock()
	if again {
		return true, nil
	}
	if err := s.record(ctx, action, ref); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	*last = ref
	return false, nil
}

// EraseProfile removes what is kept here of a client who has left Cliniko. own
// is the person's password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, NotConnected, NotFound, Invalid
// for a client who has not left.
func (s *Session) EraseProfile(ctx context.Context, own, ref string) error {
	event := s.event(staff.ErasedProfile, ref)
	if err := s.confirmed(ctx, MayEraseProfiles, event, own); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, event, func(*staff.Event) error { return s.workspace.Erase(ctx, ref) })
}
