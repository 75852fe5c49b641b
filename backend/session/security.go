package session

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Who may change what holds for everybody, and erase a client.
var (
	MayChangeSecurity = AllOf(staff.ManagePeople)
	MayErase          = AllOf(staff.DeleteProfiles)
)

// SetAutoLock changes after how many idle minutes the window locks, for
// everybody on this computer; 0 is only when the computer locks or sleeps.
//
// Errors: SignedOut, NotPermitted, Invalid.
func (s *Session) SetAutoLock(ctx context.Context, minutes int) error {
	return s.changeSecurity(ctx, func() error { return s.workspace.SetIdleMinutes(ctx, minutes) })
}

// SetRetention changes for how long clients who have left stay here. It counts
// from the next sync.
//
// Errors: SignedOut, NotPermitted, NotConnected, Invalid.
func (s *Session) SetRetention(ctx context.Context, r profile.Retention) error {
	return s.changeSecurity(ctx, func() error {
		store, err := s.workspace.Store(ctx)
		if err != nil {
			return err
		}
		return store.SetRetention(ctx, r)
	})
}

func (s *Session) changeSecurity(ctx context.Context, change func() error) error {
	if err := s.Require(MayChangeSecurity); err != nil {
		return err
	}
	return s.recorded(ctx, s.event(staff.ChangedSecurity, ""), func(*staff.Event) error { return change() })
}

// EraseProfile removes what is kept here of a client who has left Cliniko.
//
// Errors: SignedOut, NotPermitted, NotConnected, NotFound, Invalid for a client
// who has not left.
func (s *Session) EraseProfile(ctx context.Context, ref string) error {
	if err := s.Require(MayErase); err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	err = s.recorded(ctx, s.event(staff.ErasedProfile, ref), func(*staff.Event) error { return store.Erase(ctx, ref) })
	if err == nil {
		s.workspace.Forget([]string{ref})
	}
	return err
}
