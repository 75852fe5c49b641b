package account

import (
	"context"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Details are what a person with ManagePeople may change of another.
type Details struct {
	Name, Email string
	Permissions []staff.Permission
	Active      bool // may sign in
}

// Change replaces the details of the person with the id. by needs ManagePeople.
// Invalid: a value is unacceptable, or no one would be left with ManagePeople.
func (p *People) Change(ctx context.Context, by *staff.Person, id string, d Details) (staff.Person, error) {
	return p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		if err := mayManage(people, by); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(people), func(other staff.Person) bool { return other.ID == id })
		accepted, err := validDetails(others, d.Name, d.Email, d.Permissions)
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
			return invalid("Someone has to be able to manage people. Give somebody else that permission first.")
		}
		return nil
	})
}

func managesPeople(p staff.Person) bool { return p.Active() && p.May(staff.ManagePeople) }

// ChangePassword replaces a person's own password. It needs the present one; a
// wrong one is SignInRefused and counts as a failed sign-in.
func (p *People) ChangePassword(ctx context.Context, id, present, fresh string) error {
	_, err := p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if err := p.challenge(ctx, person.Email, person, present, "Wrong password. Check your current password and try again."); err != nil {
			return err
		}
		return p.setPassword(person, fresh)
	})
	return err
}

// ResetPassword sets the password of a person who forgot it. by needs
// ManagePeople.
func (p *People) ResetPassword(ctx context.Context, by *staff.Person, id, fresh string) error {
	_, err := p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		if err := mayManage(people, by); err != nil {
			return err
		}
		if err := p.clearTries(ctx, person.Email); err != nil {
			return err
		}
		return p.setPassword(person, fresh)
	})
	return err
}

// Confirm checks the password of the person who is signed in again, before
// something that matters. A wrong one is SignInRefused and counts as a failed
// sign-in.
func (p *People) Confirm(ctx context.Context, id, password string) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	people, err := p.store.People(ctx)
	if err != nil {
		return fmt.Errorf("account: read people: %w", err)
	}
	person := findByID(people, id)
	if person == nil || !person.Active() {
		return errUnknown
	}
	return p.challenge(ctx, person.Email, person, password, "Wrong password. Check it and try again.")
}

var errUnknown = profile.Refuse(profile.NotFound, "This person is no longer here. Reload the list of people.")

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

// change reads the people, calls do to change the one with the id, and stores
// it.
func (p *People) change(ctx context.Context, id string, do func(people []staff.Person, person *staff.Person) error) (staff.Person, error) {
	if err := p.acquire(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.release()
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	known := findByID(people, id)
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
