package session

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// AddFirst makes the first person, who gets every permission. It fails once
// there is anybody.
//
// Errors: NotPermitted, Invalid.
func AddFirst(ctx context.Context, w *workspace.Workspace, o Options, name, email, password string) (staff.Person, error) {
	var person staff.Person
	event := newSession(w, o, person).event(staff.AddedPerson, "")
	refused := func(error) bool { return true } // of nobody, and nobody was added
	err := w.AuditedUnless(ctx, event, refused, func(e *staff.Event) (err error) {
		person, err = w.Accounts.Add(ctx, nil, name, email, password, nil)
		e.Person, e.Subject = person.ID, person.ID
		return err
	})
	return person, err
}

// Accounts are the people of this computer.
type Accounts struct{ session *Session }

// Accounts returns the people of this computer.
func (s *Session) Accounts() Accounts { return Accounts{s} }

// List returns everybody who has an account, without password hashes.
//
// Errors: SignedOut, NotPermitted.
func (a Accounts) List(ctx context.Context) ([]staff.Person, error) {
	if err := a.session.Require(MayManagePeople); err != nil {
		return nil, err
	}
	return a.session.workspace.Accounts.List(ctx)
}

// Find returns whoever signs in with the email.
//
// Errors: SignedOut, NotPermitted, NotFound.
func (a Accounts) Find(ctx context.Context, email string) (staff.Person, error) {
	people, err := a.List(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	id, err := a.session.workspace.Accounts.ID(ctx, email)
	if err != nil {
		return staff.Person{}, err
	}
	at := slices.IndexFunc(people, func(p staff.Person) bool { return id != "" && p.ID == id })
	if at < 0 {
		return staff.Person{}, profile.Refuse(profile.NotFound, "Nobody here signs in with this email. Look it up in the list of people.")
	}
	return people[at], nil
}

// Add makes an account. own is the password of whoever makes it.
//
// Errors: SignedOut, NotPermitted, SignInRefused when own is not right, Invalid.
func (a Accounts) Add(ctx context.Context, own, name, email, password string, permissions []staff.Permission) (staff.Person, error) {
	s := a.session
	event := s.event(staff.AddedPerson, "")
	if err := s.confirmed(ctx, MayManagePeople, event, own); err != nil {
		return staff.Person{}, err
	}
	var person staff.Person
	err := s.recordUnlessWrong(ctx, event, func(e *staff.Event) (err error) {
		person, err = s.workspace.Accounts.Add(ctx, s.Person(), name, email, password, permissions)
		e.Subject = person.ID
		return err
	})
	return person, err
}

// Details are what may be changed of a person.
type Details = account.Details

// Change changes an account; own is as in Add. Whoever changes their own has
// the new permissions at once; whoever deactivates it has ended the session.
//
// Errors: SignedOut, NotPermitted, SignInRefused, Invalid, NotFound.
func (a Accounts) Change(ctx context.Context, own, id string, details Details) (staff.Person, error) {
	s := a.session
	event := s.event(staff.ChangedPerson, id)
	if err := s.confirmed(ctx, MayManagePeople, event, own); err != nil {
		return staff.Person{}, err
	}
	var person staff.Person
	err := s.recordUnlessWrong(ctx, event, func(*staff.Event) (err error) {
		person, err = s.workspace.Accounts.Change(ctx, s.Person(), id, details)
		return err
	})
	if person.ID == "" || person.ID != s.Person().ID {
		return person, err
	}
	if !person.Active() {
		s.End()
		return person, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person = person
	return person, err
}

// ResetPassword gives somebody who forgot the password another one; own is as in
// Add.
//
// Errors: SignedOut, NotPermitted, SignInRefused, Invalid, NotFound.
func (a Accounts) ResetPassword(ctx context.Context, own, id, password string) error {
	s := a.session
	event := s.event(staff.ResetPassword, id)
	if err := s.confirmed(ctx, MayManagePeople, event, own); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, event, func(*staff.Event) error {
		return s.workspace.Accounts.ResetPassword(ctx, s.Person(), id, password)
	})
}

// ChangePassword replaces the person's own password.
//
// Errors: SignedOut, SignInRefused when present is not right, Invalid.
func (a Accounts) ChangePassword(ctx context.Context, present, fresh string) error {
	s := a.session
	if err := s.Require(SignedIn); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, s.event(staff.ChangedPassword, ""), func(*staff.Event) error {
		return s.workspace.Accounts.ChangePassword(ctx, s.Person().ID, present, fresh)
	})
}

// SetPIN gives the person of this session a PIN on this computer, or another
// one; own is their password.
//
// Errors: SignedOut, SignInRefused, Invalid; NotPermitted where the clinic forbids
// PINs.
func (a Accounts) SetPIN(ctx context.Context, own, pin string) error {
	s := a.session
	if err := s.Require(SignedIn); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, s.event(staff.SetPIN, ""), func(*staff.Event) error {
		return s.workspace.Accounts.SetPIN(ctx, s.Person().ID, own, pin)
	})
}

// RemovePIN removes it; own is their password.
//
// Errors: SignedOut, SignInRefused.
func (a Accounts) RemovePIN(ctx context.Context, own string) error {
	s := a.session
	if err := s.Require(SignedIn); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, s.event(staff.RemovedPIN, ""), func(*staff.Event) error {
		return s.workspace.Accounts.RemovePIN(ctx, s.Person().ID, own)
	})
}
