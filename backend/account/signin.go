package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

const refusedSentence = "Wrong email or password. Check both and try again."

// SignIn returns the person with the email and the password, without its hash.
// Every refusal is SignInRefused with the same sentence and the same work,
// whichever part was wrong. After wrong tries for an email the next one is
// refused unheard for a while, with a sentence that says how long.
func (p *People) SignIn(ctx context.Context, email, password string) (staff.Person, error) {
	if err := p.takeTurn(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.endTurn()
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	person := find(people, email)
	if person != nil && !person.Active() {
		person = nil // as if there were nobody, and with the same work
	}
	if err := p.challenge(ctx, email, person, password, refusedSentence); err != nil {
		return staff.Person{}, err
	}
	return withoutHash(*person), nil
}

// challenge returns nil if the password is the person's, and counts the wrong
// tries of the email. After one it refuses unheard for a while. The caller holds
// the turn.
func (p *People) challenge(ctx context.Context, email string, person *staff.Person, password, refusal string) error {
	wait, err := p.heard(ctx, email)
	if err != nil {
		return fmt.Errorf("account: count a try: %w", err)
	}
	if wait > 0 {
		return profile.Refuse(profile.SignInRefused, waitSentence(wait))
	}
	if cause := p.prove(person, password); cause != nil {
		return &profile.Error{Code: profile.SignInRefused, Message: refusal, Cause: cause}
	}
	return p.forget(ctx, email)
}

// Authorise is SignIn for a headless command that needs the permissions;
// without all of them the answer is NotPermitted.
func (p *People) Authorise(ctx context.Context, email, password string, permissions ...staff.Permission) (staff.Person, error) {
	person, err := p.SignIn(ctx, email, password)
	if err != nil {
		return staff.Person{}, err
	}
	if slices.ContainsFunc(permissions, func(needed staff.Permission) bool { return !person.May(needed) }) {
		return staff.Person{}, profile.Refuse(profile.NotPermitted,
			"This person may not do that here. Ask someone who may manage people for the permission, or sign in as someone else.")
	}
	return person, nil
}

// errWrong is the same for an unknown email and a wrong password: the log must
// not tell them apart either.
var errWrong = errors.New("account: no such email and password")

// prove returns nil if the password is the person's. Where there is nothing to
// compare with, it hashes the password all the same.
func (p *People) prove(person *staff.Person, password string) error {
	if len(password) > MaxPassword {
		person, password = nil, ""
	}
	if person == nil {
		return p.pretend(password, errWrong)
	}
	matches, err := verify(password, person.PasswordHash)
	if err != nil {
		return p.pretend(password, err)
	}
	if !matches {
		return errWrong
	}
	return nil
}

// pretend does the work of a comparison and returns the refusal.
func (p *People) pretend(password string, refusal error) error {
	if _, err := p.cost.hash(password); err != nil {
		return err
	}
	return refusal
}

func waitSentence(wait time.Duration) string {
	seconds := int((wait + time.Second - 1) / time.Second)
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return fmt.Sprintf("Too many wrong tries. Wait %d %s, then try again.", seconds, unit)
}
