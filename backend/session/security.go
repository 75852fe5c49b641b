package session

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Security is what is set for everybody on this computer, and the audit trail.
type Security struct{ session *Session }

// Security returns what is set for everybody, and the audit trail.
func (s *Session) Security() Security { return Security{s} }

// SetAutoLock changes after how many idle minutes the window locks, for
// everybody on this computer; 0 is only when the computer locks or sleeps.
//
// Errors: SignedOut, NotPermitted, Invalid.
func (x Security) SetAutoLock(ctx context.Context, minutes int) error {
	return x.change(ctx, func() error { return x.session.workspace.SetIdleMinutes(ctx, minutes) })
}

// SetRetention changes for how long clients who have left stay here. It counts
// from the next sync, which erases whoever left before that. own is the
// person's password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, NotConnected, Invalid.
func (x Security) SetRetention(ctx context.Context, own string, r profile.Retention) error {
	s := x.session
	if err := s.Require(MayChangeSecurity); err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	if err := s.confirmed(ctx, MayChangeSecurity, s.event(staff.ChangedSecurity, ""), own); err != nil {
		return err
	}
	return x.change(ctx, func() error { return store.SetRetention(ctx, r) })
}

// AllowPINs says whether people may have PINs on this computer. Forbidding
// removes those that there are at once.
//
// Errors: SignedOut, NotPermitted.
func (x Security) AllowPINs(ctx context.Context, allowed bool) error {
	s := x.session
	if err := s.Require(MayChangeSecurity); err != nil {
		return err
	}
	action := staff.ForbadePINs
	if allowed {
		action = staff.AllowedPINs
	}
	return s.recordUnlessWrong(ctx, s.event(action, ""), func(*staff.Event) error { return s.workspace.Accounts.AllowPINs(ctx, allowed) })
}

func (x Security) change(ctx context.Context, change func() error) error {
	s := x.session
	if err := s.Require(MayChangeSecurity); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, s.event(staff.ChangedSecurity, ""), func(*staff.Event) error { return change() })
}

// Events returns the newest lines of the audit trail before the one with this
// id, the newest first; 0 is from the end. That somebody reads it is a line
// too, one as long as nobody does anything else. It needs MayManagePeople.
func (x Security) Events(ctx context.Context, before int64, most int) ([]staff.Event, error) {
	s := x.session
	if err := s.Require(MayManagePeople); err != nil {
		return nil, err
	}
	if before <= 0 {
		newest, err := s.workspace.Events(ctx, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(newest) == 0 || newest[0].Action != staff.ReadAudit || newest[0].Person != s.Person().ID {
			if err := s.record(ctx, staff.ReadAudit, ""); err != nil {
				return nil, err
			}
		}
	}
	return s.workspace.Events(ctx, before, most)
}
