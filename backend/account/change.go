package account

import (
	"context"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Details are what somebody who manages people may change of a person.
type Details struct {
	Name, Email string
	Permissions []staff.Permission
	Active      bool // may sign in
}

// Change gives the person with the id other details. by needs ManagePeople.
// Invalid: something is not acceptable, or nobody could manage people any more.
func (p *People) Change(ctx context.Context, by *staff.Person, id string, d Details) (staff.Person, error) {
	return p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		if err := mayManage(people, by); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(people), func(other staff.Person) bool { return other.ID == id })
		accepted, err := acceptDetails(others, d.Name, d.Email, d.Permissions)
		if err != nil {
			return err
		}
		person.Name, person.Email, person.Permissions = accepted.Name, accepted.Email, accepted.Permissions
		if d.Active {
			person.Deactivated = staff.Person{}.Deactivated
		} else if person.Active() {
			person.Deactivated = p.now().UTC()
		}
		if !slices.ContainsFunc(append(others, *person), managesPeople) {
			return invalid("Nobody could manage people any more. Give somebody else the permission first.")
		}
		return nil
	})
}

func managesPeople(p staff.Person) bool { return p.Active() && p.May(staff.ManagePeople) }

// ChangePassword replaces a person's own password. The present one has to be
// given; a wrong one is SignInRefused, and counts as a wrong try of signing in.
func (p *People) ChangePassword(ctx context.Context, id, present, fresh string) error {
	_, err := p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if err := p.challenge(ctx, person.Email, person, present, "The present password is not right. Check it and try again."); err != nil {
			return err
		}
		return p.setPassword(person, fresh)
	})
	return err
}

// ResetPassword gives a person who forgot it another password. by needs
// ManagePeople.
func (p *People) ResetPassword(ctx context.Context, by *staff.Person, id, fresh string) error {
	_, err := p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		if err := mayManage(people, by); err != nil {
			return err
		}
		if err := p.forget(ctx, person.Email); err != nil {
			return err
		}
		return p.setPassword(person, fresh)
	})
	return err
}

// Confirm asks the person who is signed in for the password once more, before
// something that matters. SignInRefused: it is not right, which counts as a
// wrong try of signing in.
func (p *People) Confirm(ctx context.Context, id, password string) error {
	if err := p.takeTurn(ctx); err != nil {
		return err
	}
	defer p.endTurn()
	people, err := p.store.People(ctx)
	if err != nil {
		return fmt.Errorf("account: read people: %w", err)
	}
	person := withID(people, id)
	if person == nil || !person.Active() {
		return errUnknown
	}
	return p.challenge(ctx, person.Email, person, password, "This is not your password. Check it and try again.")
}

var errUnknown = profile.Refuse(profile.NotFound, "This person is not here any more. Look at the list of people again.")

func (p *People) setPassword(person *staff.Person, password string) error {
	if err := checkPassword(password, person.Name, person.Email); err != nil {
		return err
	}
	hash, err := p.cost.hash(password)
	if err != nil {
		return fmt.Errorf("account: hash a password: %w", err)
	}
	person.PasswordHash = hash
	return nil
}

// change reads the people, lets do change the one with the id, and stores it.
func (p *People) change(ctx context.Context, id string, do func(people []staff.Person, person *staff.Person) error) (staff.Person, error) {
	if err := p.takeTurn(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.endTurn()
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	known := withID(people, id)
	if known == nil {
		return staff.Person{}, errUnknown
	}
	person := *known
	if err := do(people, &person); err != nil {
		return staff.Person{}, err
	}
	if err := p.store.ChangePerson(ctx, person); err != nil {
		return staff.Person{}, fmt.Errorf("account: keep a person: %w", err)
	}
	return withoutHash(person), nil
}
