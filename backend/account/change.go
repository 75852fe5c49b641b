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
	// Before are the details that these were made of, such as those that a form
	// was opened with; nil: none were read.
	Before *Details
}

// of reports whether these are a person's details as they are stored.
func (d *Details) of(p *staff.Person) bool {
	return d.Name == p.Name && d.Email == p.Email && d.Active == p.Active() && slices.Equal(d.Permissions, p.Permissions)
}

// Change replaces the details of the person with the id, and removes the PIN of
// whoever may no longer sign in. by needs ManagePeople.
// Invalid: a value is unacceptable, the person is not as in Before any more, or
// no one would be left with ManagePeople.
func (p *People) Change(ctx context.Context, by *staff.Person, id string, d Details) (staff.Person, error) {
	if err := p.acquire(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.release()
	return p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		if err := mayManage(people, by); err != nil {
			return err
		}
		if d.Before != nil && !d.Before.of(person) {
			return errChangedMeanwhile
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
			person.Deactivated, person.QuickUnlock = p.now().UTC(), staff.Enrollment{}
		}
		if !slices.ContainsFunc(append(others, *person), managesPeople) {
			return invalid("Someone has to be able to manage people. Give somebody else that permission first.")
		}
		return nil
	})
}

func managesPeople(p staff.Person) bool { return p.Active() && p.May(staff.ManagePeople) }

// ChangePassword replaces a person's own password, and removes their PIN. It
// needs the present one; a wrong one is SignInRefused and counts as a failed
// sign-in.
func (p *People) ChangePassword(ctx context.Context, id, present, fresh string) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	_, before, err := p.find(ctx, id)
	if err != nil {
		return err
	}
	if err := p.challenge(ctx, before.Email, before, present, "Wrong password. Check your current password and try again."); err != nil {
		return err
	}
	hash, err := p.newHash(ctx, fresh, before)
	if err != nil {
		return err
	}
	_, err = p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if person.PasswordHash != before.PasswordHash || !person.Active() {
			return profile.Refuse(profile.SignInRefused, "Your password was changed meanwhile. Sign in again.")
		}
		person.PasswordHash, person.QuickUnlock = hash, staff.Enrollment{}
		return nil
	})
	return err
}

// ResetPassword sets the password of a person who forgot it, and removes their
// PIN. by needs ManagePeople.
func (p *People) ResetPassword(ctx context.Context, by *staff.Person, id, fresh string) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	people, before, err := p.find(ctx, id)
	if err != nil {
		return err
	}
	if err := mayManage(people, by); err != nil {
		return err
	}
	hash, err := p.newHash(ctx, fresh, before)
	if err != nil {
		return err
	}
	person, err := p.change(ctx, id, func(people []staff.Person, person *staff.Person) error {
		person.PasswordHash, person.QuickUnlock = hash, staff.Enrollment{}
		return mayManage(people, by)
	})
	if err != nil {
		return err
	}
	return p.clearTries(ctx, person.Email)
}

// Confirm checks the password of the person who is signed in again, before
// something that matters. A wrong one is SignInRefused and counts as a failed
// sign-in.
func (p *People) Confirm(ctx context.Context, id, password string) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	_, err := p.confirmed(ctx, id, password)
	return err
}

// confirmed returns the person with the id, whose password this is.
func (p *People) confirmed(ctx context.Context, id, password string) (*staff.Person, error) {
	_, person, err := p.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if !person.Active() {
		return nil, errUnknown
	}
	if err := p.challenge(ctx, person.Email, person, password, wrongSentence); err != nil {
		return nil, err
	}
	return person, nil
}

var errChangedMeanwhile = invalid("This person was changed meanwhile, so nothing was changed now. Look at the list of people and try again.")

var errUnknown = profile.Refuse(profile.NotFound, "This person is no longer here. Reload the list of people.")

// newHash returns the hash of a new password of the person, once it was
// accepted.
func (p *People) newHash(ctx context.Context, password string, person *staff.Person) (string, error) {
	known := p.known(ctx, person.Name, person.Email)
	if err := p.checkPassword(password, person.Name, person.Email, known); err != nil {
		return "", err
	}
	hash, err := p.cost.hash(password)
	if err != nil {
		return "", fmt.Errorf("account: hash a password: %w", err)
	}
	return hash, nil
}

// find returns all people, and the one with the id.
func (p *People) find(ctx context.Context, id string) ([]staff.Person, *staff.Person, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("account: read people: %w", err)
	}
	person := findByID(people, id)
	if person == nil {
		return nil, nil, errUnknown
	}
	return people, person, nil
}

// change stores what do makes of the person with the id, as they are stored
// then: hashing takes a while, in which another process may have changed them.
func (p *People) change(ctx context.Context, id string, do func(people []staff.Person, person *staff.Person) error) (staff.Person, error) {
	var person staff.Person
	err := p.store.ChangePeople(ctx, func(people []staff.Person) (staff.Person, error) {
		known := findByID(people, id)
		if known == nil {
			return staff.Person{}, errUnknown
		}
		person = *known
		return person, do(people, &person)
	})
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: keep a person: %w", err)
	}
	return withoutSecrets(person), nil
}
