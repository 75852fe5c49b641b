package account

import (
	"context"
	"errors"
	"fmt"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// PINs says who has a PIN, by their ids.
type PINs struct {
	Allowed bool            // by the clinic; else nobody has one
	Set     map[string]bool // has one
	Usable  map[string]bool // and it is compared, for there were not too many wrong ones
}

// PINs returns who has a PIN on this computer.
func (p *People) PINs(ctx context.Context) (PINs, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return PINs{}, fmt.Errorf("account: read people: %w", err)
	}
	forbidden, err := p.store.QuickUnlockForbidden(ctx)
	if err != nil {
		return PINs{}, fmt.Errorf("account: read whether PINs are allowed: %w", err)
	}
	pins := PINs{Allowed: !forbidden, Set: map[string]bool{}, Usable: map[string]bool{}}
	for i := range people {
		person := &people[i]
		pins.Set[person.ID] = pins.Allowed && person.Active() && person.QuickUnlock.Kept != ""
		pins.Usable[person.ID] = pins.Set[person.ID] && person.QuickUnlock.Usable()
	}
	return pins, nil
}

// AllowPINs says whether people may have PINs on this computer. Forbidding
// removes those that there are.
func (p *People) AllowPINs(ctx context.Context, allowed bool) error {
	if err := p.store.ForbidQuickUnlock(ctx, !allowed); err != nil {
		return fmt.Errorf("account: change whether PINs are allowed: %w", err)
	}
	return nil
}

// SetPIN gives the person with the id a PIN, or another one. It needs their
// password; a wrong one is SignInRefused and counts as a failed sign-in. Invalid:
// it is no PIN, or easy to guess. NotPermitted: the clinic forbids PINs.
func (p *People) SetPIN(ctx context.Context, id, password, typed string) error {
	if err := checkPIN(typed); err != nil {
		return err // before the password, which takes a while
	}
	return p.enroll(ctx, id, password, func(person *staff.Person) (string, error) {
		return p.quick.Enroll(ctx, person, typed)
	})
}

// RemovePIN removes the PIN of the person with the id. It needs their password,
// as SetPIN does.
func (p *People) RemovePIN(ctx context.Context, id, password string) error {
	return p.enroll(ctx, id, password, func(*staff.Person) (string, error) { return "", nil })
}

func (p *People) enroll(ctx context.Context, id, password string, enroll func(*staff.Person) (string, error)) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	before, err := p.confirmed(ctx, id, password)
	if err != nil {
		return err
	}
	kept, err := enroll(before)
	if err != nil {
		return err
	}
	_, err = p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if person.PasswordHash != before.PasswordHash || !person.Active() {
			return profile.Refuse(profile.SignInRefused, "Your password was changed meanwhile. Sign in again.")
		}
		person.QuickUnlock = staff.Enrollment{Kept: kept}
		return nil
	})
	if err != nil || kept == "" {
		return err
	}
	// Where PINs are forbidden, also since a moment ago, none was stored.
	forbidden, err := p.store.QuickUnlockForbidden(ctx)
	if err == nil && forbidden {
		err = profile.Refuse(profile.NotPermitted, "Your clinic does not allow PINs. Sign in with your password.")
	}
	return err
}

var (
	errNeedsPassword = errors.New("account: no PIN that may be compared")
	errLastWrongPIN  = errors.New("account: the last wrong PIN before the password is needed")
)

func needsPassword() error {
	return &profile.Error{Code: profile.SignInRefused, Message: "Sign in with your password.", Cause: errNeedsPassword}
}

// NeedsPassword says that a PIN was not compared: there is none, it is forbidden,
// or there were too many wrong ones since the password was given.
func NeedsPassword(err error) bool { return errors.Is(err, errNeedsPassword) }

// LastWrongPIN says that this PIN was compared and wrong, and no further one will
// be before the password was given.
func LastWrongPIN(err error) bool { return errors.Is(err, errLastWrongPIN) }

// SignInWithPIN returns the person with the id, if this is their PIN. Every
// refusal is SignInRefused. Between one time that the password was given and the
// next, at most staff.MaxWrongUnlocks wrong ones are compared, by all processes
// together: each counts as wrong before it is compared, and one that is right
// takes back no more than itself.
func (p *People) SignInWithPIN(ctx context.Context, id, typed string) (staff.Person, error) {
	if err := p.acquire(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.release()
	forbidden, err := p.store.QuickUnlockForbidden(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read whether PINs are allowed: %w", err)
	}
	if forbidden {
		return staff.Person{}, needsPassword()
	}
	var counted staff.Enrollment
	_, err = p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if !person.Active() || !person.QuickUnlock.Usable() {
			return needsPassword()
		}
		person.QuickUnlock.Wrong++
		counted = person.QuickUnlock
		return nil
	})
	if profile.CodeOf(err) == profile.NotFound {
		return staff.Person{}, needsPassword()
	}
	if err != nil {
		return staff.Person{}, err
	}
	if matches, err := p.quick.Verify(ctx, counted.Kept, typed); err != nil || !matches {
		return staff.Person{}, wrongPIN(counted.Wrong, err)
	}
	return p.change(ctx, id, func(_ []staff.Person, person *staff.Person) error {
		if !person.Active() || person.QuickUnlock.Kept != counted.Kept {
			return needsPassword() // it was removed meanwhile
		}
		person.QuickUnlock.Wrong = max(person.QuickUnlock.Wrong-1, 0)
		return nil
	})
}

// wrongPIN is the refusal of the PIN that is the so many-th wrong one. cause may
// be nil.
func wrongPIN(nth int, cause error) error {
	refusal := &profile.Error{Code: profile.SignInRefused, Cause: errors.Join(errWrong, cause)}
	switch left := staff.MaxWrongUnlocks - nth; {
	case left <= 0:
		refusal.Message = "Wrong PIN. That was the last try: sign in with your password."
		refusal.Cause = errors.Join(errLastWrongPIN, cause)
	case left == 1:
		refusal.Message = "Wrong PIN. One more try, then your password is needed."
	default:
		refusal.Message = fmt.Sprintf("Wrong PIN. %d more tries, then your password is needed.", left)
	}
	return refusal
}

// clearWrongPINs lets PINs be compared again, for the password was given.
func (p *People) clearWrongPINs(ctx context.Context, known *staff.Person) error {
	if known.QuickUnlock.Wrong == 0 {
		return nil
	}
	_, err := p.change(ctx, known.ID, func(_ []staff.Person, person *staff.Person) error {
		person.QuickUnlock.Wrong = 0
		return nil
	})
	return err
}
