package session

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// Computers are those that share the clinic.
type Computers struct{ session *Session }

// Computers returns the computers that share the clinic.
func (s *Session) Computers() Computers { return Computers{s} }

// Share shares the clinic through an empty database: see Workspace.Share. own is the
// person's password. A window that is open on the workspace opens it anew afterwards.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of Workspace.Share.
func (c Computers) Share(ctx context.Context, own, address string, progress func(done, all int)) error {
	return c.change(ctx, own, staff.SharedClinic, "", func() error { return c.session.workspace.Share(ctx, address, progress) })
}

// MoveDatabase has this computer reach the clinic's database at another address: see
// Workspace.MoveDatabase. own is the person's password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of Workspace.MoveDatabase.
func (c Computers) MoveDatabase(ctx context.Context, own, address string) error {
	return c.change(ctx, own, staff.SharedClinic, "", func() error { return c.session.workspace.MoveDatabase(ctx, address) })
}

// List returns the computers of the clinic.
//
// Errors: SignedOut, NotPermitted, and those of Workspace.Computers.
func (c Computers) List(ctx context.Context) ([]workspace.Computer, error) {
	if err := c.session.Require(MayViewComputers); err != nil {
		return nil, err
	}
	return c.session.workspace.Computers(ctx)
}

// Find returns the computer of the clinic with this id or name.
//
// Errors: NotFound, Invalid where several have the name, and as List.
func (c Computers) Find(ctx context.Context, named string) (found workspace.Computer, err error) {
	all, err := c.List(ctx)
	if err != nil {
		return found, err
	}
	matches := 0
	for _, one := range all {
		if one.ID == named {
			return one, nil
		}
		if one.Name == named {
			found = one
			matches++
		}
	}
	switch matches {
	case 0:
		return found, profile.Refuse(profile.NotFound, "The clinic has no such computer. telehab computers lists them.")
	case 1:
		return found, nil
	}
	return found, profile.Refuse(profile.Invalid, "Several computers have this name. Give the id of the one that you mean: telehab computers --json has it.")
}

// Add returns a code with which one further computer may join. own is the person's
// password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of Workspace.AddComputer.
func (c Computers) Add(ctx context.Context, own string) (code string, err error) {
	err = c.change(ctx, own, staff.AddedComputer, "", func() error {
		code, err = c.session.workspace.AddComputer(ctx)
		return err
	})
	return code, err
}

// Remove takes a computer out of the clinic, by its id. own is the person's password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of Workspace.RemoveComputer.
func (c Computers) Remove(ctx context.Context, own, id string) error {
	return c.change(ctx, own, staff.RemovedComputer, id, func() error { return c.session.workspace.RemoveComputer(ctx, id) })
}

// StopSharing takes this computer out of the clinic, with all that it has: see
// Workspace.StopSharing. own is the person's password. The line in the audit trail is
// the first of this computer's own.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of Workspace.StopSharing.
func (c Computers) StopSharing(ctx context.Context, own string) (left, err error) {
	s := c.session
	if err := s.Require(MayChangeComputers); err != nil {
		return nil, err
	}
	if err := s.confirmed(ctx, MayChangeComputers, s.event(staff.StoppedSharing, ""), own); err != nil {
		return nil, err
	}
	if left, err = s.workspace.StopSharing(ctx); err != nil {
		return left, err
	}
	return left, s.record(ctx, staff.StoppedSharing, "")
}

func (c Computers) change(ctx context.Context, own string, action staff.Action, subject string, do func() error) error {
	s := c.session
	if err := s.Require(MayChangeComputers); err != nil {
		return err
	}
	event := s.event(action, subject)
	if err := s.confirmed(ctx, MayChangeComputers, event, own); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, event, func(*staff.Event) error { return do() })
}
