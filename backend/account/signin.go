package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

const (
	refusedSentence = "Wrong email or password. Check both and try again."
	wrongSentence   = "Wrong password. Check it and try again."
)

// SignIn returns the person with the email and the password, without its hash.
// Every refusal is SignInRefused, with the same sentence after the same work
// whichever part was wrong. After failed attempts for an email, further ones
// are refused unchecked for a while, with a sentence that says how long.
func (p *People) SignIn(ctx context.Context, email, password string) (staff.Person, error) {
	return p.signIn(ctx, password, refusedSentence, func(people []staff.Person) (string, *staff.Person) {
		return email, findByEmail(people, email)
	})
}

// SignInAs is SignIn for the person with the id, who was chosen from those who
// may sign in, or has locked the window. Both count the same failed attempts.
func (p *People) SignInAs(ctx context.Context, id, password string) (staff.Person, error) {
	return p.signIn(ctx, password, wrongSentence, func(people []staff.Person) (string, *staff.Person) {
		if person := findByID(people, id); person != nil {
			return person.Email, person
		}
		return id, nil
	})
}

// signIn is given whom it is about, and the email for which failed attempts are
// counted; nil is nobody.
func (p *People) signIn(ctx context.Context, password, refusal string, choose func([]staff.Person) (email string, person *staff.Person)) (staff.Person, error) {
	if err := p.acquire(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.release()
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	email, person := choose(people)
	if person != nil && !person.Active() {
		person = nil // as for an unknown email, and with the same work
	}
	if err := p.challenge(ctx, email, person, password, refusal); err != nil {
		return staff.Person{}, err
	}
	return withoutSecrets(*person), nil
}

// challenge returns nil if the password is the person's, and counts the failed
// attempts for the email. After one it refuses unchecked for a while. The
// caller has acquired the slot.
func (p *People) challenge(ctx context.Context, email string, person *staff.Person, password, refusal string) error {
	wait, err := p.countTry(ctx, email)
	if err != nil {
		return fmt.Errorf("account: count a try: %w", err)
	}
	if wait > 0 {
		return &profile.Error{Code: profile.SignInRefused, Message: waitSentence(wait), Cause: delayed{wait}}
	}
	if cause := p.authenticate(person, password); cause != nil {
		return &profile.Error{Code: profile.SignInRefused, Message: refusal, Cause: cause}
	}
	return errors.Join(p.clearTries(ctx, email), p.clearWrongPINs(ctx, person))
}

// delayed says that it is too soon after another password.
type delayed struct{ wait time.Duration }

func (delayed) Error() string { return "account: too soon after a wrong password" }

// Delayed says that a password was refused without being compared, since a
// wrong one was given shortly before, or another is being compared.
func Delayed(err error) bool { return Delay(err) > 0 }

// Delay returns for how long passwords are refused without being compared; 0
// where this one was compared.
func Delay(err error) time.Duration {
	var d delayed
	_ = errors.As(err, &d)
	return d.wait
}

// errWrong is used for both an unknown email and a wrong password: the log must
// not tell them apart either.
var errWrong = errors.New("account: no such email and password")

// authenticate returns nil if the password is the person's. If there is nothing
// to compare with, it hashes the password all the same.
func (p *People) authenticate(person *staff.Person, password string) error {
	if len(password) > MaxPassword {
		person, password = nil, ""
	}
	if person == nil {
		return p.hashAndRefuse(password, errWrong)
	}
	matches, err := verify(password, person.PasswordHash)
	if err != nil {
		return p.hashAndRefuse(password, err)
	}
	if !matches {
		return errWrong
	}
	return nil
}

// hashAndRefuse does the work of a comparison and returns the refusal.
func (p *People) hashAndRefuse(password string, refusal error) error {
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
	return fmt.Sprintf("Too many attempts. Wait %d %s, then try again.", seconds, unit)
}
